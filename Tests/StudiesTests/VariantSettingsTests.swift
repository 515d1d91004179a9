import Foundation
import Networks
import Objectives
import Studies
import Testing

/// What a variant may have of its own, and the sweep over a term's weights.
struct VariantSettingsTests {
    private func error(_ yaml: String) -> String {
        do {
            _ = try StudySettings(yaml: yaml, file: "my.yaml")
            return "no error"
        } catch { return "\(error)" }
    }

    private let arms = """
        preset: quick
        seeds: [1, 2]
        variants:
          - {name: unconstrained}
          - {name: flat, network: {skipConnections: false}, seeds: [7]}
          - {name: sums, terms: {bce: 1, group: 0.1}, network: {kind: deepSets, phi: [8]}, measures: [curvature]}
        """

    @Test func `A variant has a network, seeds and measures of its own, and they are written back`() throws {
        let settings = try StudySettings(yaml: arms, file: "my.yaml")
        var flat = Preset.quick.settings.network, sums = DeepSets.Settings()
        flat.skipConnections = false
        sums.phi = [8]
        #expect(settings.variants[0] == .unconstrained)
        #expect(settings.variants[1].network == .transformer(flat) && settings.variants[1].seeds == [7])
        #expect(settings.variants[2].network == .deepSets(sums) && settings.variants[2].measures == [.curvature])
        #expect(settings.variants[2].takesPart(in: .curvature) && !settings.variants[2].takesPart(in: .transfer))
        #expect(settings.variants[1].takesPart(in: .transfer))
        let again = try StudySettings(yaml: settings.yaml(), file: "again.yaml")
        #expect(again.variants == settings.variants)
        let json = try JSONEncoder().encode(settings.variants)
        #expect(try JSONDecoder().decode([StudySettings.VariantSettings].self, from: json) == settings.variants)
    }

    @Test func `Trainings go variant by variant, with its own seeds or the study's`() throws {
        let trainings = try StudySettings(yaml: arms, file: "my.yaml").trainings
        #expect(
            trainings.map { "\($0.variant.name) \($0.seed)" }
                == ["unconstrained 1", "unconstrained 2", "flat 7", "sums 1", "sums 2"])
    }

    @Test func `A network of the study's own kind starts from the study's, any other from its defaults`() throws {
        let settings = try StudySettings(yaml: arms, file: "my.yaml")
        guard case .transformer(let flat) = settings.network(of: settings.variants[1]) else {
            Issue.record("no transformer")
            return
        }
        #expect(flat.width == 64 && flat.layers == 2 && settings.network.skipConnections)
        #expect(settings.network(of: settings.variants[0]) == .transformer(settings.network))
    }

    @Test func `A sweep is a variant a weight, behind the others`() throws {
        let settings = try StudySettings(
            yaml: """
                variants: [{name: unconstrained}]
                sweep: {term: group, weights: [0.01, 1, 10], seeds: [1, 2], measures: [curvature, frontier]}
                """, file: "my.yaml")
        #expect(settings.variants.map(\.name) == ["unconstrained", "group-0.01", "group-1", "group-10"])
        #expect(settings.variants[1].terms == [.init(name: "bce", weight: 1), .init(name: "group", weight: 0.01)])
        #expect(
            settings.variants.dropFirst().allSatisfy { $0.seeds == [1, 2] && $0.measures == [.curvature, .frontier] })
        let again = try StudySettings(yaml: settings.yaml(), file: "again.yaml")
        #expect(again.variants == settings.variants)
        // A resolved file may be swept again: a variant of the same name is replaced only where the file doesn't name it.
        #expect(
            error("variants: [{name: group-1}]\nsweep: {term: group, weights: [1]}").contains("`variants`, group-1"))
    }

    @Test(arguments: [
        ("variants: [{name: a, seeds: []}]", "`variants[1].seeds` must be a list of at least one seed, each once"),
        ("variants: [{name: a, seeds: [2, 2]}]", "`variants[1].seeds` must be a list of at least one seed, each once"),
        ("variants: [{name: a, seeds: [-1]}]", "`variants[1].seeds` must be a list of whole numbers from 0"),
        (
            "variants: [{name: a, measures: [curvatur]}]",
            "`variants[1].measures` must be a list of some of evaluation, "
        ),
        (
            "variants: [{name: a, network: {width: 30}}]",
            "`variants[1].network.width` must be a multiple of `heads` (4)"
        ),
        ("variants: [{name: a, network: {kind: lstm}}]", "`variants[1].network.kind` must be one of transformer, "),
        ("variants: [{name: a, network: {kind: mlp, width: 3}}]", "unknown key `variants[1].network.width`"),
        ("variants: [{name: a, seed: [1]}]", "the nearest valid key is `variants[1].seeds`"),
        ("sweep: {weights: [1]}", "`sweep.term` must be one of group, infinitesimal, augmentation, rescaling"),
        ("sweep: {term: bce, weights: [1]}", "`sweep.term` must be one of group"),
        ("sweep: {term: group}", "`sweep.weights` must be a list of weights above 0, each once"),
        ("sweep: {term: group, weights: [0, 1]}", "`sweep.weights` must be null or a list of weights above 0"),
        ("sweep: {term: group, weights: [1, 1]}", "a list of weights above 0, each once, not `[1, 1]`"),
    ])
    func `Wrong settings are errors that say what is right`(_ yaml: String, _ message: String) {
        let found = error(yaml)
        #expect(found.hasPrefix("my.yaml") && found.contains(message), "found: \(found)")
    }

    @Test func `Settings that no file has seen are checked, too`() {
        func found(_ variant: StudySettings.VariantSettings) -> String {
            var settings = StudySettings()
            settings.variants = [variant]
            do {
                try settings.check(file: "code")
                return "no error"
            } catch { return "\(error)" }
        }
        var odd = JetTransformer.Settings()
        odd.width = 30
        #expect(found(.init(name: "a", terms: [], seeds: [])).contains("a: `seeds` is empty"))
        #expect(found(.init(name: "a", terms: [], seeds: [1, 1])).contains("a: `seeds` names a seed twice"))
        #expect(found(.init(name: "a", terms: [], network: .transformer(odd))).contains("no multiple of"))
    }
}

