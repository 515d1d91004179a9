import ArgumentParser
import Foundation
import Jets
import Objectives
import Report
import Statistics
import Studies
import Support

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Accuracy, ROC-AUC, ROC curve and background rejection of trained weights on labelled jets.",
        discussion: """
            With --data, all jets of the two classes in the files are taken, those that the weights were trained on among \
            them; with --study, the study's test jets alone.
            """)

    @Argument(help: "weights.safetensors of a training, or a PyTorch network (.pt2, TorchScript).")
    var weights: String

    @OptionGroup var source: JetSource

    @Option(help: "The signal class. Default: the one that the weights were trained on.")
    var signal: String?

    @Option(help: "The background class. Default: the one that the weights were trained on.")
    var background: String?

    @Option(help: "Folder for evaluation.json, scores.h5 and the ROC curve. Default: none is written.")
    var output: String?

    @OptionGroup var threads: Threads

    func run() throws {
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
        try tagger.writeScores(
            logits, of: tensors, index: jets.index, events: jets.eventIndex, to: "\(output)/scores.h5")
        let curve = ROCCurve(try ScoredJets(scores: logits, isSignal: tensors.isSignal))
        let figure = Figure.roc(
            title: "\(signal) against \(background)", subtitle: "\(subtitle); \(tagger.network.settings.summary)",
            curves: [(name, curve)], confidence: 0.95)
        for warning in try FigureRenderer().write([figure], to: output).warnings { log("warning: \(warning)") }
        print("results  \(output)/evaluation.json, scores.h5, roc.svg")
    }
}
