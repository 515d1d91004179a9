import Foundation
import Testing

@Suite("robustness and transfer") struct RobustnessAndTransferTests {
    /// A study of two small trainings.
    private let scratch: Scratch, study: String, weights: [String]

    init() throws {
        let scratch = try Scratch()
        let file = try scratch.write(
            """
            preset: smoke
            variants: [{name: unconstrained, terms: {bce: 1}}]
            measures: [evaluation]
            seeds: [1, 2]
            data: {trainingJets: 1000, testJets: 400}
            training: {epochs: 3, learningRate: 0.005}
            robustness: {perturbations: {smearing: [0, 0.5]}, draws: 2}
            transfer: {ptBins: 2, classes: [gluon, W, Z]}
            """, to: "study.yaml")
        let trained = try RunningGoldstone.run(["study", file, "--output", scratch.path("run")])
        try #require(trained.status == 0, "\(trained.errors)")
        self.scratch = scratch
        study = scratch.path("run/study.yaml")
        weights = [1, 2].map { scratch.path("run/unconstrained/seed-\($0)/weights.safetensors") }
    }

    @Test("robustness writes every training, draw and strength, and a second run measures nothing again")
    func robustness() throws {
        let output = scratch.path("out")
        let arguments = ["robustness"] + weights + ["--study", study, "--output", output]
        let first = try RunningGoldstone.run(arguments)
        try #require(first.status == 0, "\(first.errors)")
        let results = try object(try bytes("\(output)/robustness.json"))
        let trainings = try #require(results["trainings"] as? [[String: Any]])
        #expect(trainings.compactMap { $0["seed"] as? Int } == [1, 2])
        #expect(trainings.compactMap { $0["weights"] as? String } == weights)
        let result = try #require(trainings[0]["result"] as? [String: Any])
        let curves = try #require(result["curves"] as? [[String: Any]])
        let points = try #require(curves[0]["points"] as? [[String: Any]])
        #expect(points.compactMap { $0["strength"] as? Double } == [0, 0.5])
        #expect(((points[1]["rocAUC"] as? [String: Any])?["values"] as? [Double])?.count == 2)
        // The same jets as an evaluation's.
        let evaluation = try RunningGoldstone.run(
            ["evaluate", weights[0], "--study", study, "--output", scratch.path("evaluation")])
        #expect(evaluation.status == 0)
        let plain = try object(try bytes(scratch.path("evaluation/evaluation.json")))
        let area = try #require((plain["rocAUC"] as? [String: Any])?["value"] as? Double)
        #expect((points[0]["rocAUC"] as? [String: Any])?["values"] as? [Double] == [area, area])
        for name in ["robustness.md", "robustness.tex", "robustness-smearing.vl.json"] {
            #expect(exists("\(output)/\(name)"), "\(name)")
        }
        #expect(first.errors.contains("unconstrained, seed 1  100 %"))
        #expect(!first.errors.contains("collapsed"))
        let before = try bytes("\(output)/robustness.json")
        let second = try RunningGoldstone.run(arguments + ["--threads", "1"])
        #expect(second.status == 0 && !second.errors.contains("jets/s") && second.output == first.output)
        #expect(try bytes("\(output)/robustness.json") == before)
        // Other settings are other results.
        let other = try RunningGoldstone.run(
            arguments + ["--perturbations", "energyScale", "--strengths=-0.1,0.2"])
        #expect(other.status == 0 && other.errors.contains("jets/s") && other.output.contains("energy scale"))
    }

