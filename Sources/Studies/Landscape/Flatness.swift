import Curvature
import Jets
import Networks
import Objectives
import Statistics
import Torch

/// Whether a flatter loss is more than smaller logits. Curvature grows with the scale of the logits; here each tagger's
/// logits are divided by its own best temperature, and the relative flatness, which knows of the weights' scale, stands
/// beside.
public struct Flatness: Sendable, Codable, Equatable {
    /// The temperature of the validation jets.
    public let temperature: Temperature
    /// Jets that it was fitted on.
    public let jets: Int
    /// The layer whose relative flatness it is: the last one's weight.
    public let layer: String
    /// κ of the cross-entropy, of the weights as they are and with the temperature matched.
    public let before: RelativeFlatness, after: RelativeFlatness

    /// Measures a tagger. Cost: a forward pass over the validation jets; Hessian products twice, `RelativeFlatness` says
    /// how many.
    ///
    /// - Parameters:
    ///   - theta: [P]
    ///   - validation: jets that the temperature is fitted on
    ///   - data: jets that the curvature is of
    /// - Throws: `StatisticsError` where no temperature is best.
    public init<Tagger: Network>(
        of network: Tagger, at theta: Tensor, validation: TaggingData, _ data: TaggingData, seed: UInt64,
        reducer: Reducer
    ) throws where Tagger.Input == JetBatch {
        let logits = reducer.logits(network, at: theta, validation)
        temperature = try Temperature(try ScoredJets(scores: logits, isSignal: validation.isSignal))
        jets = validation.count
        let weight = network.parameters.outputLayer.weight
        layer = weight.name
        let objective = TaggingObjective(
            network: network, data: data, terms: [WeightedTerm(BinaryCrossEntropy())], seed: seed)
        func flatness(_ theta: Tensor) -> RelativeFlatness {
            let hessian = HessianOperator(
                of: objective, at: theta, samples: Array(0..<data.count),
                selecting: network.parameters.restricted { $0.name == weight.name }, reducer: reducer)
            let weights = theta.narrowed(0, from: weight.offset, length: weight.count).reshaped(weight.shape)
            return RelativeFlatness(of: weights, hessian, seed: seed)
        }
        before = flatness(theta)
        after = flatness(network.parameters.scalingLogits(of: theta, by: 1 / temperature.value))
    }
}
