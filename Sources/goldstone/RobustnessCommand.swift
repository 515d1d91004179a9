import ArgumentParser
import Foundation
import Jets
import Objectives
import Report
import Studies
import Support

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

    func validate() throws {
        if strengths != nil, perturbations.count != 1 || perturbations == ["all"] {
            throw ValidationError("--strengths are those of one perturbation: name it with --perturbations.")
        }
        if let draws, draws < 1 { throw ValidationError("--draws must be at least 1, not \(draws)") }
    }

    /// What `robustness.json` holds.
    private struct Results: Encodable {
        let settings: RobustnessSettings
        let trainings: [TaggerSet.Entry<Robustness>]
        let variants: [VariantRobustness]
    }

    func run() throws {
        let settings = try settings()
        let (entries, last) = try taggers.measure(
            "robustness", settings: settings, keptIn: output, read: { try source.read(for: $0) },
            isCollapsed: { $0.plain.hasCollapsed },
            { tagger in
                let passes = Robustness.passes(settings)
                let progress = ProgressLine(tagger.name, total: Double(tagger.data.count * passes), unit: "jets")
                defer { progress.finish() }
                return try Robustness(
                    of: tagger.tagger.network, at: tagger.tagger.theta, tagger.data, settings,
                    reducer: Reducer(threads: threads.threads)
                ) { progress.advance(by: Double($0)) }
            })
        let trainings = entries.map(\.training), variants = VariantRobustness.combine(trainings)
        let input = last.tagger.description.input
        let shown =
            "\(input.signal) against \(input.background), \(last.jets.count) jets; \(last.tagger.network.settings.summary)"
        let tables = VariantRobustness.tables(variants, showing: shown)
        for table in tables { print(table.plain) }
        guard let output else { return }
        try writeJSON(
            Results(settings: settings, trainings: entries, variants: variants), to: "\(output)/robustness.json")
        try write(tables, to: "\(output)/robustness")
        let figures = VariantRobustness.figures(trainings, subtitle: shown)
        for warning in try FigureRenderer().write(figures, to: output).warnings { log("warning: \(warning)") }
        print("results  \(output)/robustness.json, robustness.md, robustness.tex")
        print("figures  " + figures.map { "\(output)/\($0.name).svg" }.joined(separator: "\n         "))
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

/// Writes tables as Markdown and LaTeX, `path` being what comes before the endings.
func write(_ tables: [Table], to path: String) throws {
    try writeAtomically(Data(tables.map(\.markdown).joined(separator: "\n").utf8), to: "\(path).md")
    try writeAtomically(Data(tables.map(\.latex).joined(separator: "\n").utf8), to: "\(path).tex")
}
