import Fixtures
import Foundation
import Networks
import Studies
import Testing

/// Students by name, and a study file's own.
struct StudentSettingsTests {
    private func error(_ yaml: String) -> String {
        do {
            _ = try StudySettings(yaml: yaml, file: "my.yaml")
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func `The paper's student has 487,665 parameters`() throws {
        let student = try #require(StudentSettings.named("paper"))
        // Counted by hand: embedding; three layers of attention, feed-forward part and two norms; head.
        let d = 160, inner = 128
        let layer = 3 * d * (d + 1) + d * (d + 1) + inner * (d + 1) + d * (inner + 1) + 4 * d
        let head = 192 * (d + 1) + 80 * 193 + 64 * 81 + 65
        #expect(d * 8 + 3 * layer + head == 487_665)
        #expect(TaggerNetwork(student.network).parameters.count == 487_665)
    }

    @Test func `Known students differ in name and size, from the paper's to a trigger's, and drop nothing`() throws {
        let sizes = StudentSettings.known.map { TaggerNetwork($0.network).parameters.count }
        #expect(sizes == [487_665, 55_169, 7809, 2113, 8897, 2401, 10_401, 6817])
        #expect(Set(StudentSettings.known.map(\.name)).count == sizes.count)
        #expect(Set(StudentSettings.known.map(\.network.kind)) == [.transformer, .deepSets, .mlp])
        for student in StudentSettings.known {
            if case .transformer(let settings) = student.network { #expect(settings.dropout == 0) }
        }
    }

    @Test func `The defaults are those that the documentation gives`() {
        let settings = StudySettings().distillation
        #expect(settings.training.learningRate == 5e-4 && settings.training.batchSize == 256)
        #expect(settings.training.epochs == 50 && settings.training.weightDecay == 0)
        #expect(settings.training.gradientClip == nil && settings.targets == .logits)
        #expect(settings.students == StudentSettings.known && settings.seeds == [1, 2, 3])
    }

    @Test func `A study file names students and defines its own, and is written back`() throws {
        let settings = try StudySettings(
            yaml: """
                distillation:
                  students:
                    - mlp-8
                    - {name: wide, kind: mlp, constituents: 20, hidden: [200]}
                    - {name: sums, kind: deepSets, phi: [8, 4], rho: [], pooling: sum}
                    - {name: small, width: 8, heads: 2, layers: 1, feedForward: 8, head: []}
                  seeds: [4]
                  targets: standardised
                  threshold: 0.02
                  training: {epochs: 7}
                """, file: "my.yaml")
        var mlp = ConstituentMLP.Settings(), sums = DeepSets.Settings(), small = JetTransformer.Settings()
        mlp.constituents = 20
        mlp.hidden = [200]
        sums.phi = [8, 4]
        sums.rho = []
        sums.pooling = .sum
        small.width = 8
        small.heads = 2
        small.layers = 1
        small.feedForward = 8
        small.head = []
        small.dropout = 0
        var expected = DistillationSettings()
        expected.students = [
            StudentSettings.named("mlp-8")!, .init(name: "wide", network: .mlp(mlp)),
            .init(name: "sums", network: .deepSets(sums)), .init(name: "small", network: .transformer(small)),
        ]
        expected.seeds = [4]
        expected.targets = .standardised
        expected.threshold = 0.02
        expected.training.epochs = 7
        #expect(settings.distillation == expected)
        #expect(try StudySettings(yaml: settings.yaml(), file: "again.yaml").distillation == expected)
        let json = try JSONEncoder().encode(expected)
        #expect(try JSONDecoder().decode(DistillationSettings.self, from: json) == expected)
    }

    @Test(arguments: [
        ("{students: [mlp8]}", "`distillation.students[1]` must be one of paper, "),
        ("{students: [mlp8]}", "(the nearest is mlp-8), or settings, not `mlp8`"),
        ("{students: []}", "`distillation.students` must be a list of at least one student"),
        ("{students: [paper, paper]}", "`distillation.students` must be a list that names each student once"),
        ("{students: [{name: paper}]}", "`distillation.students[1].name` must be a name that no known student has"),
        ("{students: [{kind: mlp}]}", "`distillation.students[1].name` must be a name without slashes"),
        ("{students: [{name: a, kind: lstm}]}", "must be one of transformer, deepSets, mlp, invariant, not `lstm`"),
        ("{students: [{name: a, kind: mlp, width: 3}]}", "unknown key `distillation.students[1].width`"),
        ("{students: [{name: a, kind: deepSets, phi: []}]}", "`distillation.students[1].phi` must be a list of at"),
        ("{students: [{name: a, width: 30, heads: 4}]}", "must be a multiple of `heads` (4), not `30`"),
        ("{seeds: []}", "`distillation.seeds` must be a list of at least one seed"),
        ("{threshold: 1}", "`distillation.threshold` must be a number above 0 and below 1, not `1`"),
        ("{targets: probabilities}", "`distillation.targets` must be one of logits, standardised, not `prob"),
        ("{training: {epochs: 0}}", "`distillation.training.epochs` must be a whole number from 1 to 1000000, not `0`"),
        ("{training: {selectBy: bce}}", "`distillation.training` must be settings with `selectBy: objective`"),
        ("{student: [paper]}", "the nearest valid key is `distillation.students`"),
    ])
    func `Wrong settings are errors that say what is right`(_ yaml: String, _ message: String) {
        let found = error("distillation: \(yaml)")
        #expect(found.hasPrefix("my.yaml") && found.contains(message), "found: \(found)")
    }

    @Test func `An unknown student is an error that gives the nearest name`() {
        let error = #expect(throws: DistillationError.self) {
            try StudentSettings.choose("transfomer-16", from: StudentSettings.known)
        }
        #expect(error?.description.contains("the nearest is `transformer-16`") == true)
    }
}
