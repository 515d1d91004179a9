import Foundation
import Support
import Testing

struct FilesTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    @Test func `A file is written whole, over another, in a folder that was not there`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/deep/file"
        try writeAtomically(Data("one".utf8), to: path)
        try writeAtomically(Data("two".utf8), to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/deep") == ["file"])
    }

    @Test func `A folder in a file's place is an error that names the path`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try writeAtomically(Data(), to: "\(folder)/file")
        let error = #expect(throws: FileError.self) { try writeAtomically(Data(), to: "\(folder)/file/below") }
        #expect(error?.description.contains("\(folder)/file") == true)
    }

    @Test func `JSON comes back as it went in, with infinities and NaN`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let values = [1.0, .infinity, -.infinity, 0.1]
        try writeJSON(values, to: "\(folder)/a.json")
        #expect(try readJSON([Double].self, from: "\(folder)/a.json") == values)
        try writeJSON([Double.nan], to: "\(folder)/b.json")
        #expect(try readJSON([Double].self, from: "\(folder)/b.json")[0].isNaN)
    }

    @Test func `A damaged file is an error that names it`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try writeAtomically(Data("[1, ".utf8), to: "\(folder)/a.json")
        let error = #expect(throws: FileError.self) { try readJSON([Double].self, from: "\(folder)/a.json") }
        #expect(error?.description.contains("a.json is damaged") == true)
        #expect(throws: FileError.cannotRead(path: "\(folder)/none.json")) {
            try readJSON([Double].self, from: "\(folder)/none.json")
        }
    }
}
