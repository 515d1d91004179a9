import ArgumentParser
import Foundation
import Report
import Studies
import Support

extension Preset: ExpressibleByArgument {}
extension StudyBatch.System: ExpressibleByArgument {}

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

    @Option(
        help: "One step alone, as `status --all` names it, beside other programs that do others in the same folder.")
    var step: String?

    @Option(help: "Hand the missing steps to a batch system: slurm or htcondor.")
    var submit: StudyBatch.System?

    @Option(
        help: """
            With --submit, a further line for the jobs: --partition=short (Slurm), accounting_group = cms (HTCondor). May be \
            given several times.
            """)
    var batchOption: [String] = []

    @OptionGroup var threads: Threads

    @OptionGroup var device: DeviceOption

    func validate() throws {
        guard step == nil || submit == nil && !dryRun else {
            throw ValidationError("--step does one step here: not with --submit or --dry-run.")
        }
        guard batchOption.isEmpty || submit != nil else {
            throw ValidationError("--batch-option is for the jobs of --submit.")
        }
    }

    func run() throws {
        let settings = try source.settings()
        try device.choose(settings.device)
        let study = Study(settings, folder: output ?? "runs/\(settings.name)", threads: threads.threads)
        if let submit {
            try hand(study, to: submit)
        } else if let step {
            Interruption.listen()
            try study.perform(step: step, log: log)
        } else if dryRun {
            print(try study.forecast(log: log).plain)
        } else {
            try StudyCommand.perform(study)
        }
    }

    /// Writes the jobs' files and, but for a dry run, hands them in.
    private func hand(_ study: Study, to system: StudyBatch.System) throws {
        let batch = try StudyBatch(
            study, on: system, program: Program.command,
            workingFolder: FileManager.default.currentDirectoryPath, options: batchOption, log: log)
        let script = try batch.write()
        print("jobs     \(script)")
        if !dryRun { print(try batch.submit(script), terminator: "") }
        print("status   goldstone status \(study.folder)")
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
