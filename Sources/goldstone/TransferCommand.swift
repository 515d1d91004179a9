import ArgumentParser
import Jets
import Objectives
import Report
import Studies
import Support

struct TransferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfer",
        abstract: "How trained weights tell apart classes that they were not trained on: every pair of classes.",
        discussion: """
            With --study, jets of the weights' own two classes are the study's test jets; of the others, all jets of the \
            test files, or, where the study tests on a part of its files, those whose event has no jet in the training and \
            validation parts. With --data, all jets in the files are taken, those that the weights were trained on among them.
            """)

    @OptionGroup var taggers: TaggerSet
    @OptionGroup var source: JetSource

    @Option(
        parsing: .upToNextOption,
        help: "The classes: two or more of gluon, quark, W, Z, top. Default: the study's, or all that the files hold.")
    var classes: [String] = []

    @Option(
        help:
            "Edges of the bins in jet pT, in GeV: `500,800,1200`. Default: the study's, or five bins with equally many jets."
    )
    var ptEdges: NumberList?

    @Option(help: "Folder for transfer.json, tables and figures, and to go on from. Default: none is written.")
    var output: String?

    @OptionGroup var threads: Threads

    /// What `transfer.json` holds.
    private struct Results: Encodable {
        let settings: TransferSettings
        let signalEfficiencies = Transfer.signalEfficiencies
        let trainings: [TaggerSet.Entry<Transfer>]
        let variants: [VariantTransfer]
    }

    func run() throws {
        var settings = try source.settings()?.transfer ?? TransferSettings()
        if !classes.isEmpty { settings.classes = try classes.map { try JetClass(named: $0) } }
        if let ptEdges { settings.ptEdges = ptEdges.values }
        try settings.check()
        let (entries, last) = try taggers.measure(
            "transfer", settings: settings, keptIn: output, read: { try source.read(of: settings.classes, for: $0) },
            isCollapsed: { transfer in
                transfer.pair(transfer.signal, transfer.background)?.evaluation.hasCollapsed ?? false
            },
            { tagger in
                let progress = ProgressLine(tagger.name, total: Double(tagger.data.count), unit: "jets")
                let logits = Reducer(threads: threads.threads).logits(
                    tagger.tagger.network, at: tagger.tagger.theta, tagger.data,
                    progress: { progress.advance(by: Double($0)) })
                progress.finish()
                if Interruption.isRequested { throw Interrupted(state: nil) }
                let input = tagger.tagger.description.input
                return try Transfer(
                    logits, of: tagger.jets, signal: input.signal, background: input.background, settings)
            })
        let trainings = entries.map(\.training), variants = VariantTransfer.combine(trainings)
        let input = last.tagger.description.input
        let network = last.tagger.network.settings.summary
        let counts = trainings[0].result.classes.map { "\($0.jetClass) \($0.jets)" }.joined(separator: ", ")
        let tables = VariantTransfer.tables(
            variants, trainedOn: (input.signal, input.background), showing: "Jets: \(counts); \(network)")
        for table in tables { print(table.plain) }
        guard let output else { return }
        try writeJSON(
            Results(settings: settings, trainings: entries, variants: variants), to: "\(output)/transfer.json")
        try write(tables, to: "\(output)/transfer")
        let figures = VariantTransfer.figures(
            trainings, subtitle: "trained on \(input.signal) against \(input.background); \(network)")
        for warning in try FigureRenderer().write(figures, to: output).warnings { log("warning: \(warning)") }
        print("results  \(output)/transfer.json, transfer.md, transfer.tex")
        print("figures  " + figures.map { "\(output)/\($0.name).svg" }.joined(separator: "\n         "))
    }
}
