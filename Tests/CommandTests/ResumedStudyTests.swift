import Foundation
import Testing

@Suite("A study's plan: changed, failed, forecast, and looked at", .serialized) struct ResumedStudyTests {
    private static func study(smearing: String = "[0, 0.2]", more: String = "") -> String {
        """
        preset: smoke
        seeds: [1]
        measures: [evaluation, invariance, robustness]
        data: {trainingJets: 400, validationJets: 100, testJets: 300}
        network: {width: 8, heads: 2, feedForward: 8, head: [8]}
        training: {epochs: 2}
        robustness: {perturbations: {smearing: \(smearing)}, draws: 1}
        invariance: {speeds: [0, 0.5]}
        \(more)
        """
    }

    private let scratch: Scratch
    private let run: String

    init() throws {
        scratch = try Scratch()
        run = scratch.path("run")
    }

    private func call(_ yaml: String, _ more: [String] = []) throws -> RunningGoldstone.Result {
        try RunningGoldstone.run(["study", try scratch.write(yaml, to: "my.yaml"), "--output", run] + more)
    }

    /// The steps that a run has begun, by its messages.
    private func begun(_ result: RunningGoldstone.Result) -> [String] {
        result.errors.matches(of: #/\[\d+/\d+\] (\S+)/#).map { String($0.1) }
    }

    @Test("a changed grid of smearings redoes smearing alone, and the report")
    func grid() throws {
        let first = try call(Self.study())
        try #require(first.status == 0, "\(first.errors)")
        #expect(begun(first).count == 12, "\(begun(first))")
        let page = try bytes("\(run)/report.html")
        #expect(try RunningGoldstone.run(["report", run]).status == 0)
        #expect(try bytes("\(run)/report.html") == page)
        let second = try call(Self.study(smearing: "[0, 0.4]"))
        #expect(
            begun(second) == [
                "robustness/unconstrained/seed-1", "robustness/constrained/seed-1", "robustness", "claims", "report",
            ])
        #expect(try bytes("\(run)/report.html") != page)
        let results = try String(contentsOfFile: "\(run)/robustness/robustness.json", encoding: .utf8)
        #expect(results.contains("\"strength\" : 0.4") && !results.contains("\"strength\" : 0.2"))
        // Another number of threads changes nothing, so nothing is done.
        #expect(begun(try call(Self.study(smearing: "[0, 0.4]"), ["--threads", "1"])).isEmpty)
    }

    @Test("a training that diverges fails alone: the rest goes on, status and report say why, the exit code is not 0")
    func failure() throws {
        let variants = "variants: [{name: unconstrained}, {name: wild, terms: {bce: 1, group: 1e300}}]"
        let result = try call(Self.study(more: variants))
        #expect(result.status != 0 && result.errors.contains("1 step failed: training/wild/seed-1"), "\(result.errors)")
        #expect(begun(result).contains("robustness/unconstrained/seed-1") && begun(result).last == "report")
        #expect(result.errors.contains("robustness/wild/seed-1 waits for training/wild/seed-1"))
        let page = try String(contentsOfFile: "\(run)/report.html", encoding: .utf8)
        #expect(page.contains("training/wild/seed-1 failed"))
        let status = try RunningGoldstone.run(["status", run])
        #expect(status.status == 0 && status.output.contains("training/wild/seed-1 failed: wild, seed 1"))
        let all = try RunningGoldstone.run(["status", run, "--all"])
        #expect(all.output.contains(#/invariance/wild/seed-1 +waits for training/wild/seed-1/#))
    }

    @Test("a dry run says what would be done and for how long, and does nothing")
    func forecast() throws {
        let result = try call(Self.study(), ["--dry-run"])
        #expect(result.status == 0 && result.output.contains(#/robustness +3 +3 /#), "\(result.output)\(result.errors)")
        #expect(result.output.contains(#/all +12 +12 +\d/#))
        #expect(!exists(run))
    }

    @Test("a folder of another version is refused and left as it is")
    func otherVersion() throws {
        try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
        let environment = "{\"goldstone\": \"0.0.1\"}"
        try Data(environment.utf8).write(to: URL(fileURLWithPath: "\(run)/environment.json"))
        let result = try call(Self.study())
        #expect(result.status != 0 && result.errors.contains("was written by goldstone 0.0.1"), "\(result.errors)")
        #expect(try String(contentsOfFile: "\(run)/environment.json", encoding: .utf8) == environment)
        #expect(!exists("\(run)/study.yaml"))
    }

    @Test("status and report of a folder that is no run says so")
    func noRun() throws {
        for command in ["status", "report"] {
            let result = try RunningGoldstone.run([command, scratch.path("nothing")])
            #expect(result.status != 0 && result.errors.contains("is no run's folder"))
        }
    }

    @Test(
        "killed in the middle of any step, it goes on and ends with the same bits",
        .enabled(if: RunningGoldstone.heavy), arguments: 0..<12)
    func killed(_ place: Int) throws {
        let whole = try Self.whole.get(), process = try RunningGoldstone.start(try arguments())
        // Over the run's whole length, so that every kind of step is hit.
        Thread.sleep(forTimeInterval: whole.seconds * (Double(place) + 0.5) / 12)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let result = try RunningGoldstone.run(try arguments())
        try #require(result.status == 0, "\(result.errors)")
        for (name, old) in whole.files { #expect(try bytes("\(run)/\(name)") == old, "\(name)") }
    }

    private func arguments() throws -> [String] {
        ["study", try scratch.write(Self.everything, to: "my.yaml"), "--output", run]
    }

    private static let everything = """
        preset: smoke
        seeds: [1]
        data: {trainingJets: 500, validationJets: 200, testJets: 400}
        curvature: {jets: 64}
        landscape: {jets: 64}
        """

    /// A run without a pause: what must come out again, and how long it takes.
    private struct Whole: Sendable {
        let files: [String: Data]
        let seconds: TimeInterval

        init() throws {
            let scratch = try Scratch(), start = Date()
            let file = try scratch.write(ResumedStudyTests.everything, to: "my.yaml")
            let result = try RunningGoldstone.run(["study", file, "--output", scratch.path("run")])
            try #require(result.status == 0, "\(result.errors)")
            seconds = -start.timeIntervalSinceNow
            let names = [
                "constrained/seed-1/weights.safetensors", "results/training.json", "results/claims.json",
                "statistics/rejection.vl.json", "landscape/plane-bce.vl.json", "landscape/ratio.vl.json",
                "landscape/goldstone.vl.json", "landscape/jacobians.vl.json", "invariance/invariance-score.vl.json",
                "robustness/robustness-smearing.vl.json", "transfer/transfer-matrix.vl.json",
                "curvature/constrained-seed-1/eigenvectors.safetensors",
            ]
            files = Dictionary(uniqueKeysWithValues: try names.map { ($0, try bytes(scratch.path("run/\($0)"))) })
        }
    }
    private static let whole = Result { try Whole() }
}
