import Report
import Statistics

/// One training's figures on one pair of classes.
public struct SeedScore: Sendable, Codable, Equatable {
    public let seed: UInt64
    public let accuracy: Double
    public let rocAUC: Double
    /// Whether the training has collapsed to a constant output.
    public let isCollapsed: Bool

    public init(seed: UInt64, accuracy: Double, rocAUC: Double, isCollapsed: Bool) {
        self.seed = seed
        self.accuracy = accuracy
        self.rocAUC = rocAUC
        self.isCollapsed = isCollapsed
    }

    /// The figures of an evaluation.
    public init(seed: UInt64, _ evaluation: Evaluation, isCollapsed: Bool) {
        self.init(
            seed: seed, accuracy: evaluation.accuracy.value, rocAUC: evaluation.rocAUC.value, isCollapsed: isCollapsed)
    }
}

/// All seeds of one variant on one pair of classes.
public struct VariantScores: Sendable, Codable, Equatable {
    public let variant: String
    public let scores: [SeedScore]

    public init(variant: String, scores: [SeedScore]) {
        self.variant = variant
        self.scores = scores
    }

    /// The seeds that are averaged: those that haven't collapsed.
    public var sound: [SeedScore] { scores.filter { !$0.isCollapsed } }

    /// The mean over the sound seeds ± their standard deviation.
    func cell(_ figure: (SeedScore) -> Double) -> Table.Cell {
        let values = sound.map(figure)
        guard values.count > 1 else { return values.first.map { .number($0) } ?? .missing }
        return WelchTest.Sample(of: values).cell
    }
}

/// Tables in the form of the paper's, ours beside its own.
public enum PaperTables {
    /// The paper's Table 1: accuracy and ROC-AUC on the kind of jets that was trained on.
    ///
    /// - Parameters:
    ///   - variants: any, by their names; the paper's two are `unconstrained` and `constrained`
    ///   - shown: the jets and the network, for the caption
    public static func inDistribution(_ variants: [VariantScores], showing shown: String) -> Table {
        table([(.w, variants)], caption: "Accuracy and ROC-AUC in distribution. \(shown).", label: "in-distribution")
    }

    /// The paper's Table 3: the same trainings on jets of other kinds against gluons.
    public static func transfer(near: [VariantScores], far: [VariantScores], showing shown: String) -> Table {
        table(
            [(.z, near), (.top, far)], caption: "Accuracy and ROC-AUC on other kinds of jets. \(shown).",
            label: "transfer")
    }

    private static func table(
        _ tasks: [(task: PublishedFigures.Task, variants: [VariantScores])], caption: String, label: String
    ) -> Table {
        let rows = tasks.flatMap { task, variants -> [[Table.Cell]] in
            let ours = variants.map { variant -> [Table.Cell] in
                let collapsed = variant.scores.count - variant.sound.count
                let name = collapsed > 0 ? "\(variant.variant) (\(collapsed) collapsed, left out)" : variant.variant
                return [
                    .text(task.title), .text(name), .text("here"), .count(variant.sound.count),
                    variant.cell(\.accuracy), variant.cell(\.rocAUC),
                ]
            }
            let accuracy = PublishedFigures.accuracy(task), area = PublishedFigures.rocAUC(task)
            let published = [
                ("unconstrained", accuracy.unconstrained, area.unconstrained),
                ("constrained", accuracy.constrained, area.constrained),
            ]
            return ours
                + published.map { variant, accuracy, area in
                    [
                        .text(task.title), .text(variant), .text("the paper"), .count(accuracy.count), accuracy.cell,
                        area.cell,
                    ]
                }
        }
        return Table(
            caption: "\(caption) ± is the standard deviation over the seeds. Rows “the paper” are M. Glowacki's.",
            label: label,
            columns: [
                .init("jets"), .init("training"), .init("from"), .init("seeds"), .init("accuracy"), .init("ROC-AUC"),
            ],
            rows: rows)
    }
}
