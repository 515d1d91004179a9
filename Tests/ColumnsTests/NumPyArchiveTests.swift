import Foundation
import Testing

import Columns

@Suite struct NumPyArchiveTests {
    @Test func `Deflated members`() throws {
        let archive = try NumPyArchive(contentsOf: fixture("deflated.npz"))
        #expect(archive.names == ["logit", "label"])
        let logit = try archive.array("logit").numbers()
        #expect(logit.count == 500 && logit[0] == -3 && logit[499] == 3)
        #expect(try archive.array("label").integers()[..<4] == [0, 1, 0, 1])
        let error = #expect(throws: ColumnsError.self) { try archive.array("labels") }
        #expect(error?.description.contains("the nearest name is label") == true)
    }

    @Test func `What is written is read again, with the same bytes each time`() throws {
        try withScratchFolder { folder in
            let columns = [NamedColumn("logit", [0.5, -1e-7]), NamedColumn("event", [Int64.max, 3])]
            try NumPyArchive.write(columns, to: "\(folder)/a.npz")
            try NumPyArchive.write(columns, to: "\(folder)/b.npz")
            let archive = try NumPyArchive(contentsOf: "\(folder)/a.npz")
            #expect(archive.names == ["logit", "event"])
            #expect(try archive.array("logit").numbers() == [0.5, -1e-7])
            #expect(try archive.array("event").integers() == [Int64.max, 3])
            #expect(
                FileManager.default.contents(atPath: "\(folder)/a.npz")
                    == FileManager.default.contents(atPath: "\(folder)/b.npz"))
        }
    }

    @Test func `A byte that is missing or other is found`() throws {
        let whole = try #require(FileManager.default.contents(atPath: fixture("deflated.npz")))
        func readAll(_ data: Data) throws {
            let archive = try NumPyArchive(data, file: "x.npz")
            for name in archive.names { _ = try archive.array(name) }
        }
        try readAll(whole)
        for length in stride(from: 0, to: whole.count, by: 7) {
            let error = #expect(throws: ColumnsError.self, "\(length)") { try readAll(whole.prefix(length)) }
            #expect(error?.description.contains("x.npz") == true)
        }
        // In the packed numbers the checksum, or zlib, tells.
        for place in stride(from: 100, to: 600, by: 11) {
            var damaged = whole
            damaged[place] ^= 0x10
            #expect(throws: ColumnsError.self, "\(place)") { try readAll(damaged) }
        }
    }

    @Test func `A member that claims more than deflate can hold is refused before it is unpacked`() throws {
        var data = try #require(FileManager.default.contents(atPath: fixture("deflated.npz")))
        // The directory's first entry: its size unpacked.
        let entry = try #require(data.firstRange(of: Data([0x50, 0x4B, 1, 2]))).lowerBound
        for place in 24..<28 { data[entry + place] = place == 27 ? 0x7F : 0xFF }
        let error = #expect(throws: ColumnsError.self) { try NumPyArchive(data, file: "x.npz") }
        #expect(error?.description.contains("2147483647 bytes") == true)
    }
}
