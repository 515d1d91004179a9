import Foundation
import Testing

@Suite("A study that is stopped goes on as if it had not been", .serialized) struct InterruptionTests {
    private static let training = "unconstrained/seed-1"
    /// What must come out the same to the last bit.
    private static let outcome = [
        "\(training)/weights.safetensors", "\(training)/scores.h5", "\(training)/result.json",
        "results/training.json", "figures/roc.vl.json", "figures/learning-curves.vl.json",
    ]

    // Small epochs, and so many of them that a signal comes in the middle.
    private static let study =
        """
        preset: smoke
        seeds: [1]
        variants: [{name: unconstrained, terms: {bce: 1}}]
        measures: [evaluation]
        data: {trainingJets: 1000, testJets: 500}
        training: {epochs: 16}

        """

    /// What comes out without a pause, and how long it took.
    private struct Whole: Sendable {
        let outcome: [String: Data]
        let seconds: TimeInterval

        init() throws {
            let start = Date()
            let scratch = try Scratch()
            let file = try scratch.write(InterruptionTests.study, to: "study.yaml")
            let result = try RunningGoldstone.run(["study", file, "--output", scratch.path("run")])
            try #require(result.status == 0, "\(result.errors)")
            seconds = -start.timeIntervalSinceNow
            let files = try InterruptionTests.outcome.map { ($0, try bytes(scratch.path("run/\($0)"))) }
            outcome = Dictionary(uniqueKeysWithValues: files)
        }
    }
    private static let whole = Result { try Whole() }

    private let scratch: Scratch
    private let arguments: [String]

    init() throws {
        scratch = try Scratch()
        let file = try scratch.write(Self.study, to: "study.yaml")
        arguments = ["study", file, "--output", scratch.path("run")]
    }

    /// Runs the study to its end, on another number of threads, compares, and returns what it said.
    private func finish() throws -> String {
        let result = try RunningGoldstone.run(arguments + ["--threads", "1"])
        try #require(result.status == 0, "\(result.errors)")
        for (name, whole) in try Self.whole.get().outcome {
            #expect(try bytes(scratch.path("run/\(name)")) == whole, "\(name)")
        }
        return result.errors
    }

    @Test(
        "by Ctrl-C, and by the end of a batch job: exit codes 130 and 143",
        arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func asked(_ signal: Int32, _ code: Int32) throws {
        _ = try Self.whole.get()
        let process = try RunningGoldstone.start(arguments)
        let checkpoint = scratch.path("run/\(Self.training)/checkpoint.safetensors")
        let deadline = Date(timeIntervalSinceNow: 120)
        while !exists(checkpoint), process.isRunning, Date() < deadline { usleep(2000) }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == code)
        #expect(exists(checkpoint))
        try #require(
            !exists(scratch.path("run/\(Self.training)/result.json")), "it was over before it could be stopped")
        #expect(try finish().contains(#/unconstrained, seed 1: going on in epoch ([2-9]|1\d), at batch \d+/#))
    }

    @Test("by kill -9 at any moment, again and again", arguments: 1...(RunningGoldstone.heavy ? 40 : 1))
    func killed(_ round: Int) throws {
        var longest = try Self.whole.get().seconds
        var kills = 0
        while kills < 3 {
            let process = try RunningGoldstone.start(arguments)
            usleep(UInt32(Double.random(in: 0.02...0.9) * longest * 1e6))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            if process.terminationReason == .uncaughtSignal {
                kills += 1
            } else if kills > 0 {
                break
            } else {
                // Over before it could be killed, as the machine had been busier before: anew, and sooner.
                try FileManager.default.removeItem(atPath: scratch.path("run"))
                longest /= 2
            }
        }
        _ = try finish()
    }
}
