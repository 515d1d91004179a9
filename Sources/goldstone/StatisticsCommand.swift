import ArgumentParser
import Foundation
import Report
import Studies
import Support

struct StatisticsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statistics",
        abstract: "Compares taggers on the same jets, with the errors of every figure and of every difference.",
        discussion: """
            Reads the scores that trainings and `goldstone evaluate` write, or any HDF5, CSV, .npy or .npz file with a column \
            for each tagger's scores and one for the label. All taggers see the same resamples: of whole events where the files say which jets belong to one, \
            else of single jets. Where variants have several seeds, the seeds' error and the test jets' are given apart.
            """)

    @Argument(help: "Files with the scores of one or more taggers, on the same jets in the same order.")
    var scores: [String]

    @OptionGroup(title: "Columns of the files") var source: ScoreSource

    @Option(help: "Resamples of the bootstrap.")
    var resamples: Int = 1000

    @Option(help: "The seed of the resamples.")
    var seed: UInt64 = 1

    @Flag(help: "Resample single jets, even where events are known.")
    var byJet = false

    @Flag(help: "Everything as JSON instead of tables.")
    var json = false

    @Option(help: "Folder for statistics.json, the tables and the figure. Default: none is written.")
    var output: String?

    @OptionGroup var threads: Threads

    func validate() throws {
        // An interval's ends are the 25th values from either end of 1000; with fewer than 100 they are hardly any.
        guard (100...1_000_000).contains(resamples) else {
            throw ValidationError("--resamples must be from 100 to 1000000, not \(resamples)")
        }
    }

    func run() throws {
        let files = try source.read(scores)
        let progress = ProgressLine("resampling", total: Double(resamples), unit: "resamples")
        let comparison = try ScoreComparison(
            files, resamples: resamples, seed: seed, byEvent: byJet ? false : nil, threads: threads.threads
        ) { progress.advance(by: Double($0)) }
        progress.finish()
        if json {
            print(String(decoding: try Support.json(comparison), as: UTF8.self))
        } else {
            for table in comparison.tables { print(table.plain) }
        }
        guard let output else { return }
        for warning in try comparison.write(to: output).warnings { log("warning: \(warning)") }
        log("written to \(output): statistics.json, statistics.md, statistics.tex, rejection.svg")
    }
}
