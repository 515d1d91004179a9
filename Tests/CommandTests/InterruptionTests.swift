import Foundation
import Testing

@Suite("A study that is stopped goes on as if it had not been", .serialized) struct InterruptionTests {
    private static let training = "unconstrained/seed-1"
    /// What must come out the same to the last bit.
    private static let outcome = [
        "\(training)/weights.safetensors", "\(training)/scores.h5", "\(training)/result.json",
        "results/training.json", "figures/roc.vl.json", "figures/learning-curves.vl.json",
    ]

    private let scratch: Scratch
    private let file: String

    init() throws {
        scratch = try Scratch()
        // Small epochs, and so many of them that a signal comes in the middle.
        file = try scratch.write(
            "preset: smoke\ndata:\n  trainingJets: 1000\n  testJets: 500\ntraining:\n  epochs: 16\n", to: "study.yaml")
    }

    private func arguments(_ run: String) -> [String] { ["study", file, "--output", scratch.path(run)] }

    /// Runs the study without a pause and returns how long it took.
    private func whole() throws -> TimeInterval {
        let start = Date()
        let result = try RunningGoldstone.run(arguments("whole"))
        try #require(result.status == 0, "\(result.errors)")
        return -start.timeIntervalSinceNow
    }

    /// Runs the study to its end, on another number of threads, and compares.
    private func finish(_ run: String) throws {
        let result = try RunningGoldstone.run(arguments(run) + ["--threads", "1"])
        try #require(result.status == 0, "\(result.errors)")
        for name in Self.outcome {
            #expect(try bytes(scratch.path("\(run)/\(name)")) == bytes(scratch.path("whole/\(name)")), "\(name)")
        }
    }

    @Test(
        "by Ctrl-C, and by the end of a batch job: exit codes 130 and 143",
        arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func asked(_ signal: Int32, _ code: Int32) throws {
        _ = try whole()
        let process = try RunningGoldstone.start(arguments("stopped"))
        let checkpoint = scratch.path("stopped/\(Self.training)/checkpoint.safetensors")
        let deadline = Date(timeIntervalSinceNow: 120)
        while !exists(checkpoint), process.isRunning, Date() < deadline { usleep(2000) }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == code)
        #expect(exists(checkpoint))
        try #require(
            !exists(scratch.path("stopped/\(Self.training)/result.json")), "it was over before it could be stopped")
        try finish("stopped")
    }

    @Test("by kill -9 at any moment, again and again", arguments: 1...(RunningGoldstone.heavy ? 40 : 1))
    func killed(_ round: Int) throws {
        let length = try whole()
        var kills = 0
        for _ in 1...4 where !exists(scratch.path("killed/\(Self.training)/result.json")) {
            let process = try RunningGoldstone.start(arguments("killed"))
            usleep(UInt32(Double.random(in: 0.05...0.9) * length * 1e6))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            if process.terminationReason == .uncaughtSignal { kills += 1 }
        }
        // The machine may be busy with other things while the first run's time is taken, and free afterwards.
        try #require(kills > 0, "it was over before it could be killed")
        try finish("killed")
    }
}
