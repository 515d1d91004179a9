import Curvature
import Foundation
import Jets
import Networks
import Objectives
import Support
import Torch

/// A network whose landscape is looked at, and the jets, or samples of someone's own, that it is looked at on.
public struct LandscapeSubject: Sendable {
    /// What tables and figures call it: variant and seed.
    public var name: String
    /// Where the weights lie.
    public let path: String
    /// Weights and data, all that the loss depends on.
    public let loss: any LossCase
    /// The tagger and its jets; nil where there are none.
    private let jetCase: JetCase?
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
        loss = TaggerLoss(tagger, seen)
        jetCase = JetCase(tagger: tagger, jets: chosen, data: seen, validation: validation ?? seen)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        identity = [
            tagger.digest, String(decoding: try encoder.encode(tagger.description), as: UTF8.self),
            chosen.fingerprint().sha256, "\(chosen.index.map(String.init).joined(separator: " "))",
        ]
    }

    /// A network on samples of someone's own, all of them: its loss can be looked at, but nothing that needs jets.
    public init(path: String, of loss: any LossCase, eigenvectors: [Direction] = []) {
        self.path = path
        self.loss = loss
        self.eigenvectors = eigenvectors
        jetCase = nil
        name = loss.name
        identity = [loss.digest, loss.dataDigest(first: loss.sampleCount)] + loss.identity
    }

    private struct JetCase {
        let tagger: TrainedTagger
        let jets: JetData
        let data: TaggingData
        let validation: TaggingData
    }

    /// Whether it is a tagger of jets. Without, there are no ``tagger``, ``jets``, ``data`` and ``validation``.
    public var hasJets: Bool { jetCase != nil }
    public var tagger: TrainedTagger { jetCase!.tagger }
    /// The jets measured on.
    public var jets: JetData { jetCase!.jets }
    /// The same jets, as the tagger sees them.
    public var data: TaggingData { jetCase!.data }
    /// Jets that a temperature is fitted on.
    public var validation: TaggingData { jetCase!.validation }

    /// The parts that can be measured of it.
    public var parts: [LandscapePart] {
        LandscapePart.allCases.filter { part in
            switch part {
            case .curve, .plane, .randomPlane: return true
            case .ratio, .goldstone: return hasJets
            case .margins: return hasJets && tagger.network.seesFeatures
            case .jacobians:
                guard hasJets, case .transformer(let network) = tagger.network else { return false }
                return network.settings.layers > 0
            case .flatness: return hasJets && tagger.endsWithOutputLayer(data)
            }
        }
    }

    /// Refuses curves whose slope and curvature at ε = 0 would take a derivative that is wrong. They are given of each term
    /// by itself, so that a term counts whatever its weight.
    ///
    /// - Throws: `ProgramError` naming the operator; ``UnknownTerm``.
    public func checkExpansion(_ settings: LandscapeSettings) throws {
        let terms = settings.terms.map { TermDescription(name: $0.name, weight: 1) }
        try loss.checkSecondDerivatives(
            of: try loss.objective(terms, settings.symmetry, seed: settings.seed, first: loss.sampleCount))
    }

    /// The jets and the network in a few words, for titles.
    var shown: String {
        let classes = jetCase.map {
            "\($0.tagger.description.input.signal) against \($0.tagger.description.input.background), "
        }
        return "\(classes ?? "")\(loss.sampleCount) \(loss.sampleName); \(loss.summary)"
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
