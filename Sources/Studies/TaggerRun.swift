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

/// What processes do together is done; the rest is the first one's.
public struct SharedWorkDone: Error {}

/// Trains and evaluates one variant with one seed in a folder of its own.
package struct TaggerStep {
    let settings: StudySettings
    let variant: StudySettings.VariantSettings
    let seed: UInt64
    let data: StudyData
    let folder: String
    let threads: Int
    let log: (String) -> Void
    var showsProgress = true

    private var label: String { "\(variant.name), seed \(seed)" }
    private var resultPath: String { "\(folder)/result.json" }
    private var identity: String {
        get throws { try TaggerStep.identity(settings, variant, seed: seed, jets: data.summary.identity) }
    }

    /// What decides the result, as a digest: the same for two studies that share this training. What is measured of it
    /// afterwards has no part in it.
    ///
    /// - Parameter jets: the jet files' fingerprint
    package static func identity(
        _ settings: StudySettings, _ variant: StudySettings.VariantSettings, seed: UInt64, jets: String
    ) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        func text(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        // A transformer goes by its settings alone, without its kind, as it did when there was no other network.
        let network = settings.network(of: variant)
        let networkText = if case .transformer(let own) = network { try text(own) } else { try text(network) }
        return Digest.of([
            networkText, try text(settings.training),
            try text(StudySettings.VariantSettings(name: variant.name, terms: variant.terms)),
            variant.hasSymmetryTerms ? try text(settings.symmetry) : "", try text(settings.data.identity), "\(seed)",
            jets,
        ])
    }

    /// What `result.json` holds: the run and what it belongs to.
    private struct Record: Codable {
        let identity: String
        let run: TaggerRun
    }

    /// What a training that is done came to.
    ///
    /// - Parameter folder: the training's own
    /// - Throws: `FileError`.
    static func finished(in folder: String) throws -> TaggerRun {
        let record: Record = try readJSON(from: "\(folder)/result.json")
        return record.run
    }

    /// Does what is missing, and returns the result.
    func run() throws -> TaggerRun {
        let network = TaggerNetwork(settings.network(of: variant))
        let weightsPath = "\(folder)/weights.safetensors"
        let reducer = Reducer(sliceSize: settings.training.sliceSize, threads: threads)
        if FileManager.default.fileExists(atPath: resultPath) {
            let record: Record = try readJSON(from: resultPath)
            if record.identity == (try identity) {
                log("\(label): done before")
                return record.run
            }
        }
        let terms = variant.terms.map { WeightedTerm(Terms.make($0.name, settings.symmetry)!, weight: $0.weight) }
        func objective(_ data: TaggingData) -> TaggingObjective<TaggerNetwork> {
            TaggingObjective(network: network, data: data, terms: terms, seed: seed)
        }
        let trainer = Trainer(
            training: objective(data.training), validation: objective(data.validation), settings: settings.training,
            seed: seed, label: label, threads: threads, folder: folder,
            fingerprint: try identity)
        let result = try trainer.run(
            from: network.initialParameters(seed: seed), showsProgress: showsProgress, log: log)
        if Processes.isFollowing { throw SharedWorkDone() }
        let tagger = TrainedTagger(
            theta: result.theta,
            description: .init(network: network.settings, input: data.input, variant: variant.name, seed: seed))
        try tagger.write(to: weightsPath)
        let run = try evaluate(tagger, result.history, reducer)
        try writeJSON(Record(identity: identity, run: run), to: resultPath)
        return run
    }

    private func evaluate(_ tagger: TrainedTagger, _ history: TrainingHistory, _ reducer: Reducer) throws
        -> TaggerRun
    {
        let (validation, _) = try tagger.evaluate(data.validation, reducer)
        let (test, logits) = try tagger.evaluate(data.test, reducer)
        try tagger.writeScores(
            logits, of: data.test, index: Array(data.testJets.index),
            events: Array(data.testJets.eventIndex),
            to: "\(folder)/scores.h5")
        return TaggerRun(
            variant: variant.name, seed: seed, history: history, validation: validation, test: test,
            collapsed: validation.hasCollapsed)
    }
}
