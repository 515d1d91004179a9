import Foundation
import Report
import Statistics
import Support

extension VariantMeasurements {
    /// The test jets' ROC-AUC of every training.
    ///
    /// A training counts as converged where its best epoch isn't its last, after which it might have gone on improving.
    public init(rocAUCOf runs: [TaggerRun]) {
        self.init(runs.map { ($0.variant, $0.seed, SeedPair.Measurement(rocAUCOf: $0)) })
    }
}

extension SeedPair.Measurement {
    fileprivate init(rocAUCOf run: TaggerRun) {
        self.init(
            run.test.rocAUC.value, isCollapsed: run.collapsed,
            isConverged: run.history.stoppedEarly || run.history.bestEpoch < run.history.epochs.count)
    }
}

extension Study.Outcome {
    /// The runs in the form of the paper's Table 1, beside the paper's own figures.
    public var paperTable: Table {
        var variants: [String] = []
        for run in runs where !variants.contains(run.variant) { variants.append(run.variant) }
        return PaperTables.inDistribution(
            variants.map { variant in
                let own = runs.filter { $0.variant == variant }
                return VariantScores(
                    variant: variant, scores: own.map { SeedScore(seed: $0.seed, $0.test, isCollapsed: $0.collapsed) })
            }, showing: "\(jets), \(data.testJets) test jets; \(network); study \(study)")
    }
}
