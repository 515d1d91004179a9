import Torch

extension ParameterTable {
    /// Weight and bias of the last linear layer, the one that gives the logit.
    ///
    /// - Precondition: the table ends with such a layer, as that of every network of Goldstone's does.
    public var outputLayer: (weight: Entry, bias: Entry) {
        precondition(endsWithLinearLayer, "the table does not end with weight and bias of a linear layer")
        return (entries[entries.count - 2], entries[entries.count - 1])
    }

    /// Whether the last two entries are weight and bias of a linear layer.
    public var endsWithLinearLayer: Bool {
        guard entries.count >= 2 else { return false }
        let weight = entries[entries.count - 2], bias = entries[entries.count - 1]
        return weight.name.hasSuffix("weight") && bias.name.hasSuffix("bias") && weight.shape.count == 2
            && bias.shape == [weight.shape[0]]
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
