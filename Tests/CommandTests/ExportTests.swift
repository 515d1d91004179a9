import Foundation
import Testing

@Suite("Export from beginning to end", .serialized) struct ExportTests {
    private static let study = """
        preset: smoke
        seeds: [1]
        data: {trainingJets: 500, validationJets: 200, testJets: 200, constituents: 8}
        network: {width: 8, heads: 2, feedForward: 8, head: [4]}
        training: {epochs: 2, batchSize: 50}
        variants:
          - {name: unconstrained, terms: {bce: 1}}
          - {name: sets, terms: {bce: 1}, network: {kind: deepSets, phi: [8], rho: [8], pooling: allSlots}}
        """

    /// Two trained taggers for all tests.
    private struct Taggers: Sendable {
        let scratch: Scratch
        var study: String { scratch.path("study.yaml") }
        func weights(_ variant: String) -> String { scratch.path("run/\(variant)/seed-1/weights.safetensors") }

        init() throws {
            scratch = try Scratch()
            let file = try scratch.write(ExportTests.study, to: "study.yaml")
            for variant in ["unconstrained", "sets"] {
                let result = try RunningGoldstone.run(
                    ["train", file, "--variant", variant, "--output", scratch.path("run")])
                try #require(result.status == 0, "\(result.errors)")
            }
        }
    }
    private static let taggers = Result { try Taggers() }

    /// What a file's metadata say; text stands in ONNX's files as it is.
    private func holds(_ path: String, _ text: String) throws -> Bool {
        try bytes(path).range(of: Data(text.utf8)) != nil
    }

    @Test("Both forms lie beside the weights, the trigger's too; the table names them")
    func beside() throws {
        let taggers = try Self.taggers.get(), weights = taggers.weights("sets")
        let name = weights.replacing(".safetensors", with: "")
        let result = try RunningGoldstone.run(["export", weights, "--study", taggers.study, "--jets", "50"])
        try #require(result.status == 0, "\(result.errors)")
        for form in ["features", "momenta"] {
            #expect(result.output.contains("\(name).\(form).onnx"))
            #expect(try holds("\(name).\(form).onnx", "above 0 the jet is taken for W, else for gluon"))
        }
        let trigger = try RunningGoldstone.run(["export", weights, "--format", "trigger"])
        #expect(trigger.status == 0 && exists("\(name).trigger.onnx"), "\(trigger.errors)")
    }

    @Test("With --output, files are named after variant and seed, and equal commands give equal bytes")
    func folder() throws {
        let taggers = try Self.taggers.get(), scratch = try Scratch()
        let weights = ["unconstrained", "sets"].map(taggers.weights)
        for folder in ["a", "b"] {
            let result = try RunningGoldstone.run(
                ["export"] + weights + ["--inputs", "momenta", "--jets", "20", "--output", scratch.path(folder)])
            try #require(result.status == 0, "\(result.errors)")
        }
        for name in ["unconstrained-seed-1.momenta.onnx", "sets-seed-1.momenta.onnx"] {
            #expect(try bytes(scratch.path("a/\(name)")) == bytes(scratch.path("b/\(name)")))
        }
    }

    @Test("Without ONNX Runtime the file says that it is unverified, and a warning does")
    func unverified() throws {
        let taggers = try Self.taggers.get(), scratch = try Scratch()
        // A copy that lies nowhere near .deps/peers, and a python3 that has no packages.
        let python = try scratch.write("#!/bin/sh\nexit 1\n", to: "python3")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python)
        try FileManager.default.copyItem(atPath: RunningGoldstone.path, toPath: scratch.path("goldstone"))
        let arguments = [
            "export", taggers.weights("unconstrained"), "--inputs", "features", "--output", scratch.path("out"),
        ]
        let result = try RunningGoldstone.run(
            "/bin/sh", ["-c", "cd '\(scratch.folder)' && exec ./goldstone \"$@\"", "sh"] + arguments,
            environment: [
                "PATH": "\(scratch.folder):/usr/bin:/bin",
                "LD_LIBRARY_PATH": "\(RunningGoldstone.package)/.deps/libtorch/lib",
            ])
        try #require(result.status == 0, "\(result.errors)")
        #expect(
            result.errors.contains("warning: no Python here has onnxruntime") && result.output.contains("unverified"))
        #expect(try holds(scratch.path("out/unconstrained-seed-1.features.onnx"), "no: ONNX Runtime was not at hand"))
    }

    @Test(
        "What is wrong is said, and nothing is written",
        arguments: [
            (["unconstrained"], ["--format", "trigger"], "distil the tagger"),
            (["unconstrained"], ["--python", "/nowhere/python"], "/nowhere/python can't import"),
            (["unconstrained"], ["--format", "trigger", "--inputs", "momenta"], "--inputs is of --format onnx alone"),
            (["unconstrained"], ["--jets", "0"], "--jets must be at least 1, not 0"),
            (["unconstrained"], ["--data", "sample", "--study", "STUDY"], "not both"),
            (["unconstrained"], ["--data", "/nowhere/jets.h5"], "/nowhere/jets.h5"),
            (["unconstrained", "unconstrained"], [], "would both be written to"),
            (["nothing"], [], "nothing/seed-1/weights.safetensors"),
        ])
    func wrong(_ variants: [String], _ arguments: [String], _ message: String) throws {
        let taggers = try Self.taggers.get(), scratch = try Scratch()
        let own = arguments.map { $0 == "STUDY" ? taggers.study : $0 }
        let result = try RunningGoldstone.run(
            ["export"] + variants.map(taggers.weights) + own + ["--output", scratch.path("out")])
        #expect(result.status != 0 && result.errors.contains(message), "\(result.errors)")
        #expect(!exists(scratch.path("out")))
    }
}
