import Networks
import ONNX

/// A network in the one form of a graph that hls4ml converts to what it is: convolutions with a kernel of one
/// constituent, a product with a constant matrix for the mean, and linear layers as a product and a sum. All shapes are
/// fixed, a batch is one jet, and there is no mask.
enum TriggerGraph {
    /// Logits [1, 1] of a deep-sets network whose pooling is `allSlots`.
    ///
    /// - Parameters:
    ///   - features: [1, F, N], scaled, 0 in empty slots
    ///   - slots: N
    static func logits(_ network: DeepSets, _ weights: GraphWeights, features: Value, slots: Int) -> Value {
        let graph = weights.graph, width = network.settings.phi.last!
        let vectors = network.settings.phi.indices.reduce(features) { x, layer in  // [1, D, N]
            let name = "phi.\(2 * layer)"
            let (shape, values) = weights.tensor("\(name).weight")
            let kernel = graph.constant("\(name).weight", values, shape: shape + [1])
            return graph.named(name) { x.pointwise(kernel, weights.constant("\(name).bias")).relu() }
        }
        // Row d·N + n is slot n's component d, which goes into the mean of component d alone.
        var mean = [Float](repeating: 0, count: width * slots * width)
        for row in 0..<width * slots { mean[row * width + row / slots] = 1 / Float(slots) }
        let jet = graph.named("mean") {
            vectors.flattened().matmul(graph.constant("mean", mean, shape: [width * slots, width]))
        }
        return weights.layers("rho", network.settings.rho.count + 1, jet)
    }

    /// Logits [1, 1] of a multilayer perceptron.
    ///
    /// - Parameter features: [1, N·F], constituent by constituent, scaled, 0 in empty slots
    static func logits(_ network: ConstituentMLP, _ weights: GraphWeights, features: Value) -> Value {
        weights.layers("layers", network.settings.hidden.count + 1, features)
    }
}
