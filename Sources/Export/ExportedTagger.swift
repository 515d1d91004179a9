import Foundation
import Jets
import Networks
import ONNX
import Studies
import Support
import Torch

/// A tagger as an ONNX model.
public struct ExportedTagger {
    /// What the graph is given.
    public enum Form: String, Sendable, CaseIterable {
        /// A jet's features and which slots are filled.
        case features
        /// The four-momenta of a jet's constituents; the features are computed in the graph.
        case momenta
        /// Scaled features of a fixed number of constituents of one jet, in the form that hls4ml converts.
        case trigger
    }

    public let form: Form
    public let tagger: TrainedTagger
    /// The file's contents.
    public var model: ModelMessage

    /// What a protobuf message may take, less 1 % for everything but the weights.
    static let largestModel = Int(Double(Int32.max) * 0.99)

    /// - Throws: ``ExportError`` where the network can't be had in this form, or a weight is not finite.
    public init(_ tagger: TrainedTagger, as form: Form) throws {
        if case .program = tagger.network { throw ExportError.ofAnotherProgram }
        let table = tagger.network.parameters
        let (bytes, overflow) = table.count.multipliedReportingOverflow(by: 4)
        guard !overflow, bytes <= ExportedTagger.largestModel else {
            throw ExportError.tooLarge(bytes: bytes, largest: ExportedTagger.largestModel)
        }
        for (tensor, entry) in zip(table.views(of: tagger.theta), table.entries)
        where !tensor.elements(Float.self).allSatisfy(\.isFinite) { throw ExportError.notFinite(tensor: entry.name) }
        self.form = form
        self.tagger = tagger
        let graph = Graph("tagger"), weights = GraphWeights(tagger.theta, table, in: graph)
        switch form {
        case .features: try ExportedTagger.addFeatureForm(of: tagger, weights)
        case .momenta: ExportedTagger.addMomentumForm(of: tagger, weights)
        case .trigger: try ExportedTagger.addTriggerForm(of: tagger, weights)
        }
        let metadata = Metadata(tagger, form)
        model = graph.model(
            producer: "Goldstone", version: Environment.version, about: metadata.about, metadata: metadata.texts)
    }

    private static let aboutLogit = "above 0 the jet is taken for signal; 1/(1 + exp(-logit)) is signal's probability"

    private static func addFeatureForm(of tagger: TrainedTagger, _ weights: GraphWeights) throws {
        guard tagger.network.seesFeatures else { throw ExportError.noFeatures(tagger.network.settings.summary) }
        let graph = weights.graph, input = tagger.description.input, slots = input.constituents
        let features = graph.input(
            "features", .float, [.any("jets"), .fixed(slots), .fixed(Features.count)],
            about: "features of the constituents, not scaled, 0 in empty slots")
        let mask = graph.input(
            "mask", .boolean, [.any("jets"), .fixed(slots)], about: "true where there is a constituent")
        let logits = tagger.network.graph(weights, features: features, mask: mask, input)
        graph.output(logits.squeezed(-1), as: "logit", [.any("jets")], about: aboutLogit)
    }

    private static func addMomentumForm(of tagger: TrainedTagger, _ weights: GraphWeights) {
        let graph = weights.graph, input = tagger.description.input
        let constituents = graph.input(
            "constituents", .float, [.any("jets"), .any("slots"), 4],
            about: "E, px, py, pz in GeV of the constituents, by descending pT, zeros in empty slots")
        let seen = MomentumGraph(constituents, for: input, withFeatures: tagger.network.seesFeatures, graph)
        let logits =
            if case .invariant(let network) = tagger.network {
                network.graph(
                    weights, momenta: seen.constituents, jet: seen.jet, mask: seen.mask, slots: input.constituents)
            } else {
                tagger.network.graph(weights, features: seen.features!, mask: seen.mask, input)
            }
        graph.output(logits.squeezed(-1), as: "logit", [.any("jets")], about: aboutLogit)
    }

    private static func addTriggerForm(of tagger: TrainedTagger, _ weights: GraphWeights) throws {
        let slots = try tagger.triggerSlots
        func input(_ shape: [Graph.Size]) -> Value {
            weights.graph.input("features", .float, shape, about: "scaled features, 0 in empty slots")
        }
        let logits: Value
        switch tagger.network {
        case .deepSets(let network):
            logits = TriggerGraph.logits(
                network, weights, features: input([1, .fixed(Features.count), .fixed(slots)]), slots: slots)
        case .mlp(let network):
            logits = TriggerGraph.logits(
                network, weights, features: input([1, .fixed(slots * Features.count)]))
        case .transformer, .invariant, .program: throw ExportError.notForTrigger(tagger.network.settings.summary)
        }
        weights.graph.output(logits, as: "logit", [1, 1], about: aboutLogit)
    }

    /// Writes the file under a temporary name and renames it, with what is known of its agreement with the tagger.
    ///
    /// - Parameter check: nil marks the file as unverified
    /// - Throws: `FileError`.
    public func write(to path: String, checked check: LogitCheck?) throws {
        var model = model
        model.setMetadata(Metadata(tagger, form, check).texts)
        try writeAtomically(try model.serializedData(), to: path)
    }
}

extension TrainedTagger {
    /// How many constituents the trigger form sees.
    ///
    /// - Throws: ``ExportError`` where the network has no such form.
    var triggerSlots: Int {
        get throws {
            switch network {
            case .deepSets(let network):
                guard network.settings.pooling == .allSlots else {
                    throw ExportError.triggerPooling(network.settings.pooling.rawValue)
                }
                return network.settings.constituents ?? description.input.constituents
            case .mlp(let network): return network.settings.constituents
            case .transformer, .invariant, .program: throw ExportError.notForTrigger(network.settings.summary)
            }
        }
    }
}

extension TaggerNetwork {
    /// Logits [B, 1] of features that are not scaled yet.
    ///
    /// - Precondition: ``seesFeatures``
    fileprivate func graph(
        _ weights: GraphWeights, features: Value, mask: Value, _ input: TrainedTagger.Input
    ) -> Value {
        let slots = input.constituents
        let scaled = input.scaling?.graph(features, mask: mask, weights.graph) ?? features
        switch self {
        case .transformer(let network):
            return network.graph(weights, features: scaled, mask: mask, slots: slots)
        case .deepSets(let network): return network.graph(weights, features: scaled, mask: mask, slots: slots)
        case .mlp(let network): return network.graph(weights, features: scaled, mask: mask, slots: slots)
        case .invariant, .program:
            preconditionFailure("a network of momenta alone, or another program's, has no such graph")
        }
    }
}
