import Foundation
import Testing

@Suite("Distillation from beginning to end", .serialized) struct DistillTests {
    private static let study = """
        preset: smoke
        seeds: [1]
        measures: [evaluation]
        data: {trainingJets: 1000, validationJets: 300, testJets: 400, constituents: 8}
        network: {width: 8, heads: 2, feedForward: 8, head: [4]}
        training: {epochs: 4, batchSize: 50, learningRate: 0.005}
        variants:
          - {name: unconstrained, terms: {bce: 1}}
          - {name: constrained, terms: {bce: 1, group: 0.1}}
        distillation:
          students: [transformer-16, {name: plain, kind: mlp, constituents: 4, hidden: [8]}]
          seeds: [1, 2]
          training: {epochs: 3}
        """

    /// A study of two variants, trained once for all tests.
    private struct Teachers: Sendable {
        let scratch: Scratch
        var run: String { scratch.path("run") }
        var study: String { "\(run)/study.yaml" }
        var weights: [String] { ["unconstrained", "constrained"].map { "\(run)/\($0)/seed-1/weights.safetensors" } }

        init() throws {
            scratch = try Scratch()
            let file = try scratch.write(DistillTests.study, to: "study.yaml")
            let result = try RunningGoldstone.run(["study", file, "--output", scratch.path("run")])
            try #require(result.status == 0, "\(result.errors)")
        }
    }
    private static let teachers = Result { try Teachers() }
    private static let outcome = [
        "distillation.json", "tables.md", "constrained/seed-1/plain/seed-2/weights.safetensors",
        "unconstrained/seed-1/transformer-16/seed-1/result.json", "figures/compressibility.vl.json",
    ]

    @Test(
        "Two teachers and two students: results, figures, weights that other commands read; a second run does nothing")
    func whole() throws {
        let teachers = try Self.teachers.get(), scratch = try Scratch()
        let arguments = ["distill"] + teachers.weights + ["--study", teachers.study, "--output", scratch.path("run")]
        let first = try RunningGoldstone.run(arguments)
        try #require(first.status == 0, "\(first.errors)")
        let results = try object(try bytes(scratch.path("run/distillation.json")))
        let found = try #require(results["teachers"] as? [[String: Any]])
        #expect(found.compactMap { $0["variant"] as? String } == ["unconstrained", "constrained"])
        for teacher in found {
            let students = try #require(teacher["students"] as? [[String: Any]])
            #expect(students.compactMap { $0["seed"] as? Int } == [1, 2, 1, 2])
            #expect(students.allSatisfy { ($0["epochs"] as? [Any])?.count == 3 })
        }
        for name in Self.outcome + ["environment.json", "tables.tex", "figures/distillation-plain.vl.json"] {
            #expect(exists(scratch.path("run/\(name)")), "\(name)")
        }
        #expect((results["warnings"] as? [String])?.contains { $0.contains("collapsed") } == false)
        #expect(first.output.contains("transformer-16") && first.output.contains("plain"))

        let evaluated = try RunningGoldstone.run([
            "evaluate", scratch.path("run/constrained/seed-1/plain/seed-2/weights.safetensors"), "--study",
            teachers.study,
        ])
        #expect(evaluated.status == 0 && evaluated.output.contains("MLP on 4 constituents"), "\(evaluated.errors)")

        let before = try Self.outcome.map { try bytes(scratch.path("run/\($0)")) }
        let second = try RunningGoldstone.run(arguments + ["--threads", "1"])
        #expect(second.status == 0 && second.output == first.output)
        #expect(second.errors.contains("done before") && !second.errors.contains("logits of"))
        #expect(try Self.outcome.map { try bytes(scratch.path("run/\($0)")) } == before)
    }

    @Test("Killed or stopped by Ctrl-C it goes on and ends with the same bytes", arguments: [SIGKILL, SIGINT])
    func stopped(_ signal: Int32) throws {
        let teachers = try Self.teachers.get(), scratch = try Scratch()
        func arguments(_ folder: String) -> [String] {
            [
                "distill", teachers.weights[0], "--study", teachers.study, "--students", "transformer-16", "--epochs",
                "20",
            ]
                + ["--seeds", "1", "--output", scratch.path(folder)]
        }
        let whole = try RunningGoldstone.run(arguments("whole"))
        try #require(whole.status == 0, "\(whole.errors)")
        let student = "unconstrained/seed-1/transformer-16/seed-1"
        let process = try RunningGoldstone.start(arguments("run"))
        let deadline = Date(timeIntervalSinceNow: 120)
        while !exists(scratch.path("run/\(student)/checkpoint.safetensors")), process.isRunning, Date() < deadline {
            usleep(2000)
        }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        if signal == SIGINT { #expect(process.terminationReason == .exit && process.terminationStatus == 130) }
        try #require(!exists(scratch.path("run/\(student)/result.json")), "it was over before it could be stopped")
        let rest = try RunningGoldstone.run(arguments("run") + ["--threads", "1"])
        #expect(rest.status == 0 && rest.errors.contains("going on in epoch"), "\(rest.errors)")
        for name in ["distillation.json", "\(student)/weights.safetensors", "figures/compressibility.vl.json"] {
            #expect(try bytes(scratch.path("run/\(name)")) == (try bytes(scratch.path("whole/\(name)"))), "\(name)")
        }
    }

    @Test(
        "What is wrong with the command is said before anything is written",
        arguments: [
            (
                ["--study", "STUDY", "--students", "transfomer-16"],
                "there is no student `transfomer-16`; the nearest is `trans"
            ),
            (["--study", "STUDY", "--students", "plane"], "the nearest is `plain`"),
            (["--study", "STUDY", "--epochs", "0"], "--epochs must be at least 1, not 0"),
            (["--study", "STUDY", "--seeds", "1", "1"], "--seeds names a seed twice"),
            (["--study", "STUDY", "--data", "sample"], "one of the two"),
            ([], "one of the two"),
            (["--study", "STUDY", "--targets", "probabilities"], "--targets"),
            (["--data", "/nowhere/jets.h5"], "/nowhere/jets.h5"),
        ])
    func wrong(_ arguments: [String], _ message: String) throws {
        let teachers = try Self.teachers.get(), scratch = try Scratch()
        let own = arguments.map { $0 == "STUDY" ? teachers.study : $0 }
        let result = try RunningGoldstone.run(
            ["distill", teachers.weights[0]] + own + ["--output", scratch.path("run")])
        #expect(result.status != 0 && result.errors.contains(message), "\(result.errors)")
        #expect(!exists(scratch.path("run")))
    }

    @Test("A teacher that is no weights file, and the same one twice, are errors that say so")
    func teachers() throws {
        let teachers = try Self.teachers.get(), scratch = try Scratch()
        let text = try scratch.write("weights: none", to: "weights.txt")
        for (weights, message) in [
            ([RunningGoldstone.sample], "\(RunningGoldstone.sample) is damaged or no safetensors file"),
            ([text], "no safetensors file"), (["/nowhere/weights.safetensors"], "/nowhere/weights.safetensors"),
            ([teachers.weights[0], teachers.weights[0]], "two of the teachers are unconstrained, seed 1"),
        ] {
            let result = try RunningGoldstone.run(
                ["distill"] + weights + ["--study", teachers.study, "--output", scratch.path("run")])
            #expect(result.status == 1 && result.errors.contains(message), "\(result.errors)")
        }
        #expect(!exists(scratch.path("run")))
    }
}
