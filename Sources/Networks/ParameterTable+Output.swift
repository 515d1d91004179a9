import Torch

extension ParameterTable {
    /// Weight and bias of the last linear layer, the one that gives the logit.
    ///
    /// - Precondition: the table ends with such a layer, as every network's does.
    public var outputLayer: (weight: Entry, bias: Entry) {
        let weight = entries[entries.count - 2], bias = entries[entries.count - 1]
        precondition(
            weight.name.hasSuffix(".weight") && bias.name.hasSuffix(".bias") && weight.shape.count == 2,
            "the table ends with \(weight.name) and \(bias.name), which are no linear layer")
        return (weight, bias)
    }

    /// The parameters of the network whose logits are `factor` times this one's: weight and bias of the last layer are
    /// multiplied, all others stay. The same function up to its scale.
    ///
    /// - Parameter theta: [P]
    public func scalingLogits(of theta: Tensor, by factor: Double) -> Tensor {
        let start = outputLayer.weight.offset
        return .concatenated([
            theta.narrowed(0, from: 0, length: start),
            theta.narrowed(0, from: start, length: count - start) * factor,
        ])
    }
}
