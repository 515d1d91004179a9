import Foundation
import Objectives
import Support

extension Robustness {
    /// What `robustness.json` holds.
    private struct Results: Encodable {
        let settings: RobustnessSettings
        let trainings: [MeasuredTagger<Robustness>]
        let variants: [VariantRobustness]
    }

    /// Measures a tagger, or takes what `folder` has from before.
    ///
    /// - Throws: as ``init(of:at:_:_:reducer:progress:)``; `FileError`; `Interrupted` with what was kept.
    public static func measure(
        _ subject: TaggerCase, _ settings: RobustnessSettings, keptIn folder: String?, threads: Int
    ) throws -> MeasuredTagger<Robustness> {
        try subject.kept("robustness", settings: settings, in: folder, isCollapsed: { $0.plain.hasCollapsed }) {
            let progress = ProgressLine(
                subject.name, total: Double(subject.data.count * passes(settings)), unit: "jets")
            defer { progress.finish() }
            return try Robustness(
                of: subject.tagger.network, at: subject.tagger.theta, subject.data, settings,
                reducer: Reducer(threads: threads)
            ) { progress.advance(by: Double($0)) }
        }
    }

    /// Puts taggers together: `robustness.json`, tables and figures in `folder`, where one is given.
    ///
    /// - Parameter shown: jets and networks, for captions
    /// - Throws: `FileError`.
    public static func write(
        _ measured: [MeasuredTagger<Robustness>], _ settings: RobustnessSettings, showing shown: String,
        to folder: String?
    ) throws -> Findings {
        let trainings = measured.map(\.training), variants = VariantRobustness.combine(trainings)
        let tables = VariantRobustness.tables(variants, showing: shown)
        guard let folder else { return Findings(tables: tables) }
        try writeJSON(
            Results(settings: settings, trainings: measured, variants: variants), to: "\(folder)/robustness.json")
        return try .write(
            tables, VariantRobustness.figures(trainings, subtitle: shown), name: "robustness", to: folder)
    }
}
