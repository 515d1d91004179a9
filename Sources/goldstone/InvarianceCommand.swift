import ArgumentParser
import Studies

struct InvarianceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invariance",
        abstract: "How much trained weights' scores change when jets are boosted, against the boosts' speed.",
        discussion: """
            Every tagger sees the same jets and the same boosts: one a jet, in an isotropic direction, at each of the \
            speeds 0, 0.1, …, 0.9, 0.95, or those of the study.
            """)

    @OptionGroup var taggers: TaggerSet

    @OptionGroup var source: JetSource

    @Option(help: "The seed of the boosts' directions. Default: the study's, or 1.")
    var seed: UInt64?

    @Option(help: "Folder for invariance.json, tables and figures, and to go on from. Default: none is written.")
    var output: String?

    @OptionGroup var threads: Threads

    @OptionGroup var device: DeviceOption

    func run() throws {
        try device.choose()
        var settings = try source.settings()?.invariance ?? InvarianceSettings()
        if let seed { settings.seed = seed }
        let (measured, last) = try taggers.measure(
            keptIn: output, open: source.tagger, read: { try source.read(for: $0) }
        ) {
            try Invariance.measure($0, settings, keptIn: output, threads: threads.threads)
        }
        let input = last.tagger.description.input
        let shown =
            "\(input.signal) against \(input.background), \(last.jets.count) jets; \(last.tagger.network.settings.summary)"
        try Invariance.write(measured, settings, showing: shown, to: output).show("invariance", in: output)
    }
}
