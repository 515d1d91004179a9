import Foundation
import Support
import Testing

/// What others start the program by.
struct ProgramTests {
    private let folder = NSTemporaryDirectory() + "program-\(UUID().uuidString)"

    private func put(_ name: String, executable: Bool = true) throws -> String {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try #require(
            FileManager.default.createFile(
                atPath: path, contents: Data("#!/bin/sh\n".utf8),
                attributes: [.posixPermissions: executable ? 0o755 : 0o644]))
        return path
    }

    @Test func `A release archive's program is started by the script that finds LibTorch`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = try put("libexec/goldstone")
        #expect(Program.command(of: program) == program)
        let script = try put("bin/goldstone", executable: false)
        #expect(Program.command(of: program) == program)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        #expect(Program.command(of: program) == script)
    }

    @Test func `Another program is started as itself, whatever lies beside it`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = try put("release/goldstone")
        _ = try put("bin/goldstone")
        #expect(Program.command(of: program) == program)
    }

    @Test func `Its own path is that of a file that is there`() {
        #expect(FileManager.default.isExecutableFile(atPath: Program.path))
    }
}
