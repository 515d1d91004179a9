import Foundation
import Jets
import Report
import Statistics
import Support

extension Study {
    /// The study as steps, in the order in which they are done. A step is kept small enough to fail alone: one a training
    /// and measurement, and one that puts them together.
    ///
    /// - Throws: `JetsError` where a file of jets is missing.
    func plan() throws -> StudyPlan {
        let trainings = settings.trainings.map { TrainingName($0.variant.name, $0.seed) }
        var steps = [try jetsStep()] + (try trainingSteps())
        func measure(_ measure: StudyMeasure, _ make: ([TrainingName]) throws -> [StudyStep]) throws {
            guard settings.measures?.contains(measure) ?? true else { return }
            let taking = trainings.filter { name in
                settings.variants.first { $0.name == name.variant }!.takesPart(in: measure)
            }
            if !taking.isEmpty { steps += try make(taking) }
        }
        try measure(.evaluation) { [try evaluationStep($0)] }
        try measure(.statistics) { [try statisticsStep($0)] }
        try measure(.curvature, curvatureSteps)
        try measure(.landscape) { names in
            let hasCurvature = Set(steps.map(\.name))
            return try landscapeSteps(names) { hasCurvature.contains(StudyStep.name(.curvature, $0.path)) }
        }
        try measure(.invariance, invarianceSteps)
        try measure(.robustness, robustnessSteps)
        try measure(.transfer, transferSteps)
        try measure(.distillation, distillationSteps)
        try measure(.frontier) { try frontierSteps($0, among: steps) }
        if steps.contains(where: { $0.kind == .evaluation }) { steps.append(try claimsStep(after: steps)) }
        steps.append(try reportStep(after: steps))
        return StudyPlan(steps, folder: folder)
    }

    // MARK: Jets and trainings

    private func jetsStep() throws -> StudyStep {
        let files = settings.data.files + settings.data.testFiles
        let stamps = try JetSources(files.map(Sample.resolve)).stamps
        return try StudyStep(.jets, settings: [settings.data, stamps], outputs: ["results/jets.json"]) { work in
            let data = try work.data(), summary = data.summary
            try writeJSON(summary, to: "\(work.folder)/results/jets.json")
            let counts = [
                ("training", summary.trainingJets), ("validation", summary.validationJets), ("test", summary.testJets),
            ]
            let table = Table(
                caption: "The jets: \(work.settings.dataDescription).", label: "jets",
                columns: [.init("part"), .init("jets")], rows: counts.map { [.text($0.0), .count($0.1)] })
            let settings = String(decoding: try json(work.settings.data.identity), as: UTF8.self)
            return Findings(tables: [table], digest: Digest.of([summary.identity, settings]))
        }
    }

    /// A step a training. Seeds go first, so that pairs of variants are complete early.
    private func trainingSteps() throws -> [StudyStep] {
        let trainings = settings.trainings
        let seeds = trainings.map(\.seed).reduce(into: [UInt64]()) { if !$0.contains($1) { $0.append($1) } }
        return try seeds.flatMap { seed in
            try trainings.filter { $0.seed == seed }.map { try trainingStep($0.variant, seed) }
        }
    }

    private func trainingStep(_ variant: StudySettings.VariantSettings, _ seed: UInt64) throws -> StudyStep {
        let name = TrainingName(variant.name, seed)
        return try StudyStep(
            .training, name.path, needs: [StudyStep.name(.jets)],
            settings: [
                [TaggerStep.identity(settings, variant, seed: seed, jets: "")]
            ], outputs: ["weights.safetensors", "scores.h5", "result.json"].map { "\(name.path)/\($0)" }
        ) { work in
            let step = TaggerStep(
                settings: work.settings, variant: variant, seed: seed, data: try work.data(),
                folder: "\(work.folder)/\(name.path)", threads: work.threads, log: work.log,
                showsProgress: work.isSideBySide == false)
            let run = try work.training { try step.run() }
            return Findings(
                warnings: run.collapsed ? [run.collapseWarning] : [], digest: try work.tagger(name).digest)
        }
    }

    // MARK: In distribution

    private func evaluationStep(_ trainings: [TrainingName]) throws -> StudyStep {
        try StudyStep(
            .evaluation, joins: names(.training, trainings), settings: [[settings.name]],
            outputs: ["results/training.json", "figures/roc.vl.json", "figures/learning-curves.vl.json"]
        ) { work in
            let done = work.done(trainings, .training), data = try work.summary()
            let runs = try done.map { try TaggerStep.finished(in: "\(work.folder)/\($0.path)") }
            let outcome = Outcome(
                study: work.settings.name, network: work.settings.networkDescription,
                jets: work.settings.dataDescription, data: data, runs: runs,
                warnings: runs.filter(\.collapsed).map(\.collapseWarning))
            try writeJSON(outcome, to: "\(work.folder)/results/training.json")
            let isPapers = work.settings.data.signal == .w && work.settings.data.background == .gluon
            let tables = (isPapers ? [outcome.paperTable] : []) + [outcome.table]
            let curves = try done.map { name in
                (name, ROCCurve(try ScoreFile(contentsOf: "\(work.folder)/\(name.path)/scores.h5").jets))
            }
            let figures = Study.figures(runs, curves, work.settings, showing: work.shown)
            return try .write(tables, figures, name: "evaluation", to: work.folder, figuresIn: "figures")
        }
    }

    private func statisticsStep(_ trainings: [TrainingName]) throws -> StudyStep {
        let own = settings.statistics
        return try StudyStep(
            .statistics, joins: names(.training, trainings), settings: [own], outputs: ["statistics/statistics.json"]
        ) { work in
            let files = try work.done(trainings, .training).map {
                try ScoreFile(contentsOf: "\(work.folder)/\($0.path)/scores.h5")
            }
            let progress = ProgressLine("resampling", total: Double(own.resamples), unit: "resamples")
            let comparison = try ScoreComparison(
                files, resamples: own.resamples, seed: own.seed, byEvent: own.byJet ? false : nil,
                threads: work.threads
            ) { progress.advance(by: Double($0)) }
            progress.finish()
            return try comparison.write(to: "\(work.folder)/statistics").inFolder("statistics")
        }
    }

    /// The names of the steps of one kind for some trainings.
    func names(_ kind: StudyStep.Kind, _ trainings: [TrainingName]) -> [String] {
        trainings.map { StudyStep.name(kind, $0.path) }
    }
}
