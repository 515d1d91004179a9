import Foundation
import Testing

@Suite("A study file with a mistake in it") struct StudyFileTests {
    /// A study file and what the message about it must name.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let name: String
        let yaml: String
        let named: [String]
        var testDescription: String { name }
    }

    static let mistakes = [
        Mistake(
            name: "an unknown key", yaml: "preset: smoke\ntraining:\n  epochz: 3\n",
            named: ["study.yaml, line 3", "`training.epochz`", "`training.epochs`"]),
        Mistake(
            name: "an unknown key of the whole file", yaml: "preset: smoke\nvariant: []\n",
            named: ["study.yaml, line 2", "`variant`", "`variants`"]),
        Mistake(
            name: "a wrong type", yaml: "preset: smoke\ntraining:\n  batchSize: 64\n  epochs: many\n",
            named: ["study.yaml, line 4", "`training.epochs`", "`many`", "a whole number"]),
        Mistake(
            name: "a value out of range", yaml: "network:\n  dropout: 1.5\n",
            named: ["study.yaml, line 2", "`network.dropout`", "`1.5`", "a probability below 1"]),
        Mistake(
            name: "an unknown preset", yaml: "preset: smoky\n",
            named: ["study.yaml, line 1", "`preset`", "`smoky`", "smoke"]),
        Mistake(
            name: "an unknown class", yaml: "preset: smoke\ndata:\n  signal: Higgs\n",
            named: ["study.yaml, line 3", "`data.signal`", "`Higgs`", "gluon, quark, W, Z, top"]),
        Mistake(
            name: "signal and background of one class", yaml: "preset: smoke\ndata:\n  signal: W\n  background: W\n",
            named: ["study.yaml", "`data.signal`", "`data.background`", "both W"]),
        Mistake(
            name: "a width that the heads do not divide", yaml: "preset: smoke\nnetwork:\n  heads: 5\n",
            named: ["study.yaml", "`network.width` (32)", "`network.heads` (5)"]),
        Mistake(
            name: "missing jets", yaml: "preset: smoke\ndata:\n  files: [/nowhere/jets.h5]\n",
            named: ["/nowhere/jets.h5", "no such file"]),
        Mistake(
            name: "more jets than there are", yaml: "preset: smoke\ndata:\n  trainingJets: 1000000\n",
            named: ["training", "1000000", "ask for fewer"]),
        Mistake(name: "text that is not YAML", yaml: "training: [1, 2\n", named: ["study.yaml is not YAML"]),
    ]

    @Test("is refused by name and place, and leaves nothing behind", arguments: mistakes)
    func refused(_ mistake: Mistake) throws {
        let scratch = try Scratch()
        let file = try scratch.write(mistake.yaml, to: "study.yaml")
        let result = try RunningGoldstone.run(["study", file, "--output", scratch.path("run")])
        #expect(result.status != 0)
        for word in mistake.named { #expect(result.errors.contains(word), "\(word) in: \(result.errors)") }
        #expect(result.output == "")
        #expect(!exists(scratch.path("run")))
    }

    @Test("A missing study file is named")
    func missing() throws {
        let scratch = try Scratch()
        let result = try RunningGoldstone.run(["study", scratch.path("none.yaml"), "--output", scratch.path("run")])
        #expect(result.status != 0 && result.errors.contains(scratch.path("none.yaml")))
        #expect(!exists(scratch.path("run")))
    }

    @Test("A file and a preset at once, and neither, are refused")
    func both() throws {
        let scratch = try Scratch()
        let file = try scratch.write("preset: smoke\n", to: "study.yaml")
        for arguments in [[], [file, "--preset", "smoke"]] {
            let result = try RunningGoldstone.run(["study", "--output", scratch.path("run")] + arguments)
            #expect(result.status != 0 && result.errors.contains("--preset"))
        }
        #expect(!exists(scratch.path("run")))
    }
}
