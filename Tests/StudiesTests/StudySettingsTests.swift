import Foundation
import Jets
import Objectives
import Studies
import Testing

struct StudySettingsTests {
    private func error(_ yaml: String) -> String {
        do {
            _ = try StudySettings(yaml: yaml, file: "my.yaml")
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func `A file changes what it names and nothing else`() throws {
        let settings = try StudySettings(
            yaml: """
                preset: quick
                name: mine
                data: {constituents: 24, signal: top, testJets: null}
                training: {epochs: 3, gradientClip: null, schedule: cosine}
                seeds: [4, 5]
                """, file: "my.yaml")
        var expected = Preset.quick.settings
        expected.name = "mine"
        expected.data.constituents = 24
        expected.data.signal = .top
        expected.data.testJets = nil
        expected.training.epochs = 3
        expected.training.gradientClip = nil
        expected.training.schedule = .cosine
        expected.seeds = [4, 5]
        #expect(try settings.yaml() == (try expected.yaml()))
    }

    @Test(arguments: Preset.allCases)
    func `The resolved settings are a study file that means the same`(_ preset: Preset) throws {
        let yaml = try preset.settings.yaml()
        #expect(try StudySettings(yaml: yaml, file: "resolved.yaml").yaml() == yaml)
    }

    @Test func `Only the preset paper takes the paper's learning rate`() {
        for preset in Preset.allCases {
            #expect(preset.settings.training.learningRate == (preset == .paper ? 0.005 : 0.0005))
        }
        let paper = Preset.paper.settings
        #expect(paper.training.epochs == 100 && paper.training.weightDecay == 0.0005 && paper.training.batchSize == 256)
        #expect(paper.seeds.count == 3 && paper.data.trainingJets == 200_000)
        #expect(!paper.network.attentionMask && paper.network.pooling == .allSlots)
    }

    @Test func `A mistyped key is an error that names the line and the nearest key`() {
        #expect(
            error("preset: quick\ntraining:\n  epoch: 3\n")
                == "my.yaml, line 3: unknown key `training.epoch`; the nearest valid key is `training.epochs`")
        #expect(error("prest: quick").contains("unknown key `prest`; the nearest valid key is `preset`"))
        #expect(error("preset: quick\nzzzzzzzzzzzz: 1").contains("valid keys there are budgets, claims, "))
        #expect(error("variants: [{name: a, term: {bce: 1}}]").contains("the nearest valid key is `variants[1].terms`"))
    }

    @Test(arguments: [
        ("preset: quik", "`preset` must be one of smoke, quick, sample, paper-stable, paper, not `quik`"),
        ("training: {epochs: 0}", "`training.epochs` must be a whole number from 1 to 1000000, not `0`"),
        ("training: {epochs: ten}", "`training.epochs` must be a whole number"),
        ("training: {epochs: 2.5}", "`training.epochs` must be a whole number"),
        ("training: {learningRate: -1}", "`training.learningRate` must be a number above 0, not `-1`"),
        ("training: {learningRate: .nan}", "`training.learningRate` must be a number above 0"),
        ("training: {schedule: linear}", "`training.schedule` must be one of constant, cosine, not `linear`"),
        ("network: {dropout: 1}", "`network.dropout` must be a probability below 1, not `1`"),
        ("network: {head: [128, x]}", "`network.head` must be a list of whole numbers"),
        ("network: {attentionMask: 3}", "`network.attentionMask` must be true or false, not `3`"),
        ("network: 3", "`network` must be keys and values, not `3`"),
        ("data: {signal: H}", "`data.signal` must be one of gluon, quark, W, Z, top, QCD, not `H`"),
        (
            "data: {trainingJets: 1.5}",
            "`data.trainingJets` must be null or a number of jets, or a fraction up to 1, not `1.5`"
        ),
        ("data: {files: {a: 1}}", "`data.files` must be text, or a list of it"),
        ("seeds: []", "`seeds` is empty"),
        ("seeds: [1, 1]", "`seeds` names a seed twice"),
        ("variants: []", "`variants` is empty"),
        ("variants: [{name: a}, {name: a}]", "two `variants` share a name"),
        ("variants: [{name: a/b}]", "`variants[1].name` must be a name without slashes"),
        ("variants: [{name: a, terms: {bse: 1}}]", "`variants[1].terms` must be terms named bce"),
        ("data: {signal: W, background: W}", "are both W"),
        ("network: {width: 30, heads: 4}", "`network.width` (30) is no multiple of `network.heads` (4)"),
        ("data: {trainingJets: 0.8, validationJets: 0.4}", "add up to more than 1"),
        ("a: [1", "is not YAML"),
    ])
    func `A bad value is an error that names file, field and value`(_ yaml: String, _ message: String) {
        let found = error(yaml)
        #expect(found.contains("my.yaml"))
        #expect(found.contains(message), "found: \(found)")
    }

    /// Nine lists of nine of the one before.
    private static let aliasBomb: String = {
        var text = "b0: &b0 [x]\n"
        for level in 1...9 {
            let aliases = [String](repeating: "*b\(level - 1)", count: 9).joined(separator: ", ")
            text += "b\(level): &b\(level) [\(aliases)]\n"
        }
        return text + "seeds: *b9\n"
    }()

    /// By name: an argument is printed whole in a test's log.
    private enum Endless: CaseIterable {
        case number, aliases, name, depth, length

        var yaml: String {
            switch self {
            case .number: "data: {trainingJets: 1e300}"
            case .aliases: aliasBomb
            case .name: "name: \(String(repeating: "a", count: 2 << 20))"
            case .depth: "seeds: \(String(repeating: "[", count: 500_000))"
            case .length: "seeds: [\([String](repeating: "[1]", count: 5000).joined(separator: ", "))]"
            }
        }

        var message: String {
            switch self {
            case .number: "`data.trainingJets` must be null or a number of jets"
            case .aliases: "aliases (*name), and at most 20"
            case .name: "a study file at most 1048576"
            case .depth: "is not YAML"
            case .length: "[1], [1], [1], …]"
            }
        }
    }

    @Test(arguments: Endless.allCases)
    private func `What would take endless time or memory is refused`(_ endless: Endless) {
        let found = error(endless.yaml)
        #expect(found.contains("my.yaml") && found.contains(endless.message), "found: \(found.prefix(300))")
        #expect(found.utf8.count < 10_000)
    }

    @Test func `Patterns of files are no aliases`() throws {
        let patterns = (0..<50).map { "folder\($0)/*.h5" }.joined(separator: ", ")
        #expect(try StudySettings(yaml: "data: {files: [\(patterns)]}", file: "my.yaml").data.files.count == 50)
    }

    @Test func `A file that is not there is an error`() {
        #expect(throws: (any Error).self) { try StudySettings(contentsOf: "/nowhere/study.yaml") }
    }

    @Test func `The device is a choice of its own`() throws {
        #expect(try StudySettings(yaml: "name: a", file: "my.yaml").device == nil)
        #expect(try StudySettings(yaml: "device: cuda:2", file: "my.yaml").device == .cuda(2))
        #expect(try StudySettings(yaml: "sideBySide: 4", file: "my.yaml").sideBySide == 4)
        let error = #expect(throws: SettingsError.self) { try StudySettings(yaml: "device: gpu", file: "my.yaml") }
        #expect("\(error!)".contains("cuda:N") && "\(error!)".contains("gpu"))
        // A resolved file is a study file.
        let resolved = try StudySettings(yaml: "{device: auto, sideBySide: 2}", file: "my.yaml").yaml()
        let again = try StudySettings(yaml: resolved, file: "study.yaml")
        #expect(again.device == .auto && again.sideBySide == 2)
    }
}
