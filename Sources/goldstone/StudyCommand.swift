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

    @Flag(help: "Only say what would be done, and about how long it would take and how much memory.")
    var dryRun = false

    @OptionGroup var threads: Threads

    func run() throws {
        let settings = try source.settings()
        let study = Study(settings, folder: output ?? "runs/\(settings.name)", threads: threads.threads)
        if dryRun {
            print(try study.forecast(log: log).plain)
        } else {
            try StudyCommand.perform(study)
        }
    }

    /// Runs a study and prints its table, its verdicts, its warnings and where its results are.
    static func perform(_ study: Study) throws {
        // Ctrl-C then saves the state; commands that have none end at once.
        Interruption.listen()
        let result = try study.run(log: log)
        if let table = result.table { print(table.plain) }
        for reading in result.readings { print(reading) }
        for warning in result.warnings { log("warning: \(warning)") }
        print("report   \(study.folder)/report.html\ntables   \(study.folder)/tables.md, tables.tex")
        if !result.failures.isEmpty {
            throw StudyError.stepsFailed(folder: study.folder, steps: result.failures.map(\.step))
        }
    }
}
