import Foundation
import Networks
import Objectives
import Statistics
import Support
import Torch
import Training

/// One variant trained with one seed, and what it does on the test jets.
public struct TaggerRun: Sendable, Codable {
    public let variant: String
    public let seed: UInt64
    public let history: TrainingHistory
    public let validation: Evaluation
    public let test: Evaluation
    /// Whether it has collapsed to a constant (judged on the validation jets): then its figures say nothing about its
    /// kind.
    public let collapsed: Bool
}

/// Trains and evaluates one variant with one seed in a folder of its own.
struct TaggerStep {
    let settings: StudySettings
    let variant: StudySettings.VariantSettings
    let seed: UInt64
    let data: StudyData
    let folder: String
    let threads: Int
    let log: (String) -> Void

    private var label: String { "\(variant.name), seed \(seed)" }
    private var resultPath: String { "\(folder)/result.json" }
    private var identity: String {
        get throws { Digest.of([try settings.yaml(), variant.name, "\(seed)", data.summary.identity]) }
    }

    /// What `result.json` holds: the run and what it belongs to.
    private struct Record: Codable {
        let identity: String
        let run: TaggerRun
    }

    /// Does what is missing, and returns the result with the test jets' logits.
    func run() throws -> (run: TaggerRun, testLogits: [Double]) {
        let network = JetTransformer(settings.network)
        let weightsPath = "\(folder)/weights.safetensors"
        let reducer = Reducer(sliceSize: settings.training.sliceSize, threads: threads)
        if FileManager.default.fileExists(atPath: resultPath) {
            let record: Record = try readJSON(from: resultPath)
            if record.identity == (try identity) {
                log("\(label): done before")
                let theta = try Weights.read(weightsPath, network.parameters)
                return (record.run, reducer.logits(network, at: theta, data.test))
            }
        }
        let terms = variant.terms.map { WeightedTerm(Terms.make($0.name)!, weight: $0.weight) }
        func objective(_ data: TaggingData) -> TaggingObjective<JetTransformer> {
            TaggingObjective(network: network, data: data, terms: terms, seed: seed)
        }
        let trainer = Trainer(
            training: objective(data.training), validation: objective(data.validation), settings: settings.training,
            seed: seed, label: label, threads: threads, folder: folder,
            fingerprint: try settings.networkIdentity + data.summary.identity)
        let result = try trainer.run(from: network.initialParameters(seed: seed), warn: log)
        try Weights.write(
            result.theta, network.parameters, to: weightsPath,
            metadata: ["variant": variant.name, "seed": "\(seed)", "network": try settings.networkIdentity])
        let run = try evaluate(result, network, reducer)
        try writeJSON(Record(identity: identity, run: run.run), to: resultPath)
        return run
    }

    private func evaluate(
        _ result: Trainer<TaggingObjective<JetTransformer>, TaggingObjective<JetTransformer>>.Result,
        _ network: JetTransformer, _ reducer: Reducer
    ) throws -> (run: TaggerRun, testLogits: [Double]) {
        func evaluation(_ data: TaggingData) throws -> (Evaluation, [Double], [Bool]) {
            let logits = reducer.logits(network, at: result.theta, data)
            let labels = data.labels.elements(Float.self).map { $0 > 0.5 }
            return (try Evaluation(try ScoredJets(scores: logits, isSignal: labels)), logits, labels)
        }
        let (validation, _, _) = try evaluation(data.validation)
        let (test, logits, labels) = try evaluation(data.test)
        try ScoresFile.write(
            logits, labels: labels, index: data.testJets.index,
            attributes: [
                "variant": variant.name, "seed": "\(seed)", "network": settings.networkDescription,
                "signal": settings.data.signal.name, "background": settings.data.background.name,
            ], to: "\(folder)/scores.h5")
        let run = TaggerRun(
            variant: variant.name, seed: seed, history: result.history, validation: validation, test: test,
            collapsed: validation.hasCollapsed)
        return (run, logits)
    }
}

extension StudySettings {
    /// The network's settings on one line.
    var networkIdentity: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(network), as: UTF8.self)
        }
    }
}

/// A network's parameters as a safetensors file with PyTorch's names.
public enum Weights {
    /// - Throws: `FileError`, `SafetensorsError`.
    public static func write(
        _ theta: Tensor, _ table: ParameterTable, to path: String, metadata: [String: String] = [:]
    ) throws {
        let values = theta.elements(Float.self)
        let tensors = table.entries.map { entry in
            SafetensorsEntry(
                name: entry.name, shape: entry.shape, values: Array(values[entry.offset..<entry.offset + entry.count]))
        }
        try Safetensors(tensors: tensors, metadata: metadata).write(to: path)
    }

    /// - Throws: `SafetensorsError` where a tensor is missing, unexpected, or of another shape.
    public static func read(_ path: String, _ table: ParameterTable) throws -> Tensor {
        let file = try Safetensors(contentsOf: path)
        try file.check(table.entries.map { ($0.name, $0.shape) }, file: path)
        return Tensor(try table.entries.flatMap { try file[$0.name]!.floats() })
    }
}
