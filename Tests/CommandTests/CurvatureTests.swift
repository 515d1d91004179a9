import Foundation
import Testing

@Suite("goldstone curvature", .serialized) struct CurvatureTests {
    /// A tiny study with both variants, trained once for all tests.
    private struct Trained: Sendable {
        let scratch: Scratch
        let weights: [String], study: String

        init() throws {
            scratch = try Scratch()
            let file = try scratch.write(
                """
                preset: smoke
                seeds: [1]
                measures: [evaluation]
                data: {trainingJets: 400, validationJets: 100, testJets: 300}
                network: {width: 8, heads: 2, feedForward: 8, head: [8]}
                training: {epochs: 2}
                variants:
                  - {name: unconstrained, terms: {bce: 1}}
                  - {name: constrained, terms: {bce: 1, group: 0.1}}
                """, to: "study.yaml")
            let run = scratch.path("run")
            let result = try RunningGoldstone.run(["study", file, "--output", run])
            try #require(result.status == 0, "\(result.errors)")
            study = "\(run)/study.yaml"
            weights = ["unconstrained", "constrained"].map { "\(run)/\($0)/seed-1/weights.safetensors" }
        }
    }
    private static let trained = Result { try Trained() }
    private static let few = ["--jets", "96", "--probes", "2", "--steps", "8", "--trace-products", "40"]

    @Test("Two variants: values, residuals, ratios, eigenvectors, figures; a second call measures nothing anew")
    func whole() throws {
        let trained = try Self.trained.get(), scratch = try Scratch(), output = scratch.path("curvature")
        let arguments = ["curvature"] + trained.weights + ["--study", trained.study, "--output", output] + Self.few
        let first = try RunningGoldstone.run(arguments)
        try #require(first.status == 0, "\(first.errors)")
        #expect(first.output.contains("λ₁") && first.output.contains("trace ratio"))
        let results = try object(try bytes("\(output)/curvature.json"))
        let taggers = try #require(results["taggers"] as? [[String: Any]])
        #expect(taggers.count == 2)
        for tagger in taggers {
            let values = try #require(tagger["eigenvalues"] as? [Double])
            let residuals = try #require(tagger["residuals"] as? [Double])
            #expect(values.count == 4 && residuals.count == 4)
            #expect(values[0] >= values[1] && values[1] >= values[2] && values[2] >= values[3])
            #expect(tagger["converged"] as? [Bool] == [true, true, true, true])
            #expect(residuals[0] < 2e-4 * abs(values[0]))
            for key in ["trace", "traceStandardError", "loss", "gradientNorm", "frobeniusNorm", "traceSamplingError"] {
                #expect(try #require(tagger[key] as? Double).isFinite, "\(key)")
            }
            #expect(tagger["jets"] as? Int == 96)
        }
        let ratios = try #require(results["ratios"] as? [[String: Any]])
        let pairs = try #require(ratios[0]["pairs"] as? [[String: Any]])
        let ratio = try #require((pairs[0]["eigenvalue"] as? [String: Any])?["value"] as? Double)
        let values = taggers.compactMap { ($0["eigenvalues"] as? [Double])?[0] }
        #expect(abs(ratio - values[1] / values[0]) < 1e-12)
        for name in [
            "constrained-seed-1/eigenvectors.safetensors", "curvature.md", "curvature.tex",
            "spectral-density.vl.json", "effective-dimension.vl.json",
        ] {
            #expect(exists("\(output)/\(name)"), "\(name)")
        }
        let second = try RunningGoldstone.run(arguments + ["--threads", "1"])
        #expect(second.status == 0 && second.errors.contains("constrained, seed 1: curvature done before"))
        #expect(second.output == first.output)
        // Other settings are measured anew, and memory is no setting.
        let again = try RunningGoldstone.run(arguments + ["--seed", "2", "--memory", "0"])
        #expect(again.status == 0 && !again.errors.contains("done before"))
    }

