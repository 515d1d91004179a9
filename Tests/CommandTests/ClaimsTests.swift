import Foundation
import Testing

@Suite("goldstone claims") struct ClaimsTests {
    @Test("From two trainings through every measurement to six verdicts; results of other weights are refused")
    func everything() throws {
        let scratch = try Scratch(), run = scratch.path("run")
        let file = try scratch.write(
            """
            preset: smoke
            seeds: [1]
            measures: [evaluation]
            data: {trainingJets: 300, validationJets: 100, testJets: 300}
            network: {width: 8, heads: 2, feedForward: 8, head: [8]}
            training: {epochs: 1}
            variants:
              - {name: unconstrained, terms: {bce: 1}}
              - {name: constrained, terms: {bce: 1, group: 0.1}}
            """, to: "study.yaml")
        func call(_ arguments: [String]) throws -> RunningGoldstone.Result {
            let result = try RunningGoldstone.run(arguments)
            try #require(result.status == 0, "\(arguments[0]): \(result.errors)")
            return result
        }
        _ = try call(["study", file, "--output", run])
        let alone = try call(["claims", run])
        #expect(alone.errors.contains("not measured: \(run)/curvature/curvature.json (goldstone curvature)"))

        let weights = ["unconstrained", "constrained"].map { "\(run)/\($0)/seed-1/weights.safetensors" }
        let study = ["--study", "\(run)/study.yaml"]
        _ = try call(
            ["curvature"] + weights + study
                + ["--output", "\(run)/curvature", "--jets", "64", "--probes", "0", "--trace-products", "16"])
        _ = try call(
            ["landscape"] + weights + study
                + [
                    "--output", "\(run)/landscape", "--what", "goldstone", "--jets", "64", "--random-directions", "1",
                    "--eigenvectors", "\(run)/curvature/unconstrained-seed-1/eigenvectors.safetensors",
                    "\(run)/curvature/constrained-seed-1/eigenvectors.safetensors",
                ])
        _ = try call(["robustness"] + weights + study + ["--output", "\(run)/robustness", "--draws", "1"])
        _ = try call(["transfer"] + weights + study + ["--output", "\(run)/transfer"])
        _ = try call(
            ["distill"] + weights + study
                + ["--output", "\(run)/distillation", "--students", "mlp-8", "--seeds", "1", "--epochs", "1"])
        let whole = try call(["claims", run])
        #expect(!whole.errors.contains("not measured"))

        let claims = try #require(try object(try bytes("\(run)/results/claims.json"))["claims"] as? [[String: Any]])
        #expect(claims.compactMap { $0["claim"] as? String } == ["a", "b", "c", "d", "e", "f"])
        for claim in claims {
            // A single pair of seeds decides nothing; its values stand there all the same.
            #expect(claim["verdict"] as? String == "undecided")
            for quantity in try #require(claim["quantities"] as? [[String: Any]]) {
                #expect((quantity["pairs"] as? [Any])?.count == 1, "\(quantity["quantity"] ?? "")")
            }
        }
        let curvature = try object(try bytes("\(run)/curvature/curvature.json"))
        let taggers = try #require(curvature["taggers"] as? [[String: Any]])
        let values = taggers.compactMap { ($0["eigenvalues"] as? [Double])?[0] }
        let quantities = try #require(claims[1]["quantities"] as? [[String: Any]])
        let pair = try #require((quantities[0]["pairs"] as? [[String: Any]])?[0])
        let found = ["unconstrained", "constrained"].compactMap { (pair[$0] as? [String: Any])?["value"] as? Double }
        #expect(found == values)
        #expect(exists("\(run)/claims.md") && exists("\(run)/transfer.tex"))

        let unknown = try RunningGoldstone.run(["claims", run, "--student", "mlp-9"])
        #expect(unknown.status == 1 && unknown.errors.contains("no student `mlp-9`; the students are mlp-8"))
        try FileManager.default.removeItem(atPath: weights[0])
        try FileManager.default.copyItem(atPath: weights[1], toPath: weights[0])
        let other = try RunningGoldstone.run(["claims", run])
        #expect(other.status == 1 && other.errors.contains("curvature.json was measured of other weights"))
    }

    @Test("A folder without a study says which file is missing")
    func noRun() throws {
        let result = try RunningGoldstone.run(["claims", try Scratch().path("none")])
        #expect(result.status == 1 && result.errors.contains("results/training.json"))
    }
}
