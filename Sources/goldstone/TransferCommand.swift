import ArgumentParser
import Jets
import Studies

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
        help:
            "The classes: two or more of gluon, quark, W, Z, top, QCD. Default: the study's, or all that the files hold."
    )
    var classes: [String] = []

    @Option(
        help:
            "Edges of the bins in jet pT, in GeV: `500,800,1200`. Default: the study's, or five bins with equally many jets."
    )
    var ptEdges: NumberList?

    @Option(help: "Folder for transfer.json, tables and figures, and to go on from. Default: none is written.")
    var output: String?

    @OptionGroup var threads: Threads

    @OptionGroup var device: DeviceOption

    func run() throws {
        try device.choose()
        var settings = try source.settings()?.transfer ?? TransferSettings()
        if !classes.isEmpty { settings.classes = try classes.map { try JetClass(named: $0) } }
        if let ptEdges { settings.ptEdges = ptEdges.values }
        try settings.check()
        let (measured, last) = try taggers.measure(
            keptIn: output, open: source.tagger, read: { try source.read(of: settings.classes, for: $0) }
        ) { try Transfer.measure($0, settings, keptIn: output, threads: threads.threads) }
        try Transfer.write(
            measured, settings, trainedOn: last.tagger.description.input,
            network: last.tagger.network.settings.summary, to: output
        ).show("transfer", in: output)
    }
}