    @Test("Killed in the middle of the eigenpairs it goes on, and ends with the same bits on another number of threads")
    func killed() throws {
        let trained = try Self.trained.get(), scratch = try Scratch()
        func arguments(_ output: String) -> [String] {
            [
                "curvature", trained.weights[0], "--study", trained.study, "--output", output, "--tolerance", "1e-5",
                "--largest", "8", "--smallest", "8", "--jets", "300", "--probes", "0", "--trace-products", "16",
            ]
        }
        let whole = scratch.path("whole"), killed = scratch.path("killed")
        try #require(try RunningGoldstone.run(arguments(whole)).status == 0)
        let folder = "\(killed)/unconstrained-seed-1"
        for products in [3, 8] {
            let process = try RunningGoldstone.start(arguments(killed))
            let file = "\(folder)/lanczos-\(String(format: "%04d", products)).safetensors"
            while process.isRunning, !exists(file) { usleep(2000) }
            try #require(process.isRunning, "it was done before it could be killed")
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let resumed = try RunningGoldstone.run(arguments(killed) + ["--threads", "1"])
        try #require(resumed.status == 0, "\(resumed.errors)")
        let name = "unconstrained-seed-1/eigenvectors.safetensors"
        #expect(try bytes("\(killed)/\(name)") == bytes("\(whole)/\(name)"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.hasPrefix("lanczos") })
    }

    @Test("A layer's Gauss-Newton matrix, and the constrained loss")
    func choices() throws {
        let trained = try Self.trained.get()
        let result = try RunningGoldstone.run(
            [
                "curvature", trained.weights[0], "--study", trained.study, "--matrix", "gauss-newton", "--loss",
                "bce,group=0.1", "--parameters", "head.2", "--trace-method", "hutch++",
                "--largest-magnitude", "2",
            ] + Self.few)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("Gauss–Newton matrix of bce + 0.1 group on 96 jets"))
        #expect(!result.errors.contains("λ₁ of"))
    }

    @Test(
        "With temperatures matched, λ₁, trace and ratios stand before and after, and what is there is not measured anew"
    )
    func matched() throws {
        let trained = try Self.trained.get(), scratch = try Scratch(), output = scratch.path("curvature")
        let arguments = ["curvature"] + trained.weights + ["--study", trained.study, "--output", output] + Self.few
        try #require(try RunningGoldstone.run(arguments).status == 0)
        let result = try RunningGoldstone.run(arguments + ["--temperature", "matched"])
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("unconstrained, seed 1: curvature done before"))
        #expect(result.output.contains("λ₁ at temperature") && result.output.contains("trace ratio at temperature"))
        let results = try object(try bytes("\(output)/curvature.json"))
        for tagger in try #require(results["taggers"] as? [[String: Any]]) {
            let matched = try #require(tagger["matched"] as? [String: Any])
            let temperature = try #require(matched["temperature"] as? [String: Any])
            #expect(try #require(temperature["value"] as? Double) > 0 && matched["validationJets"] as? Int == 100)
            #expect(try #require(matched["trace"] as? Double).isFinite)
        }
        let ratios = try #require(results["ratios"] as? [[String: Any]])
        let pairs = try #require(ratios[0]["pairs"] as? [[String: Any]])
        #expect(pairs[0]["matched"] != nil && exists("\(output)/unconstrained-seed-1/matched.json"))
        let none = try RunningGoldstone.run(
            ["curvature", trained.weights[0], "--data", "sample", "--temperature", "matched"] + Self.few)
        #expect(none.status != 0 && none.errors.contains("give --study FILE instead of --data"), "\(none.errors)")
    }

    @Test(
        "What is wrong is said before anything is measured",
        arguments: [
            (["--loss", "bcee"], "no term `bcee`; the terms are bce, group"),
            (["--loss", "bce=x"], "`bce=x` is no term"),
            (["--loss", "bce=0"], "no term of a weight other than 0"), (["--jets", "0"], "--jets must be at least 1"),
            (["--parameters", "heed.0.weight"], "no parameter is called heed.0.weight; the nearest is head.0.weight"),
            (["--trace-products", "3"], "--trace-products must be at least 4 with krylov, not 3"),
            (["--tolerance", "2"], "--tolerance must be a number between 0 and 1"),
            (["--loss", "bce,infinitesimal=1", "--matrix", "gauss-newton"], "infinitesimal is no function"),
            (["--parameters", "head.2.bias", "--largest", "2"], "3 eigenpairs were asked for, but the operator has 1"),
        ])
    func mistakes(_ flags: [String], _ message: String) throws {
        let trained = try Self.trained.get(), scratch = try Scratch()
        let result = try RunningGoldstone.run(
            ["curvature", trained.weights[0], "--study", trained.study, "--output", scratch.path("none")] + Self.few
                + flags)
        #expect(result.status != 0)
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(!exists(scratch.path("none/curvature.json")))
    }
}