    @Test("Ctrl-C leaves what is done, and the same command goes on from it")
    func interrupted() throws {
        let output = scratch.path("out")
        let arguments =
            ["robustness"] + weights
            + [
                "--data", "sample", "--perturbations", "smearing", "--strengths", "0.3", "--draws", "1", "--output",
                output,
            ]
        let process = try RunningGoldstone.start(arguments)
        let first = "\(output)/robustness/unconstrained-seed-1.json"
        let second = "\(output)/robustness/unconstrained-seed-2.json"
        let deadline = Date(timeIntervalSinceNow: 240)
        while !exists(first), process.isRunning, Date() < deadline { usleep(2000) }
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 130)
        try #require(exists(first) && !exists(second), "it was over before it could be stopped")
        let kept = try bytes(first)
        let result = try RunningGoldstone.run(arguments)
        #expect(result.status == 0 && exists("\(output)/robustness.json") && exists(second))
        #expect(!result.errors.contains("seed 1 ") && result.errors.contains("seed 2 "))
        #expect(try bytes(first) == kept)
    }

    @Test("transfer compares the classes of the study with jets that no training has seen")
    func transfer() throws {
        let output = scratch.path("out")
        let result = try RunningGoldstone.run(["transfer"] + weights + ["--study", study, "--output", output])
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("Z against gluon") && !result.output.contains("top"))
        let results = try object(try bytes("\(output)/transfer.json"))
        let trainings = try #require(results["trainings"] as? [[String: Any]])
        let first = try #require(trainings[0]["result"] as? [String: Any])
        let counts = try #require(first["classes"] as? [[String: Any]])
        #expect(counts.compactMap { $0["jetClass"] as? String } == ["gluon", "W", "Z"])
        let own = counts.filter { $0["jetClass"] as? String != "Z" }.compactMap { $0["jets"] as? Int }
        // An event more than asked for at the most.
        #expect((400...401).contains(own.reduce(0, +)))
        let pairs = try #require(first["pairs"] as? [[String: Any]])
        #expect(pairs.count == 3 && (pairs[0]["ptBins"] as? [Any])?.count == 2)
        for name in ["transfer.md", "transfer.tex", "transfer-matrix.vl.json", "mass-sculpting.vl.json"] {
            #expect(exists("\(output)/\(name)"), "\(name)")
        }
        // All jets of a file, two classes chosen.
        let data = try RunningGoldstone.run(["transfer", weights[0], "--data", "sample", "--classes", "top", "gluon"])
        #expect(data.status == 0 && data.output.contains("gluon 22000, top 6000"), "\(data.errors)")
    }

    @Test("What is wrong is named, and nothing is written")
    func refused() throws {
        let output = scratch.path("out")
        let cases: [([String], String)] = [
            (
                ["robustness", weights[0], "--study", study, "--perturbations", "smaering"],
                "the nearest name is smearing"
            ),
            (
                [
                    "robustness", weights[0], "--study", study, "--perturbations", "smearing", "--strengths=-0.1,0.1",
                ],
                "none below 0"
            ),
            (["robustness", weights[0], "--study", study, "--strengths", "0.1"], "name it with --perturbations"),
            (
                ["robustness", weights[0], "--study", study, "--perturbations", "smearing", "--strengths", "0.1;0.2"],
                "'0.1;0.2'"
            ),
            (["robustness", weights[0], "--study", study, "--draws", "0"], "--draws must be at least 1"),
            (["robustness", weights[0], weights[0], "--study", study], "named twice"),
            (["transfer", weights[0], "--study", study, "--classes", "Top", "gluon"], "the nearest name is top"),
            (["transfer", weights[0], "--study", study, "--classes", "top"], "two or more"),
            (["transfer", weights[0], "--data", "/nowhere/jets.h5"], "/nowhere/jets.h5"),
            (["transfer", scratch.path("none.safetensors"), "--data", "sample"], "none.safetensors"),
        ]
        for (arguments, message) in cases {
            let result = try RunningGoldstone.run(arguments + ["--output", output])
            #expect(result.status != 0 && result.errors.contains(message), "\(message) in: \(result.errors)")
            #expect(result.output == "" && !exists(output))
        }
        // A copy is the same training.
        try FileManager.default.copyItem(atPath: weights[0], toPath: scratch.path("copy.safetensors"))
        let twice = try RunningGoldstone.run(
            ["transfer", weights[0], scratch.path("copy.safetensors"), "--data", "sample"])
        #expect(twice.status != 0 && twice.errors.contains("are both unconstrained, seed 1"))
    }
}
