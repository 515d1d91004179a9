import Networks
import Torch

/// An objective with other weights: to look at one of its terms alone, for example.
public struct ReweightedObjective<Base: Objective>: Objective {
    public let base: Base
    /// One for each of the base's terms.
    public let weights: [Double]

    /// - Precondition: there is a weight for each term.
    public init(_ base: Base, weights: [Double]) {
        precondition(weights.count == base.terms.count, "\(weights.count) weights for \(base.terms.count) terms")
        self.base = base
        self.weights = weights
    }

    /// The term at a place alone, with weight 1.
    public init(_ base: Base, onlyTerm place: Int) {
        self.init(base, weights: base.terms.indices.map { $0 == place ? 1 : 0 })
    }

    public var parameters: ParameterTable { base.parameters }
    public var terms: [TermDescription] { zip(base.terms, weights).map { .init(name: $0.name, weight: $1) } }
    public var sampleCount: Int { base.sampleCount }
    public var device: Device { base.device }

    public func means(_ theta: [Tensor], samples: [Int], _ mode: EvaluationMode) -> [Tensor] {
        base.means(theta, samples: samples, mode)
    }
}
