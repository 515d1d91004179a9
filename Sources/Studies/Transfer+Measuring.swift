import Foundation
import Jets
import Objectives
import Support

extension Transfer {
    /// What `transfer.json` holds.
    private struct Results: Encodable {
        let settings: TransferSettings
        let signalEfficiencies = Transfer.signalEfficiencies
        let trainings: [MeasuredTagger<Transfer>]
        let variants: [VariantTransfer]
    }

    /// Measures a tagger, or takes what `folder` has from before.
    ///
    /// - Throws: as ``init(_:of:signal:background:_:)``; `FileError`; `Interrupted` with what was kept.
    public static func measure(
        _ subject: TaggerCase, _ settings: TransferSettings, keptIn folder: String?, threads: Int
    ) throws -> MeasuredTagger<Transfer> {
        func isCollapsed(_ transfer: Transfer) -> Bool {
            transfer.pair(transfer.signal, transfer.background)?.evaluation.hasCollapsed ?? false
        }
        return try subject.kept("transfer", settings: settings, in: folder, isCollapsed: isCollapsed) {
            let progress = ProgressLine(subject.name, total: Double(subject.data.count), unit: "jets")
            let logits = Reducer(threads: threads).logits(
                subject.tagger.network, at: subject.tagger.theta, subject.data,
                progress: { progress.advance(by: Double($0)) })
            progress.finish()
            if Interruption.isRequested { throw Interrupted(state: nil) }
            let input = subject.tagger.description.input
            return try Transfer(
                logits, of: subject.jets, signal: input.signal, background: input.background, settings)
        }
    }

    /// Puts taggers together: `transfer.json`, tables and figures in `folder`, where one is given.
    ///
    /// - Parameters:
    ///   - input: what the taggers were trained on
    ///   - network: the networks in a few words
    /// - Throws: `FileError`.
    public static func write(
        _ measured: [MeasuredTagger<Transfer>], _ settings: TransferSettings, trainedOn input: TrainedTagger.Input,
        network: String, to folder: String?
    ) throws -> Findings {
        let trainings = measured.map(\.training), variants = VariantTransfer.combine(trainings)
        let counts = trainings[0].result.classes.map { "\($0.jetClass) \($0.jets)" }.joined(separator: ", ")
        let tables = VariantTransfer.tables(
            variants, trainedOn: (input.signal, input.background), showing: "Jets: \(counts); \(network)")
        guard let folder else { return Findings(tables: tables) }
        try writeJSON(
            Results(settings: settings, trainings: measured, variants: variants), to: "\(folder)/transfer.json")
        let figures = VariantTransfer.figures(
            trainings, subtitle: "trained on \(input.signal) against \(input.background); \(network)")
        return try .write(tables, figures, name: "transfer", to: folder)
    }
}
