import Foundation
import Report
import Statistics
import Support

/// A whole study: from jets to results and figures, in a folder. What is there already is not done again.
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

    /// Does what is missing. `log` hears a line for each thing that is done.
    public func run(log: @escaping @Sendable (String) -> Void) throws -> Outcome {
        log("reading \(settings.data.files.joined(separator: ", "))")
        let data = try StudyData(settings.data, log: log)
        log(
            "\(data.training.count) jets to train on, \(data.validation.count) to validate, \(data.test.count) to test; "
                + settings.networkDescription)
        // Not before the jets are read: a study that can't begin leaves nothing behind.
        try writeAtomically(Data(settings.yaml().utf8), to: "\(folder)/study.yaml")
        try writeJSON(Environment(threads: threads), to: "\(folder)/environment.json")
        var runs: [TaggerRun] = [], curves: [(name: String, curve: ROCCurve)] = []
        var warnings: [String] = []
        for (variant, seed) in settings.trainings {
            let step = TaggerStep(
                settings: settings, variant: variant, seed: seed, data: data,
                folder: "\(folder)/\(variant.name)/seed-\(seed)", threads: threads, log: log)
            let (run, logits) = try step.run()
            runs.append(run)
            curves.append((variant.name, ROCCurve(try ScoredJets(scores: logits, isSignal: data.test.isSignal))))
            if run.collapsed { warnings.append(collapse(run)) }
        }
        warnings += try draw(runs, curves)
        let pairs = SeedPair.rocAUC(of: runs)
        if !pairs.isEmpty {
            let verdicts = ClaimVerdicts([.rocAUC: pairs])
            let shown = "\(settings.dataDescription); \(settings.networkDescription); study \(settings.name)"
            warnings += try verdicts.warnings + verdicts.write(to: folder, showing: shown)
        }
        let outcome = Outcome(
            study: settings.name, network: settings.networkDescription, jets: settings.dataDescription,
            data: data.summary, runs: runs, warnings: warnings)
        try writeJSON(outcome, to: "\(folder)/results/training.json")
        let isPapers = settings.data.signal == .w && settings.data.background == .gluon
        let tables = [outcome.table] + (isPapers ? [outcome.paperTable] : [])
        try writeAtomically(Data(tables.map(\.markdown).joined(separator: "\n").utf8), to: "\(folder)/tables.md")
        try writeAtomically(Data(tables.map(\.latex).joined(separator: "\n").utf8), to: "\(folder)/tables.tex")
        return outcome
    }

    /// What figures call a training: its variant, and its seed where the variant has several.
    private func title(_ run: TaggerRun) -> String {
        let seeds = settings.trainings.count { $0.variant.name == run.variant }
        return seeds > 1 ? "\(run.variant), seed \(run.seed)" : run.variant
    }

    private func collapse(_ run: TaggerRun) -> String {
        "\(run.variant), seed \(run.seed) has collapsed to a constant output (validation cross-entropy "
            + String(format: "%.4f", run.validation.binaryCrossEntropy)
            + " nats, standard deviation of its logits "
            + String(format: "%.2g", run.validation.logitStandardDeviation)
            + "): its figures say nothing about its kind. Try a smaller learningRate."
    }

    private func draw(_ runs: [TaggerRun], _ curves: [(name: String, curve: ROCCurve)]) throws -> [String] {
        let subtitle = "\(settings.dataDescription); \(settings.networkDescription); study \(settings.name)"
        let learning = runs.map { run in
            LearningCurve(
                name: run.variant, training: run.history.epochs.map(\.training),
                validation: run.history.epochs.map(\.validation))
        }
        let figures = [
            Figure.roc(
                title: "\(settings.data.signal) against \(settings.data.background)", subtitle: subtitle,
                curves: curves, confidence: 0.95),
            Figure.learningCurves(title: "Learning curves", subtitle: subtitle, runs: learning),
        ]
        return try FigureRenderer().write(figures, to: "\(folder)/figures").warnings
    }
}
