import Foundation
import Report
import Statistics
import Support

/// A whole study: from jets to the report, in a folder. What is there already is not done again.
public struct Study: Sendable {
    public let settings: StudySettings
    /// The run's folder.
    public let folder: String
    public let threads: Int

    public init(_ settings: StudySettings, folder: String, threads: Int) {
        self.settings = settings
        self.folder = folder
        self.threads = threads
    }

    /// What a study comes to.
    public struct Outcome: Sendable, Codable {
        public let study: String
        public let network: String
        public let jets: String
        public let data: StudyData.Summary
        public let runs: [TaggerRun]
        public var warnings: [String]

        /// All runs in one table.
        public var table: Table {
            Evaluation.table(
                runs.map { ("\($0.variant), seed \($0.seed)\($0.collapsed ? " (collapsed)" : "")", $0.test) },
                showing: "\(jets), \(data.testJets) test jets; \(network); study \(study)")
        }
    }
}

extension Study {
    /// ROC curves and learning curves, for figures.
    static func figures(
        _ runs: [TaggerRun], _ curves: [(TrainingName, ROCCurve)], _ settings: StudySettings, showing shown: String
    ) -> [Figure] {
        let learning = runs.map { run in
            LearningCurve(
                name: run.variant, training: run.history.epochs.map(\.training),
                validation: run.history.epochs.map(\.validation))
        }
        return [
            .roc(
                title: "\(settings.data.signal) against \(settings.data.background)", subtitle: shown,
                curves: curves.map { ($0.variant, $1) }, confidence: 0.95),
            .learningCurves(title: "Learning curves", subtitle: shown, runs: learning),
        ]
    }
}

extension TaggerRun {
    /// What a reader must know of a training that has collapsed.
    var collapseWarning: String {
        "\(variant), seed \(seed) has collapsed to a constant output (validation cross-entropy "
            + String(format: "%.4f", validation.binaryCrossEntropy) + " nats, standard deviation of its logits "
            + String(format: "%.2g", validation.logitStandardDeviation)
            + "): its figures say nothing about its kind. Try a smaller learningRate."
    }
}
