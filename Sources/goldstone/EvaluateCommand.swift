import ArgumentParser
import Foundation
import Jets
import Networks
import Objectives
import Report
import Statistics
import Studies
import Support

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract:
            "Accuracy, ROC-AUC, ROC curve and background rejection of trained weights on labelled jets, or of scores.",
        discussion: """
            Files of scores (HDF5, CSV, .npy, .npz) from any tagger need no jets: give one or several instead of weights. \
            With --data, all jets of the two classes in the files are taken, those that the weights were trained on among \
            them; with --study, the study's test jets alone.
            """)

    @Argument(help: "weights.safetensors of a training, or a PyTorch network (.pt2, TorchScript); or files of scores.")
    var files: [String]

    @OptionGroup var source: OptionalJetSource

    @OptionGroup(title: "Columns of score files") var columns: ScoreSource

    @Option(help: "The signal class. Default: the one that the weights were trained on.")
    var signal: String?

    @Option(help: "The background class. Default: the one that the weights were trained on.")
    var background: String?

    @Option(
        help:
            "Folder for evaluation.json (of score files: evaluations.json), scores.h5 and the ROC curve. Default: none is written."
    )
    var output: String?

    @Option(
        help: ArgumentHelp(
            "The format that scores are written in: h5, csv or npz. Default: h5; scores that were read are only written anew where this is given.",
            valueName: "format"))
    var scores: ScoreFormat?

    @OptionGroup var threads: Threads

    @OptionGroup var device: DeviceOption

    private var isOfWeights: Bool { files.contains { $0.hasSuffix(".safetensors") || NetworkPrograms.isProgram($0) } }

    func validate() throws {
        if isOfWeights {
            guard files.count == 1 else {
                throw ValidationError("Give the weights of one training at a time, or files of scores.")
            }
            guard !columns.isGiven else {
                throw ValidationError(
                    "--column, --label, --labels, --event, --scale and --unweighted are of score files.")
            }
            try source.requireOne()
        } else if source.isGiven || signal != nil || background != nil {
            throw ValidationError(
                "\(files[0]) is taken for a file of scores, which needs no jets: leave out --data, --study, --signal and "
                    + "--background, or give weights (.safetensors).")
        }
        if scores != nil, output == nil { throw ValidationError("--scores needs --output, the folder to write to.") }
    }

    func run() throws {
        try device.choose()
        if isOfWeights { try evaluateWeights(files[0]) } else { try evaluateScores() }
    }

    private func evaluateScores() throws {
        let taggers = try columns.read(files)
        let evaluations = try ScoreEvaluation.all(taggers)
        let counts = Set(taggers.map(\.jets.scores.count))
        print(
            Evaluation.table(
                evaluations.map { ($0.name, $0.evaluation) },
                showing: counts.count == 1 ? "\(counts.first!) jets" : "Each tagger on its own jets"
            ).plain)
        guard let output else { return }
        let table = try scores.map { _ in try ScoreTable(taggers) }
        try writeJSON(evaluations, to: "\(output)/evaluations.json")
        if let table, let scores { try table.write(to: "\(output)/\(scores.fileName)", as: scores) }
        let outcome = try FigureRenderer().write([ScoreEvaluation.figure(taggers)], to: output)
        for warning in outcome.warnings { log("warning: \(warning)") }
        print("results  \(output)/evaluations.json, \(scores.map { "\($0.fileName), " } ?? "")roc.svg")
    }

    private func evaluateWeights(_ weights: String) throws {
        let tagger = try source.tagger(at: weights)
        let signal = try signal.map { try JetClass(named: $0) } ?? tagger.description.input.signal
        let background = try background.map { try JetClass(named: $0) } ?? tagger.description.input.background
        let (jets, tensors) = try source.read(for: tagger, signal: signal, background: background)
        try tagger.check(on: tensors)
        let reducer = Reducer(threads: threads.threads)
        let (evaluation, logits) = try tagger.evaluate(tensors, reducer)
        let name = "\(tagger.description.variant), seed \(tagger.description.seed)"
        let subtitle = "\(signal) against \(background), \(tagger.description.input.constituents) constituents"
        let shown = "\(subtitle), \(jets.count) jets; \(tagger.network.settings.summary)"
        print(Evaluation.table([(name, evaluation)], showing: shown).plain)
        guard let output else { return }
        try writeJSON(evaluation, to: "\(output)/evaluation.json")
        let format = scores ?? .hdf5
        try tagger.writeScores(
            logits, of: tensors, index: Array(jets.index), events: Array(jets.eventIndex),
            to: "\(output)/\(format.fileName)",
            as: format)
        let curve = ROCCurve(try ScoredJets(scores: logits, isSignal: tensors.isSignal))
        let figure = Figure.roc(
            title: "\(signal) against \(background)", subtitle: "\(subtitle); \(tagger.network.settings.summary)",
            curves: [(name, curve)], confidence: 0.95)
        for warning in try FigureRenderer().write([figure], to: output).warnings { log("warning: \(warning)") }
        print("results  \(output)/evaluation.json, \(format.fileName), roc.svg")
    }
}
