import Foundation
import Jets
import Objectives
import Support

/// A tagger with the jets that it is measured on.
public struct TaggerCase {
    /// Of the weights.
    public let path: String
    public let tagger: TrainedTagger
    public let jets: JetData
    /// The same jets as the tagger sees them.
    public let data: TaggingData
    /// What a result depends on: weights and jets.
    private let identity: [String]

    /// - Throws: an error of Foundation's where the weights can't be read.
    public init(path: String, tagger: TrainedTagger, jets: JetData, data: TaggingData) throws {
        self.path = path
        self.tagger = tagger
        self.jets = jets
        self.data = data
        identity =
            [
                try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { Digest.of($0) },
                jets.fingerprint().sha256, Digest.of(jets.index.lazy.map { "\($0)" }),
            ] + tagger.programIdentity
    }

    /// `variant, seed n`.
    public var name: String { tagger.name }

    /// A result of it; one of the same weights, jets and settings that `folder` has from before is not computed again.
    ///
    /// - Parameters:
    ///   - kind: the folder of such results in `folder`; nil for `folder` keeps none
    ///   - settings: what the result depends on beside weights and jets
    /// - Throws: what `compute` throws; `FileError` where the result can't be kept.
    func kept<Result: Codable & Sendable>(
        _ kind: String, settings: some Encodable, in folder: String?, isCollapsed: (Result) -> Bool,
        compute: () throws -> Result
    ) throws -> MeasuredTagger<Result> {
        let description = tagger.description
        let text = String(decoding: try json(settings), as: UTF8.self)
        let path = folder.map { "\($0)/\(kind)/\(description.variant)-seed-\(description.seed).json" }
        let result: Result
        do {
            result = try KeptResult.at(path, identity: identity + [text, Environment.version], compute: compute)
        } catch is Interrupted {
            throw Interrupted(state: folder)
        }
        return MeasuredTagger(
            weights: self.path,
            training: OfTraining(
                variant: description.variant, seed: description.seed, collapsed: isCollapsed(result), result))
    }
}

/// What was measured of one training, with the file of its weights: an entry of `robustness.json` and others.
public struct MeasuredTagger<Result: Codable & Sendable>: Sendable, Encodable {
    public let weights: String
    public let training: OfTraining<Result>

    private enum Key: String, CodingKey { case weights }

    /// As `OfTraining` is, and the weights' path.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(weights, forKey: .weights)
        try training.encode(to: encoder)
    }
}
