import ArgumentParser
import Foundation
import Studies
import Support

struct TrainCommand: ParsableCommand, SharedCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train and evaluate one variant of a study with one seed.",
        discussion: """
            The same as `study`, for one training alone: the run's folder has the same layout, and a `study` with that \
            folder takes the training as done.
            """)

    @OptionGroup var source: StudySource

    @Option(help: "Which of the study's variants. Default: the first.")
    var variant: String?

    @Option(help: "The seed of weights, order, dropout and boosts. Default: the variant's first.")
    var seed: UInt64?

    @Option(help: "The run's folder. Default: runs/<name of the study>.")
    var output: String?

    @OptionGroup var threads: Threads

    @OptionGroup var device: DeviceOption

    func run() throws {
        var settings = try source.settings()
        try device.choose(settings.device)
        settings.variants = [try settings.variant(named: variant)]
        settings.seeds = [seed ?? settings.variants[0].seeds?[0] ?? settings.seeds[0]]
        settings.variants[0].seeds = nil
        // Ctrl-C then saves the state.
        Interruption.listen()
        let folder = output ?? "runs/\(settings.name)"
        print(try Study(settings, folder: folder, threads: threads.threads).train(log: log).plain)
        let training = "\(folder)/\(settings.variants[0].name)/seed-\(settings.seeds[0])"
        print("results  \(training)/weights.safetensors, scores.h5, result.json")
    }
}

extension StudySettings {
    /// The variant of this name, or the first.
    ///
    /// - Throws: `ValidationError` where there is none.
    func variant(named name: String?) throws -> VariantSettings {
        guard let name else { return variants[0] }
        if let chosen = variants.first(where: { $0.name == name }) { return chosen }
        let names = variants.map(\.name)
        throw ValidationError(
            "--variant \(name): the study's variants are \(names.joined(separator: ", "))"
                + (nearestName(to: name, in: names).map { "; the nearest is \($0)" } ?? ""))
    }
}

/// A study file or a preset.
struct StudySource: ParsableArguments {
    @Argument(help: "The study file (YAML).")
    var file: String?

    @Option(help: "A preset instead of a file: smoke, quick, sample, paper-stable, paper.")
    var preset: Preset?

    func validate() throws {
        guard (file == nil) != (preset == nil) else {
            throw ValidationError("Give a study file or --preset NAME, one of the two.")
        }
    }

    func settings() throws -> StudySettings {
        try file.map { try StudySettings(contentsOf: $0) } ?? preset!.settings
    }
}
