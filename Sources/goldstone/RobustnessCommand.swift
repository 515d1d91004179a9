import ArgumentParser
import Foundation
import Jets
import Studies

struct RobustnessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "robustness",
        abstract: "ROC-AUC and accuracy of trained weights on perturbed jets, against the perturbation's strength.",
        discussion: """
            Every tagger sees the same jets with the same noise. Perturbations and their strengths are those of --study's \
            file, or the paper's smearing; --perturbations and --strengths name others:
            """ + "\n"
                + Perturbations.all.map { "  \($0.name): \($0.title.lowercased())" }.joined(separator: "\n"))

    @OptionGroup var taggers: TaggerSet
    @OptionGroup var source: JetSource

    @Option(parsing: .upToNextOption, help: "The perturbations to measure, or `all`.")
    var perturbations: [String] = []

    @Option(help: "The strengths of the one perturbation named, ascending: `0,0.1,0.2`, or `--strengths=-0.1,0,0.1`.")
    var strengths: NumberList?

    @Option(help: "How often each strength is drawn. Default: the study's, or 5.")
    var draws: Int?

    @Option(help: "The seed of the noise. Default: the study's, or 1.")
    var seed: UInt64?

    @Option(help: "Folder for robustness.json, tables and figures, and to go on from. Default: none is written.")
    var output: String?

    @OptionGroup var threads: Threads

    @OptionGroup var device: DeviceOption

    func validate() throws {
        if strengths != nil, perturbations.count != 1 || perturbations == ["all"] {
            throw ValidationError("--strengths are those of one perturbation: name it with --perturbations.")
        }
        if let draws, draws < 1 { throw ValidationError("--draws must be at least 1, not \(draws)") }
    }

    func run() throws {
        try device.choose()
        let settings = try settings()
        let (measured, last) = try taggers.measure(
            keptIn: output, open: source.tagger, read: { try source.read(for: $0) }
        ) {
            try Robustness.measure($0, settings, keptIn: output, threads: threads.threads)
        }
        let input = last.tagger.description.input
        let shown =
            "\(input.signal) against \(input.background), \(last.jets.count) jets; \(last.tagger.network.settings.summary)"
        try Robustness.write(measured, settings, showing: shown, to: output).show("robustness", in: output)
    }

    private func settings() throws -> RobustnessSettings {
        var settings = try source.settings()?.robustness ?? RobustnessSettings()
        if !perturbations.isEmpty {
            let names = perturbations == ["all"] ? Perturbations.names : perturbations
            let before = settings.perturbations
            settings.perturbations = [:]
            for name in names {
                let law = try Perturbations.law(named: name)
                settings.perturbations[name] = before[name] ?? law.defaultStrengths
            }
            if let strengths { settings.perturbations[names[0]] = strengths.values }
        }
        if let draws { settings.draws = draws }
        if let seed { settings.seed = seed }
        try settings.check()
        return settings
    }
}
