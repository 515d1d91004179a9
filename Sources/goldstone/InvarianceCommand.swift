import ArgumentParser
import Foundation
import Objectives
import Report
import Studies
import Support

struct InvarianceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invariance",
        abstract: "How much trained weights' scores change when jets are boosted, against the boosts' speed.",
        discussion: """
            Every tagger sees the same jets and the same boosts: one a jet, in an isotropic direction, at each of the \
            speeds 0, 0.1, …, 0.9, 0.95.
            """)

    @Argument(help: "weights.safetensors of one or more trainings.")
    var weights: [String]

    @OptionGroup var source: JetSource

    @Option(help: "The seed of the boosts' directions.")
    var seed: UInt64 = 1

    @Option(help: "Folder for invariance.json and the figures. Default: none is written.")
    var output: String?

    @OptionGroup var threads: Threads

    /// What `invariance.json` holds for each tagger.
    struct Entry: Encodable {
        let weights: String
        let tagger: String
        let invariance: Invariance
    }

    func run() throws {
        var entries: [Entry] = [], shown = ""
        for path in weights {
            let tagger = try TrainedTagger(contentsOf: path), input = tagger.description.input
            let (_, jets) = try source.read(for: tagger)
            let name = "\(tagger.description.variant), seed \(tagger.description.seed)"
            let progress = ProgressLine(name, total: Double(jets.count * (Invariance.speeds.count + 1)), unit: "jets")
            let invariance = try Invariance(
                of: tagger.network, at: tagger.theta, jets, seed: seed, reducer: Reducer(threads: threads.threads)
            ) { progress.advance(by: Double($0)) }
            progress.finish()
            entries.append(Entry(weights: path, tagger: name, invariance: invariance))
            shown =
                "\(input.signal) against \(input.background), \(jets.count) jets; \(tagger.network.settings.summary)"
        }
        for entry in entries { print(entry.invariance.table(of: entry.tagger, showing: shown).plain) }
        guard let output else { return }
        try writeJSON(entries, to: "\(output)/invariance.json")
        let figures = Invariance.figures(entries.map { ($0.tagger, $0.invariance) }, subtitle: shown)
        for warning in try FigureRenderer().write(figures, to: output).warnings { log("warning: \(warning)") }
        print("results  \(output)/invariance.json\nfigures  \(output)/invariance-score.svg and others")
    }
}
