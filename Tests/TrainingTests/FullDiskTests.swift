import Fixtures
import Foundation
import Networks
import Objectives
import Support
import Testing
import Torch
import Training

/// A disk that holds one checkpoint and not two. Mounting it needs root; runs with GOLDSTONE_HEAVY=1.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["GOLDSTONE_HEAVY"] == "1" && geteuid() == 0))
struct FullDiskTests {
    private func run(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test func `A full disk stops a training with an error, and with room again it ends with the same bits`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try #require(try run(["mount", "-t", "tmpfs", "-o", "size=112k", "none", folder]) == 0)
        defer {
            _ = try? run(["umount", "--lazy", folder])
            try? FileManager.default.removeItem(atPath: folder)
        }
        let (objective, theta) = Example.objective(jets: 300, dropout: 0.1)
        var settings = TrainingSettings()
        settings.epochs = 4
        settings.batchSize = 64
        func train(_ folder: String?) throws -> [UInt32] {
            let trainer = Trainer(
                training: objective, validation: objective, settings: settings, seed: 5, label: "test", folder: folder)
            return try trainer.run(from: theta, showsProgress: false).theta.elements(Float.self).map(\.bitPattern)
        }
        let expected = try train(nil)
        let error = #expect(throws: FileError.self) { try train(folder) }
        #expect(error?.description.contains("No space left on device") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["checkpoint.previous.safetensors"])
        try #require(try run(["mount", "-o", "remount,size=4m", folder]) == 0)
        #expect(try train(folder) == expected)
    }
}
