import Foundation
import Support
import Testing

/// Archives that Python's zipfile wrote, and what is made of them by damage.
struct ZipArchiveTests {
    /// `a/stored` (“0123456789”, stored) and `b` (a thousand zeros, deflated), as Python 3.11 writes them.
    private static let archive: Data = {
        let program = """
            import io, sys, zipfile
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as archive:
                archive.writestr(zipfile.ZipInfo("a/stored"), "0123456789")
                archive.writestr(zipfile.ZipInfo("b"), bytes(1000), zipfile.ZIP_DEFLATED)
            sys.stdout.buffer.write(out.getvalue())
            """
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        process.standardOutput = output
        try! process.run()
        return output.fileHandleForReading.readDataToEndOfFile()
    }()

    @Test func `Stored and deflated entries are read, whole and in part`() throws {
        let archive = try ZipArchive(Self.archive, file: "x.zip")
        #expect(archive.entries.map(\.name) == ["a/stored", "b"])
        let stored = try #require(archive["a/stored"]), deflated = try #require(archive["b"])
        #expect(!stored.isDeflated && deflated.isDeflated && deflated.size == 1000 && deflated.packed < 1000)
        #expect(try archive.bytes(of: stored) == Data("0123456789".utf8))
        #expect(try archive.bytes(of: stored, atMost: 3) == Data("012".utf8))
        #expect(try archive.bytes(of: deflated) == Data(count: 1000))
        #expect(try archive.bytes(of: deflated, atMost: 10) == Data(count: 10))
        #expect(archive["c"] == nil)
    }

    @Test func `An archive that is cut short anywhere is an error`() {
        for length in 0..<Self.archive.count {
            #expect(throws: ZipError.self, "\(length) bytes") {
                try ZipArchive(Self.archive.prefix(length), file: "x.zip")
            }
        }
    }

    @Test func `A byte that is changed is an error, or changes nothing that is read`() throws {
        let whole = try ZipArchive(Self.archive, file: "x.zip")
        let contents = try whole.entries.map { try whole.bytes(of: $0) }
        for place in Self.archive.indices {
            var changed = Self.archive
            changed[place] ^= 0x41
            guard let archive = try? ZipArchive(changed, file: "x.zip") else { continue }
            for (entry, content) in zip(archive.entries, contents) {
                guard let read = try? archive.bytes(of: entry) else { continue }
                #expect(read == content, "byte \(place)")
            }
        }
    }

    @Test func `An entry that claims more than its bytes can hold is refused before anything is unpacked`() throws {
        var bomb = Self.archive
        let directory = try #require(bomb.range(of: Data([0x50, 0x4B, 1, 2]), options: .backwards))
        // The size of `b`.
        bomb.replaceSubrange(directory.lowerBound + 24..<directory.lowerBound + 28, with: [0xFF, 0xFF, 0xFF, 0x7F])
        let error = #expect(throws: ZipError.self) { try ZipArchive(bomb, file: "x.zip") }
        guard case .damaged(_, let reason) = error else { throw CancellationError() }
        #expect(reason.contains("claims 2147483647 bytes out of"))
    }
}
