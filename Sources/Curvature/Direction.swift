import Networks
import Torch

/// A direction in the space of the parameters, along which a loss or a network is looked at.
public struct Direction: Sendable {
    /// What figures and results call it: `ν₁`.
    public let name: String
    /// v, [P].
    public let vector: Tensor
    /// The eigenvalue, where v is an eigenvector of a Hessian.
    public let eigenvalue: Double?

    /// A direction of any length, [P].
    public init(name: String, vector: Tensor, eigenvalue: Double? = nil) {
        self.name = name
        self.vector = vector
        self.eigenvalue = eigenvalue
    }

    /// ‖v‖.
    public var norm: Double { vector.to(.float64).norm }

    /// θ + εv, in θ's type.
    public func moving(_ theta: Tensor, by epsilon: Double) -> Tensor { theta + vector.to(theta.scalarType) * epsilon }

    /// A direction of unit length, uniform over the sphere.
    ///
    /// - Parameters:
    ///   - count: P
    ///   - seed: of the stream that is named after the direction
    public static func isotropic(_ name: String, count: Int, seed: UInt64) -> Direction {
        let normals = Tensor(RandomStream(seed: seed, purpose: "isotropic direction").part(name).normals(count))
        return Direction(name: name, vector: normals / normals.norm)
    }
}

/// What biases and the parameters of layer norms do along a filter-normalised direction.
public enum VectorParameters: String, Sendable, Codable, CaseIterable {
    /// They stay as they are, as in the figures of Li and others.
    case still
    /// Each tensor of them is one filter: the direction gets its norm.
    case scaled
}

extension Direction {
    /// A random direction whose filters have the norms of θ's filters: then the scale of the weights, which layer norms
    /// and ReLUs leave without meaning, does not decide how steep a loss looks (H. Li and others, “Visualizing the loss
    /// landscape of neural nets”, NeurIPS 2018, section 4).
    ///
    /// A filter is what feeds one output: a row of a weight matrix [out, in]; q, k and v of attention have rows of their
    /// own. Each tensor draws normal numbers from a stream named after direction and tensor, so that networks whose tables
    /// agree get the same numbers, each scaled by its own weights.
    ///
    /// - Parameter theta: [P]
    /// - Returns: v in θ's type; ε = 1 moves each filter by its own norm.
    public static func filterNormalised(
        _ name: String, to theta: Tensor, _ parameters: ParameterTable, vectors: VectorParameters = .still,
        seed: UInt64
    ) -> Direction {
        let stream = RandomStream(seed: seed, purpose: "filter-normalised direction").part(name)
        let parts = zip(parameters.entries, parameters.views(of: theta)).map { entry, weights -> Tensor in
            let isMatrix = entry.shape.count > 1
            if !isMatrix, vectors == .still { return weights * 0 }
            let filters = isMatrix ? entry.shape[0] : 1
            let normals = Tensor(stream.part(entry.name).normals(entry.count), shape: [filters, entry.count / filters])
            let lengths = weights.to(.float64).reshaped(normals.shape).rowNorms / normals.rowNorms  // [filters, 1]
            return (normals * lengths).to(theta.scalarType)
        }
        return Direction(name: name, vector: parameters.packed(parts))
    }
}

extension Tensor {
    /// ‖xᵢ‖ of the rows of a matrix, [n, 1].
    fileprivate var rowNorms: Tensor { squared().sum(1, keepingDimensions: true).sqrt() }
}
