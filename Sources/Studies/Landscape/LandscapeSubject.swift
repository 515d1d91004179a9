import Curvature
import Foundation
import Jets
import Networks
import Objectives
import Support
import Torch

/// A tagger whose landscape is looked at, and the jets that it is looked at on.
public struct LandscapeSubject: Sendable {
    /// What tables and figures call it: variant and seed.
    public var name: String
    /// Where the weights lie.
    public let path: String
    public let tagger: TrainedTagger
    /// The jets measured on.
    public let jets: JetData
    /// The same jets, as the tagger sees them.
    public let data: TaggingData
    /// Jets that a temperature is fitted on.
    public let validation: TaggingData
    /// Leading eigenvectors of the Hessian, by descending eigenvalue; may be none.
    public var eigenvectors: [Direction]
    /// Digests of weights and jets, and the tagger's settings: what every result depends on.
    let identity: [String]

    /// Takes the first `settings.jets` of the jets given.
    ///
    /// - Parameters:
    ///   - jets: the test jets
    ///   - validation: nil takes the jets measured on
    /// - Throws: `JetsError` where one of the tagger's classes is not among the jets measured on.
    public init(
        path: String, tagger: TrainedTagger, jets: JetData, validation: TaggingData? = nil,
        eigenvectors: [Direction] = [], _ settings: LandscapeSettings
    ) throws {
        self.path = path
        self.tagger = tagger
        self.eigenvectors = eigenvectors
        var skips = true
        if case .transformer(let network) = tagger.network { skips = network.settings.skipConnections }
        name =
            "\(tagger.description.variant), seed \(tagger.description.seed)\(skips ? "" : ", no skip connections")"
        let chosen = jets.subset(Array(0..<min(settings.jets, jets.count))), input = tagger.description.input
        // Both classes must be among them.
        _ = try chosen.selecting([input.signal, input.background])
        var seen = TaggingData(chosen, signal: input.signal, jetSum: input.jetSum)
        seen.scaling = input.scaling
        self.jets = chosen
        self.data = seen
        self.validation = validation ?? seen
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        identity = [
            tagger.digest, String(decoding: try encoder.encode(tagger.description), as: UTF8.self),
            chosen.fingerprint().sha256, "\(chosen.index.map(String.init).joined(separator: " "))",
        ]
    }

    /// The jets and the network in a few words, for titles.
    var shown: String {
        "\(tagger.description.input.signal) against \(tagger.description.input.background), \(jets.count) jets; "
            + tagger.network.settings.summary
    }

    /// `eigenvectors` from the first, as many as are needed.
    ///
    /// - Throws: ``LandscapeError/tooFewEigenvectors(weights:have:need:part:)``.
    func eigenvectors(_ count: Int, for part: LandscapePart) throws -> [Direction] {
        guard eigenvectors.count >= count else {
            throw LandscapeError.tooFewEigenvectors(
                weights: path, have: eigenvectors.count, need: count, part: part.rawValue)
        }
        return Array(eigenvectors.prefix(count))
    }
}