/// What tells one training from another.
struct TrainingIdentityTests {
    /// The settings and the jets of a study that was trained before variants could have a network of their own.
    private func trainedBefore() -> (StudySettings, jets: String) {
        var settings = Preset.quick.settings
        settings.training.epochs = 8
        settings.data.trainingJets = 0.6
        settings.data.testJets = nil
        settings.variants = [.unconstrained, .constrained]
        return (settings, "8a114be5100d3bbf0589a9bd9fa5fea09164887afcf337a4ccddeb40d7322f3e")
    }

    private func identity(_ change: (inout StudySettings.VariantSettings) -> Void) throws -> String {
        var (settings, jets) = trainedBefore()
        change(&settings.variants[0])
        return try TaggerStep.identity(settings, settings.variants[0], seed: 1, jets: jets)
    }

    @Test func `A plain variant's is what it was, so that finished trainings stay finished`() throws {
        let (settings, jets) = trainedBefore()
        let found = try settings.variants.map { try TaggerStep.identity(settings, $0, seed: 1, jets: jets) }
        #expect(
            found == [
                "869b723d26bb4b3813c116bf8178d67e197215825c000050daac452c249c777d",
                "db8f610cdc611fb2ede99ab71cf23297090191603e232a86279fe57c73443466",
            ])
    }

    @Test func `What is measured afterwards and which seeds there are have no part in it`() throws {
        let plain = try identity { _ in }
        #expect(try identity { $0.measures = [.curvature] } == plain)
        #expect(try identity { $0.seeds = [1, 9] } == plain)
        #expect(try identity { $0.network = .transformer(Preset.quick.settings.network) } == plain)
    }

    @Test func `A network of the variant's own has`() throws {
        var flat = Preset.quick.settings.network
        flat.skipConnections = false
        let found = try [.transformer(flat), .deepSets(.init()), .mlp(.init())].map { network in
            try identity { $0.network = network }
        }
        #expect(Set(found + [try identity { _ in }]).count == 4)
    }
}

/// A study whose variants have networks and seeds of their own, on a few of the shipped jets.
struct VariantStudyTests {
    @Test func `Each variant is trained with its own network and seeds, and its weights say so`() throws {
        let scratch = Scratch()
        let settings = try StudySettings(
            yaml: """
                preset: smoke
                seeds: [1]
                measures: [evaluation]
                data: {trainingJets: 96, validationJets: 64, testJets: 200, constituents: 8}
                network: {width: 8, heads: 2, feedForward: 8, head: [4]}
                training: {epochs: 1, batchSize: 48}
                variants:
                  - {name: unconstrained}
                  - {name: sums, network: {kind: deepSets, phi: [8], rho: [4]}, seeds: [2, 3]}
                """, file: "my.yaml")
        let study = Study(settings, folder: scratch.folder, threads: 1)
        _ = try study.run { _ in }
        let outcome = try study.outcome()
        #expect(outcome.runs.map(\.variant) == ["unconstrained", "sums", "sums"])
        #expect(outcome.runs.map(\.seed) == [1, 2, 3])
        let tagger = try TrainedTagger(contentsOf: scratch.path("sums/seed-3/weights.safetensors"))
        var sums = DeepSets.Settings()
        sums.phi = [8]
        sums.rho = [4]
        #expect(tagger.description.network == .deepSets(sums) && tagger.description.seed == 3)
        // Done before: read from the file, with the network that is described there.
        _ = try study.run { _ in }
        #expect(try study.outcome().runs.map(\.test.rocAUC.value) == outcome.runs.map(\.test.rocAUC.value))
    }

    @Test func `Trainings side by side are those one after another, to the bit`() throws {
        let alone = Scratch(), together = Scratch()
        func run(_ folder: String, _ line: String) throws -> [String] {
            let settings = try StudySettings(
                yaml: """
                    preset: smoke
                    seeds: [1, 2]
                    measures: []
                    data: {trainingJets: 96, validationJets: 64, testJets: 200, constituents: 8}
                    network: {width: 8, heads: 2, feedForward: 8, head: [4]}
                    training: {epochs: 2, batchSize: 48}
                    \(line)
                    """, file: "my.yaml")
            let lines = Lines()
            _ = try Study(settings, folder: folder, threads: 1).run { lines.add($0) }
            return lines.all
        }
        _ = try run(alone.folder, "")
        let lines = try run(together.folder, "sideBySide: 3")
        #expect(lines.contains { $0.hasPrefix("side by side: ") && $0.filter { $0 == "," }.count == 2 })
        for name in ["unconstrained/seed-1", "constrained/seed-1", "unconstrained/seed-2", "constrained/seed-2"] {
            let weights = "\(name)/weights.safetensors"
            let a = try Data(contentsOf: URL(fileURLWithPath: alone.path(weights)))
            #expect(try Data(contentsOf: URL(fileURLWithPath: together.path(weights))) == a)
        }
    }

    private final class Lines: @unchecked Sendable {
        private let lock = NSLock()
        private var lines: [String] = []
        func add(_ line: String) { lock.withLock { lines.append(line) } }
        var all: [String] { lock.withLock { lines } }
    }
}
