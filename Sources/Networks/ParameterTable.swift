import Foundation
import Torch

/// Which parameters a network has and where each lies in one flat vector θ ∈ ℝᴾ.
///
/// A network is a function of that vector. So the optimiser is one update of one vector; a gradient, an eigenvector and
/// a perturbation θ + εν are the same kind of thing.
public struct ParameterTable: Sendable {
    /// One tensor of parameters.
    public struct Entry: Sendable {
        /// PyTorch's name for it in a `state_dict`.
        public let name: String
        public let shape: [Int]
        /// Where it starts in the flat vector.
        public let offset: Int
        /// How it is drawn before training.
        public let initialisation: Initialisation
        /// How many numbers it holds.
        public var count: Int { shape.reduce(1, *) }
    }

    /// How a tensor of parameters is drawn before training.
    public enum Initialisation: Sendable {
        case constant(Double)
        /// Uniform in [−bound, bound].
        case uniform(bound: Double)

        /// PyTorch's default for `Linear`: U(−1/√fanIn, 1/√fanIn), weights and biases alike.
        static func linear(fanIn: Int) -> Initialisation { .uniform(bound: 1 / Double(fanIn).squareRoot()) }

        /// Xavier's: U(−b, b) with b = √(6/(fanIn + fanOut)).
        static func xavier(fanIn: Int, fanOut: Int) -> Initialisation {
            .uniform(bound: (6 / Double(fanIn + fanOut)).squareRoot())
        }
    }

    /// The tensors in the order of PyTorch's `state_dict`.
    public private(set) var entries: [Entry] = []

    /// P, the number of parameters.
    public private(set) var count = 0

    /// A table without entries.
    public init() {}

    /// Adds a tensor of parameters behind the others.
    public mutating func append(_ name: String, _ shape: [Int], _ initialisation: Initialisation) {
        let entry = Entry(name: name, shape: shape, offset: count, initialisation: initialisation)
        entries.append(entry)
        count += entry.count
    }

    mutating func appendLinear(_ name: String, from fanIn: Int, to fanOut: Int, zeroBias: Bool = false) {
        append("\(name).weight", [fanOut, fanIn], .linear(fanIn: fanIn))
        append("\(name).bias", [fanOut], zeroBias ? .constant(0) : .linear(fanIn: fanIn))
    }

    /// A PyTorch `Sequential` of `Linear` layers between these widths, with a `ReLU` after each but the last.
    mutating func appendLayers(_ name: String, _ widths: [Int]) {
        for layer in 0..<widths.count - 1 {
            appendLinear("\(name).\(2 * layer)", from: widths[layer], to: widths[layer + 1])
        }
    }

    mutating func appendLayerNorm(_ name: String, width: Int) {
        append("\(name).weight", [width], .constant(1))
        append("\(name).bias", [width], .constant(0))
    }

    /// The entry of that name.
    public subscript(name: String) -> Entry? { entries.first { $0.name == name } }

    /// The entries that `isIncluded` holds for, side by side in a flat vector of their own.
    public func restricted(to isIncluded: (Entry) -> Bool) -> ParameterTable {
        var table = ParameterTable()
        for entry in entries where isIncluded(entry) { table.append(entry.name, entry.shape, entry.initialisation) }
        return table
    }

    /// Initial parameters, float [P]. Each tensor draws from a stream named after it.
    ///
    /// - Parameter rename: the name whose stream a tensor draws from; by default its own.
    public func initialised(seed: UInt64, drawingAs rename: (String) -> String = { $0 }) -> Tensor {
        let stream = RandomStream(seed: seed, purpose: "initialisation")
        var theta: [Float] = []
        theta.reserveCapacity(count)
        for entry in entries {
            switch entry.initialisation {
            case .constant(let value): theta += Array(repeating: Float(value), count: entry.count)
            case .uniform(let bound):
                theta += stream.part(rename(entry.name)).uniforms(entry.count).map { Float(bound * (2 * $0 - 1)) }
            }
        }
        return Tensor(theta)
    }

    /// The tensors of a flat vector, sharing its memory. Differentiate with respect to these, then ``packed(_:)``: the
    /// backward pass then allocates no zeros of length P.
    public func variables(of theta: Tensor) -> [Tensor] {
        entries.map { theta.narrowed(0, from: $0.offset, length: $0.count).reshaped($0.shape).asVariable() }
    }

    /// The tensors of a flat vector as part of a computation that is differentiated with respect to the vector.
    public func views(of theta: Tensor) -> [Tensor] {
        zip(theta.split(entries.map(\.count)), entries).map { $0.reshaped($1.shape) }
    }

    /// One flat vector of tensors in the table's order.
    public func packed(_ tensors: [Tensor]) -> Tensor {
        Tensor.concatenated(zip(tensors, entries).map { $0.reshaped($1.count) })
    }
}
