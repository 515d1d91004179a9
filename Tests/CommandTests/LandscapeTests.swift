import Foundation
import Testing

@Suite("The landscape of trained weights", .serialized) struct LandscapeCommandTests {
    /// Weights of a very short training, shared by the tests.
    private final class Trained: Sendable {
        let scratch: String
        let weights: String, study: String

        init() throws {
            let folder = NSTemporaryDirectory() + "goldstone-\(UUID().uuidString)"
            scratch = folder
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let file = "\(folder)/study.yaml"
            try Data(
                "preset: smoke\ndata:\n  trainingJets: 500\n  testJets: 300\ntraining:\n  epochs: 1\n".utf8
            ).write(to: URL(fileURLWithPath: file))
            let result = try RunningGoldstone.run(["train", file, "--output", "\(folder)/run"])
            try #require(result.status == 0, "\(result.errors)")
            weights = "\(folder)/run/unconstrained/seed-1/weights.safetensors"
            study = "\(folder)/run/study.yaml"
        }

        deinit { try? FileManager.default.removeItem(atPath: scratch) }
    }
    private static let trained = Result { try Trained() }

    private func arguments(_ output: String, _ more: [String] = []) throws -> [String] {
        let trained = try Self.trained.get()
        return [
            "landscape", trained.weights, "--study", trained.study, "--output", output, "--jets", "64",
            "--computed-eigenvectors", "2", "--curve-points", "9", "--plane-points", "5", "--boosts", "1",
            "--random-directions", "1", "--jacobian-jets", "1",
        ] + more
    }

    @Test("writes every part, and draws it")
    func everything() throws {
        let scratch = try Scratch(), output = scratch.path("landscape")
        let result = try RunningGoldstone.run(try arguments(output))
        try #require(result.status == 0, "\(result.errors)")
        for part in ["curve", "plane", "random-plane", "ratio", "goldstone", "margins", "jacobians", "flatness"] {
            let object = try object(try bytes("\(output)/\(part).json"))
            #expect(object["part"] as? String == part)
        }
        #expect(exists("\(output)/curve.vl.json") && exists("\(output)/random-plane-bce-surface.vl.json"))
        #expect(result.output.contains("unconstrained, seed 1"))
    }

    @Test("killed or interrupted anywhere, goes on and ends with the same bytes", arguments: [SIGKILL, SIGINT])
    func stopped(_ signal: Int32) throws {
        let scratch = try Scratch(), what = ["--what", "curve", "ratio"]
        let names = ["curve.json", "ratio.json", "curve.vl.json"]
        let whole = scratch.path("whole"), start = Date()
        let result = try RunningGoldstone.run(try arguments(whole, what))
        try #require(result.status == 0, "\(result.errors)")
        let seconds = -start.timeIntervalSinceNow
        let output = scratch.path("stopped")
        for round in 1...2 {
            let process = try RunningGoldstone.start(try arguments(output, what))
            usleep(UInt32(seconds * 0.4 * Double(round) * 1e6))
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
        }
        let last = try RunningGoldstone.run(try arguments(output, what + ["--threads", "1"]))
        try #require(last.status == 0, "\(last.errors)")
        for name in names { #expect(try bytes("\(output)/\(name)") == bytes("\(whole)/\(name)"), "\(name)") }
    }

    @Test("says what is wrong with flags and files")
    func wrong() throws {
        let scratch = try Scratch(), output = scratch.path("landscape")
        for (flags, words) in [
            (["--curve-points", "10"], "odd"), (["--loss", "bce=x"], "bce=x"),
            (["--loss", "nothing=1"], "infinitesimal"),
            (["--range", "-1"], "--range"), (["--what", "curves"], "curves"), (["--jets", "1"], "--jets"),
        ] {
            let result = try RunningGoldstone.run(try arguments(output, flags))
            #expect(result.status == 64 && result.errors.contains(words), "\(flags): \(result.errors)")
        }
        let weights = try Self.trained.get().weights
        let result = try RunningGoldstone.run(try arguments(output, ["--eigenvectors", weights]))
        #expect(result.status == 1 && result.errors.contains(weights), "\(result.errors)")
        #expect(!exists(output))
    }
}
