import Foundation
import Support
import Testing

/// Commits are made with `git` itself, in a folder of the test's own.
struct CheckoutTests {
    private let folder = NSTemporaryDirectory() + "checkout-\(UUID().uuidString)"

    @discardableResult
    private func git(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let author = ["-c", "user.name=Tester", "-c", "user.email=tester@example.org"]
        process.arguments = ["git", "-C", folder] + author + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "git \(arguments)")
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func write(_ text: String, to name: String) throws {
        try writeAtomically(Data(text.utf8), to: "\(folder)/\(name)")
    }

    private func commit() throws -> String {
        try write(".build\n", to: ".gitignore")
        try write("one", to: "file")
        try git("init", "--quiet")
        try git("add", "--all")
        try git("commit", "--quiet", "--message", "first")
        return try git("rev-parse", "HEAD")
    }

    @Test func namesTheCommitAndSeesChanges() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let commit = try commit()
        try write("built", to: ".build/release/goldstone")
        let clean = try #require(Checkout(folder: "\(folder)/.build/release"))
        #expect(clean.commit == commit)
        #expect(clean.isClean, "what git ignores is no change")

        try write("two", to: "file")
        #expect(Checkout(folder: folder)?.commit == commit)
        #expect(Checkout(folder: folder)?.isClean == false)
        try git("checkout", "--quiet", "file")
        #expect(Checkout(folder: folder)?.isClean == true)
        try write("new", to: "another")
        #expect(Checkout(folder: folder)?.isClean == false, "an added source file is a change")
    }

    @Test func countsOnlyForProgramsInTheBuildFolder() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let commit = try commit()
        #expect(Checkout.ofProgram(atPath: "\(folder)/.build/x86_64/release/goldstone")?.commit == commit)
        #expect(Checkout.ofProgram(atPath: "\(folder)/.build-debug/goldstone")?.commit == commit)
        #expect(Checkout.ofProgram(atPath: "\(folder)/bin/goldstone") == nil)
    }

    @Test func isAbsentOutsideACheckout() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(Checkout(folder: folder) == nil)
        #expect(Checkout(folder: "\(folder)/nowhere") == nil)
    }
}
