import Foundation
import HDF5
import Testing

@Suite("A study from beginning to end") struct StudyTests {
    private static let training = "unconstrained/seed-1"

    @Test("The preset smoke writes everything it should, and a second run leaves it as it is")
    func smoke() throws {
        let scratch = try Scratch()
        let run = scratch.path("run")
        let first = try RunningGoldstone.run(["study", "--preset", "smoke", "--output", run])
        try #require(first.status == 0, "\(first.errors)")
        for name in ["study.yaml", "environment.json", "results/training.json", "tables.md", "tables.tex"] {
            #expect(exists("\(run)/\(name)"))
        }
        for name in ["scores.h5", "weights.safetensors", "checkpoint.safetensors"] {
            #expect(exists("\(run)/\(Self.training)/\(name)"))
        }

        let results = try object(try bytes("\(run)/results/training.json"))
        let runs = try #require(results["runs"] as? [[String: Any]])
        let history = try #require(runs[0]["history"] as? [String: Any])
        let epochs = try #require(history["epochs"] as? [[String: Any]])
        let written = try String(contentsOfFile: "\(run)/study.yaml", encoding: .utf8)
        let asked = try #require(written.matches(of: #/(?m)^ +epochs: (\d+)$/#).last.flatMap { Int($0.1) })
        #expect(epochs.compactMap { $0["epoch"] as? Int } == Array(1...asked))
        let jets = try #require((results["data"] as? [String: Any])?["testJets"] as? Int)
        try checkScores("\(run)/\(Self.training)/scores.h5", runs[0], jets: jets)
        try checkFigures("\(run)/figures", errors: first.errors)

        let kept = [
            "results/training.json", "study.yaml", "\(Self.training)/weights.safetensors",
            "\(Self.training)/scores.h5", "\(Self.training)/checkpoint.safetensors", "figures/roc.vl.json",
        ]
        let before = try kept.map { try bytes("\(run)/\($0)") }
        let time = try modified("\(run)/\(Self.training)/weights.safetensors")
        let second = try RunningGoldstone.run(["study", "--preset", "smoke", "--output", run, "--threads", "1"])
        #expect(second.status == 0)
        let counts = try #require(second.errors.firstMatch(of: #/(\d+) of (\d+) steps were done before/#))
        #expect(counts.1 == counts.2, "\(second.errors)")
        #expect(second.output == first.output)
        for (name, old) in zip(kept, before) { #expect(try bytes("\(run)/\(name)") == old, "\(name)") }
        #expect(try modified("\(run)/\(Self.training)/weights.safetensors") == time)
    }

    @Test("train does one training of a study, evaluate says the same of its jets, and the study takes it as done")
    func trainAndEvaluate() throws {
        let scratch = try Scratch()
        let run = scratch.path("run")
        let file = try scratch.write(
            "preset: smoke\nseeds: [3, 4]\nvariants: [{name: unconstrained, terms: {bce: 1}}]\nmeasures: [evaluation]\ndata:\n  trainingJets: 500\n  testJets: 500\ntraining:\n  epochs: 1\n",
            to: "study.yaml")
        let trained = try RunningGoldstone.run(["train", file, "--seed", "4", "--output", run])
        try #require(trained.status == 0, "\(trained.errors)")
        #expect(exists("\(run)/unconstrained/seed-4/result.json") && !exists("\(run)/unconstrained/seed-3"))
        let evaluated = try RunningGoldstone.run(
            ["evaluate", "\(run)/unconstrained/seed-4/weights.safetensors", "--data", "sample"])
        #expect(evaluated.status == 0 && evaluated.output.contains("unconstrained, seed 4"), "\(evaluated.errors)")
        let study = try RunningGoldstone.run(["study", file, "--output", run])
        #expect(study.status == 0 && study.errors.contains("training/unconstrained/seed-3"))
        #expect(!study.errors.contains("training/unconstrained/seed-4"))
        #expect(study.output.contains("unconstrained, seed 3") && study.output.contains("unconstrained, seed 4"))
    }

    /// The accuracy in the results is that of the scores in the file, and the probabilities are those of the logits.
    private func checkScores(_ path: String, _ run: [String: Any], jets: Int) throws {
        let file = try HDF5File(path: path)
        let logits = try file.dataset("logit").read(Double.self)
        let scores = try file.dataset("score").read(Double.self)
        let labels = try file.dataset("label").read(Int32.self)
        let index = try file.dataset("index").read(Int64.self)
        #expect(logits.count == jets && labels.count == jets && Set(index).count == jets)
        for (logit, score) in zip(logits, scores) { #expect(abs(score - 1 / (1 + exp(-logit))) < 1e-12) }
        let right = zip(logits, labels).count { ($0 > 0) == ($1 == 1) }
        let test = try #require(run["test"] as? [String: Any])
        let accuracy = try #require((test["accuracy"] as? [String: Any])?["value"] as? Double)
        #expect(abs(accuracy - Double(right) / Double(jets)) < 1e-12)
    }

    /// Pictures in three formats where Python has the drawing library; else a warning that names it.
    private func checkFigures(_ folder: String, errors: String) throws {
        let beginnings: [String: Data] = [
            "svg": Data("<svg".utf8), "pdf": Data("%PDF".utf8), "png": Data([0x89, 0x50, 0x4E, 0x47]),
        ]
        let packages = ProcessInfo.processInfo.environment["GOLDSTONE_PYTHON_PATH"]
        let python = try RunningGoldstone.run(
            "/usr/bin/env", ["python3", "-c", "import vl_convert"],
            environment: ["PYTHONPATH": packages ?? "\(RunningGoldstone.package)/.deps/python"])
        for name in ["roc", "learning-curves"] {
            let specification = try object(try bytes("\(folder)/\(name).vl.json"))
            #expect((specification["$schema"] as? String)?.contains("vega-lite") == true)
            for (format, beginning) in beginnings where python.status == 0 {
                #expect(try bytes("\(folder)/\(name).\(format)").starts(with: beginning))
            }
        }
        if python.status != 0 { #expect(errors.contains("vl-convert")) }
    }

    private func modified(_ path: String) throws -> Date? {
        try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
}
