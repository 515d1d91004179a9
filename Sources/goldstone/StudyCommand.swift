import ArgumentParser
import Foundation
import Report
import Studies
import Support

extension Preset: ExpressibleByArgument {}

struct StudyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Run a whole study from a study file or a preset, or go on with one that was stopped.",
        discussion: "Presets:\n"
            + Preset.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

    @OptionGroup var source: StudySource

    @Option(help: "The run's folder. Default: runs/<name of the study>.")
    var output: String?

    @OptionGroup var threads: Threads

    func run() throws {
        try StudyCommand.perform(try source.settings(), output: output, threads: threads.threads)
    }

    /// Runs a study and prints its table, its warnings and where its results are.
    static func perform(_ settings: StudySettings, output: String?, threads: Int) throws {
        // Ctrl-C then saves the state; commands that have none end at once.
        Interruption.listen()
        let folder = output ?? "runs/\(settings.name)"
        let outcome = try Study(settings, folder: folder, threads: threads).run(log: log)
        print(outcome.table.plain)
        for warning in outcome.warnings { log("warning: \(warning)") }
        print("results  \(folder)/results/training.json, tables.md, tables.tex")
        print("figures  \(folder)/figures/roc.svg\n         \(folder)/figures/learning-curves.svg")
    }
}
