import Networks
import ONNX
import Torch

/// A network's parameters as constants of a graph, under their names in PyTorch's `state_dict`.
struct GraphWeights {
    let graph: Graph
    private let table: ParameterTable
    private let values: [Float]

    /// - Parameter theta: [P]
    init(_ theta: Tensor, _ table: ParameterTable, in graph: Graph) {
        self.graph = graph
        self.table = table
        values = theta.elements(Float.self)
    }

    /// A tensor's shape and numbers.
    ///
    /// - Precondition: the network has a parameter of that name.
    func tensor(_ name: String) -> (shape: [Int], values: [Float]) {
        guard let entry = table[name] else { preconditionFailure("the network has no parameter \(name)") }
        return (entry.shape, Array(values[entry.offset..<entry.offset + entry.count]))
    }

    /// A tensor as it is.
    func constant(_ name: String) -> Value {
        let (shape, values) = tensor(name)
        return graph.constant(name, values, shape: shape)
    }

    /// A matrix [out, in] as [in, out], which a product of rows with it needs.
    func transposed(_ name: String) -> Value {
        let (shape, values) = tensor(name)
        let rows = shape[0], columns = shape[1]
        var turned = [Float](repeating: 0, count: values.count)
        for row in 0..<rows {
            for column in 0..<columns { turned[column * rows + row] = values[row * columns + column] }
        }
        return graph.constant("\(name).transposed", turned, shape: [columns, rows])
    }

    /// x Wᵀ + b with the tensors `name.weight` and `name.bias`.
    func linear(_ name: String, _ x: Value) -> Value {
        graph.named(name) { x.matmul(transposed("\(name).weight")) + constant("\(name).bias") }
    }

    /// `x` [..., in] through so many linear layers (`ParameterTable.appendLayers`), with a ReLU between two.
    func layers(_ name: String, _ count: Int, _ x: Value) -> Value {
        (0..<count).reduce(x) { x, layer in linear("\(name).\(2 * layer)", layer == 0 ? x : x.relu()) }
    }

    /// The layer norm with the tensors `name.weight` and `name.bias`.
    func layerNorm(_ name: String, _ x: Value, epsilon: Double) -> Value {
        graph.named(name) { x.layerNorm(constant("\(name).weight"), constant("\(name).bias"), epsilon: epsilon) }
    }
}
