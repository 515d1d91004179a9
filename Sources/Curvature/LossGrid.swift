import Objectives
import Support
import Torch

/// An objective, term by term, on a grid of points θ + ε₁v₁ (a curve) or θ + ε₁v₁ + ε₂v₂ (a surface).
public struct LossGrid: Sendable, Codable, Equatable {
    /// One axis for a curve, two for a surface.
    public let axes: [Axis]
    /// The mean over the samples of each term, without its weight.
    public let terms: [Term]
    /// The weighted sum of the terms, one value a point.
    public let total: [Double]
    /// ‖θ‖: ε in its units is ε‖v‖/‖θ‖.
    public let parameterNorm: Double
    /// How many samples the means are over.
    public let samples: Int

    /// A direction and how far along it one goes.
    public struct Axis: Sendable, Codable, Equatable {
        public let direction: String
        public let eigenvalue: Double?
        /// ‖v‖, 1 for an eigenvector.
        public let norm: Double
        /// The values of ε, ascending.
        public let steps: [Double]
    }

    /// A term's values.
    public struct Term: Sendable, Codable, Equatable {
        public let name: String
        public let weight: Double
        /// One a point; the first axis' ε runs fastest.
        public let values: [Double]
    }

    /// The values of the term of that name, or of `total`; nil where there is none.
    public subscript(name: String) -> [Double]? {
        name == "total" ? total : terms.first { $0.name == name }?.values
    }

    /// The first axis' steps in units of ‖θ‖.
    public func relativeSteps(_ axis: Int = 0) -> [Double] {
        axes[axis].steps.map { $0 * axes[axis].norm / parameterNorm }
    }

    /// Measures an objective on the grid. Each point is kept in a file as soon as it is there.
    /// Cost: a forward pass over the samples a point.
    ///
    /// - Parameters:
    ///   - theta: [P]
    ///   - directions: one or two, with the steps along each
    ///   - identity: a digest of what the objective, θ, samples and directions are
    /// - Throws: `FileError`, `Interrupted`.
    public init(
        of objective: some Objective, at theta: Tensor, samples: [Int],
        along directions: [(direction: Direction, steps: [Double])], reducer: Reducer, label: String? = nil,
        keptIn path: String? = nil, identity: String = ""
    ) throws {
        precondition((1...2).contains(directions.count), "a grid has one or two axes, not \(directions.count)")
        axes = directions.map {
            Axis(
                direction: $0.direction.name, eigenvalue: $0.direction.eigenvalue, norm: $0.direction.norm,
                steps: $0.steps)
        }
        parameterNorm = theta.to(.float64).norm
        self.samples = samples.count
        let columns = directions[0].steps.count, count = directions.reduce(1) { $0 * $1.steps.count }
        let points = try inPieces(count, label: label, keptIn: path, identity: identity) { point -> [Double] in
            let places = [point % columns, point / columns]
            let moved = zip(directions, places).reduce(theta) { $1.0.direction.moving($0, by: $1.0.steps[$1.1]) }
            return reducer.value(objective, at: moved, samples: samples).terms
        }
        terms = objective.terms.enumerated().map { place, term in
            Term(name: term.name, weight: term.weight, values: points.map { $0[place] })
        }
        total = points.map { point in zip(point, objective.terms).reduce(0) { $0 + $1.0 * $1.1.weight } }
    }

    /// An odd number of evenly spaced steps from −`range` to `range`, with 0 in their middle.
    ///
    /// - Precondition: `count` is odd and at least 3.
    public static func symmetricSteps(_ range: Double, count: Int) -> [Double] {
        precondition(count >= 3 && count % 2 == 1, "\(count) steps have no 0 in their middle")
        let half = count / 2
        return (-half...half).map { range * (Double($0) / Double(half)) }
    }
}

/// The first orders of an objective's terms along a direction: L(θ + εv) = L + L′ε + ½L″ε² + …, exact to rounding.
public struct LossExpansion: Sendable, Codable, Equatable {
    /// The term, or `total`.
    public let name: String
    /// L′ = ⟨∇L, v⟩.
    public let slope: Double
    /// L″ = vᵀHv; λ where v is the Hessian's unit eigenvector.
    public let curvature: Double

    /// Of each term with weight 1, and of their weighted sum. Cost: a gradient and a Hessian product a term.
    ///
    /// - Parameters: as for ``LossGrid``
    public static func of(
        _ objective: some Objective, at theta: Tensor, samples: [Int], along direction: Direction, reducer: Reducer,
        label: String? = nil, keptIn path: String? = nil, identity: String = ""
    ) throws -> [LossExpansion] {
        let vector = direction.vector.to(theta.scalarType), exact = direction.vector.to(.float64)
        let terms = objective.terms
        let orders = try inPieces(
            terms.count, label: label, unit: "terms", keptIn: path, identity: identity
        ) { place -> [Double] in
            let term = ReweightedObjective(objective, onlyTerm: place)
            let gradient = Accumulator(count: theta.count)
            _ = reducer.gradient(term, at: theta, samples: samples, into: gradient)
            let product = reducer.hessianProducts(term, at: theta, samples: samples, [vector])[0]
            return [gradient, product].map { Tensor($0.values).dot(exact) }
        }
        let total = (0..<2).map { order in
            zip(orders, terms).reduce(0) { $0 + $1.0[order] * $1.1.weight }
        }
        return zip(terms.map(\.name) + ["total"], orders + [total]).map {
            LossExpansion(name: $0, slope: $1[0], curvature: $1[1])
        }
    }
}

extension LossGrid {
    /// How unlike the two sides of a curve are at each step ε > 0: its odd part over its even one,
    /// (L(ε) − L(−ε)) / (L(ε) + L(−ε) − 2L(0)); 0 for a parabola about a minimum, ±1 where one side stays level.
    ///
    /// - Parameter name: a term, or `total`
    /// - Precondition: the grid is a curve with symmetric steps (``symmetricSteps(_:count:)``).
    public func asymmetries(of name: String) -> [Double] {
        let values = self[name]!, middle = values.count / 2
        precondition(axes.count == 1 && axes[0].steps[middle] == 0, "sides need a curve about ε = 0")
        return (1...middle).map { step in
            let up = values[middle + step], down = values[middle - step]
            return (up - down) / (up + down - 2 * values[middle])
        }
    }
}
