import Report
import Statistics

/// What the paper reports, to be set beside what is found here, and never to be tuned to: M. Glowacki, “Softly Induced
/// Functional Simplicity: Implications for Neural Network Generalisation, Robustness, and Distillation”, Tables 1 to 3.
///
/// Its ± are standard deviations over 3 seeds for each training.
public enum PublishedFigures {
    /// Signal against gluon: W is what the classifiers were trained on; Z and top are other kinds of jets.
    public enum Task: String, Sendable, Codable, CaseIterable {
        case w = "W", z = "Z", top = "top"

        /// As a table's heading has it.
        public var title: String { "\(rawValue) against gluon" }
    }

    /// A figure of both trainings.
    public struct Pair: Sendable, Equatable {
        public let unconstrained: WelchTest.Sample, constrained: WelchTest.Sample

        /// Whether they differ, as far as mean, standard deviation and number tell. The paper gives no p-values.
        public var welch: WelchTest { WelchTest(unconstrained, constrained) }

        init(_ unconstrained: (Double, Double), _ constrained: (Double, Double)) {
            self.unconstrained = .init(mean: unconstrained.0, standardDeviation: unconstrained.1, count: seeds)
            self.constrained = .init(mean: constrained.0, standardDeviation: constrained.1, count: seeds)
        }
    }

    /// Seeds of each training.
    public static let seeds = 3

    /// Accuracy (Tables 1 and 3).
    public static func accuracy(_ task: Task) -> Pair {
        switch task {
        case .w: Pair((0.9424, 0.0024), (0.9400, 0.0009))
        case .z: Pair((0.7656, 0.0064), (0.7835, 0.0186))
        case .top: Pair((0.5258, 0.0028), (0.5407, 0.0003))
        }
    }

    /// The area under the ROC curve (Tables 1 and 3).
    public static func rocAUC(_ task: Task) -> Pair {
        switch task {
        case .w: Pair((0.9875, 0.0005), (0.9850, 0.0002))
        case .z: Pair((0.9364, 0.0025), (0.9429, 0.0078))
        case .top: Pair((0.4177, 0.0495), (0.5323, 0.0124))
        }
    }

    /// λ₁ of the constrained training over that of the unconstrained one (Table 2).
    public static let leadingEigenvalueRatio = 0.079
    /// The like ratio of the traces (Table 2).
    public static let traceRatio = 0.119

    /// The paper's difference (constrained − unconstrained) or ratio of a quantity; nil where it gives no numbers.
    public static func effect(of quantity: ClaimQuantity) -> Double? {
        switch quantity {
        case .rocAUC: rocAUC(.w).welch.difference
        case .leadingEigenvalue: leadingEigenvalueRatio
        case .hessianTrace: traceRatio
        case .nearTransferAUC: rocAUC(.z).welch.difference
        case .farTransferAUC: rocAUC(.top).welch.difference
        case .modeBreaking, .smearingLoss, .distillationError, .distillationEpochs: nil
        }
    }

    /// The paper's accuracies and areas with the p-values that follow from them.
    public static var welchTable: Table {
        let figures = Task.allCases.flatMap { task in
            [("\(task.title), accuracy", accuracy(task)), ("\(task.title), ROC-AUC", rocAUC(task))]
        }
        return Table(
            caption:
                "The paper's figures, recomputed: mean ± standard deviation over \(seeds) seeds as it quotes them, the "
                + "difference constrained − unconstrained with its 95 % interval, and Welch's two-sided p-value.",
            label: "published-differences",
            columns: [
                .init("the paper's"), .init("unconstrained"), .init("constrained"), .init("difference"), .init("p"),
            ],
            rows: figures.map { name, pair in
                [
                    .text(name), pair.unconstrained.cell, pair.constrained.cell, .estimate(pair.welch.interval()),
                    .number(pair.welch.pValue, digits: 2),
                ]
            })
    }
}

extension WelchTest.Sample {
    /// mean ± standard deviation.
    var cell: Table.Cell { .measured(mean, error: standardDeviation) }
}
