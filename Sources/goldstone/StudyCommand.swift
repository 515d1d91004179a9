import ArgumentParser
import Foundation
import Studies
import Support

extension Preset: ExpressibleByArgument {}

struct StudyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Run a whole study from a study file or a preset, or go on with one that was stopped.",
        discussion: "Presets:\n"
            + Preset.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

    @Argument(help: "The study file (YAML).")
    var file: String?

    @Option(help: "A preset instead of a file.")
    var preset: Preset?

    @Option(help: "The run's folder. Default: runs/<name of the study>.")
    var output: String?

    @OptionGroup var threads: Threads

    func validate() throws {
        guard (file == nil) != (preset == nil) else {
            throw ValidationError("Give a study file or --preset NAME, one of the two.")
        }
    }

    func run() throws {
        let settings = try file.map { try StudySettings(contentsOf: $0) } ?? preset!.settings
        let folder = output ?? "runs/\(settings.name)"
        let outcome = try Study(settings, folder: folder, threads: threads.threads).run(log: log)
        for run in outcome.runs { print(describe(run)) }
        for warning in outcome.warnings { log("warning: \(warning)") }
        print("results: \(folder)/results/training.json")
        print("figures: \(folder)/figures/roc.svg, \(folder)/figures/learning-curves.svg")
    }

    private func describe(_ run: TaggerRun) -> String {
        let e = run.test
        let rejection = e.operatingPoints.map {
            String(format: "%.1f at %.1f", $0.backgroundRejection.value, $0.target)
        }.joined(separator: ", ")
        return """
            \(run.variant), seed \(run.seed): best epoch \(run.history.bestEpoch)
              accuracy  \(String(format: "%.4f [%.4f, %.4f]", e.accuracy.value, e.accuracy.lower, e.accuracy.upper))
              ROC-AUC   \(String(format: "%.4f [%.4f, %.4f]", e.rocAUC.value, e.rocAUC.lower, e.rocAUC.upper))
              background rejection at signal efficiency: \(rejection)
            """
    }
}
