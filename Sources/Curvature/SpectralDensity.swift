import Foundation
import Support
import Torch

/// The density of an operator's eigenvalues by stochastic Lanczos quadrature: for random signs z, m steps of Lanczos from
/// z/√n give nodes θᵢ and weights τᵢ² (first components of T's eigenvectors, squared), with which
/// (1/n) Σ f(λ) ≈ mean over z of Σᵢ τᵢ² f(θᵢ), exactly for polynomials of degree up to 2m − 1.
///
/// Sources: Golub and Welsch, Math. Comput. 23 (1969) 221; Ubaru, Chen and Saad, SIAM J. Matrix Anal. Appl. 38 (2017)
/// 1075; for networks Ghorbani, Krishnan and Xiao, ICML 2019.
public struct SpectralDensity: Sendable, Codable, Equatable {
    /// n.
    public let dimension: Int
    /// One rule a probe.
    public let rules: [Rule]
    /// Products that it took.
    public let products: Int

    /// Nodes in ascending order and weights that add up to 1.
    public struct Rule: Sendable, Codable, Equatable {
        public let nodes: [Double]
        public let weights: [Double]

        /// Σ τᵢ² f(θᵢ).
        public func mean(_ f: (Double) -> Double) -> Double { zip(nodes, weights).reduce(0) { $0 + $1.1 * f($1.0) } }
    }

    /// How a density is found.
    public struct Settings: Sendable, Codable, Hashable {
        /// Random vectors.
        public var probes = 6
        /// Lanczos steps, products, for each.
        public var steps = 40
        public var seed: UInt64 = 1

        /// Six random vectors, 40 steps each.
        public init() {}
    }

    /// Runs the iterations side by side, so that their products share what they can. Memory: 8n bytes a product.
    /// `progress` hears the products made.
    ///
    /// - Throws: ``CurvatureError``; `Interrupted` on Ctrl-C.
    public init(
        of operator: some SymmetricOperator, _ settings: Settings = Settings(), progress: (Int) -> Void = { _ in }
    ) throws {
        let n = `operator`.dimension, steps = min(settings.steps, n)
        let stream = RandomStream(seed: settings.seed, purpose: "spectral density")
        var states = try (0..<settings.probes).map { probe in
            try LanczosState(dimension: n, first: Tensor(stream.signs(n, epoch: UInt32(probe))), stream)
        }
        var made = 0
        for _ in 0..<steps {
            if Interruption.isRequested { throw Interrupted(state: nil) }
            let products = `operator`.products(states.map { $0.nextBlock(1)[0] })
            guard products.allSatisfy(\.isFinite) else {
                throw CurvatureError.notFinite(what: "a product of the operator")
            }
            for index in states.indices { try states[index].append([products[index]]) }
            made += products.count
            progress(made)
        }
        dimension = n
        products = made
        rules = states.map { state in
            let ritz = state.ritz()
            return Rule(nodes: ritz.values, weights: ritz.values.indices.map { pow(ritz.vectors[$0], 2) })
        }
    }

    /// n times the mean over probes of a rule's mean of f, with its standard error: an estimate of Σ f(λ).
    public func sum(_ f: (Double) -> Double) -> (value: Double, standardError: Double) {
        let (value, error) = meanAndError(rules.map { $0.mean(f) })
        return (Double(dimension) * value, Double(dimension) * error)
    }

    /// Σ λᵏ: the trace for k = 1, ‖A‖²_F for k = 2.
    public func moment(_ k: Int) -> (value: Double, standardError: Double) { sum { pow($0, Double(k)) } }

    /// Σ λ/(λ + α) over the positive eigenvalues, the effective number of parameters that the data determine against a
    /// prior of precision α (MacKay 1992). Negative eigenvalues count as 0.
    public func effectiveDimension(_ alpha: Double) -> (value: Double, standardError: Double) {
        sum { $0 > 0 ? $0 / ($0 + alpha) : 0 }
    }

    /// The fraction of eigenvalues below `bound`.
    public func fraction(below bound: Double) -> (value: Double, standardError: Double) {
        meanAndError(rules.map { $0.mean { $0 < bound ? 1 : 0 } })
    }

    /// The smallest and the largest node.
    public var range: ClosedRange<Double> {
        let nodes = rules.flatMap(\.nodes)
        return nodes.min()!...nodes.max()!
    }

    /// The density, per unit of λ, smoothed with a Gaussian of the width given, at each of the points, with standard
    /// errors.
    public func density(at points: [Double], width: Double) -> [(value: Double, standardError: Double)] {
        let norm = 1 / (width * (2 * Double.pi).squareRoot())
        return points.map { point in
            meanAndError(rules.map { $0.mean { norm * exp(-pow(($0 - point) / width, 2) / 2) } })
        }
    }
}
