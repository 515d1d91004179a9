import Foundation
import Support
import Torch

/// Eigenpairs of a symmetric operator by block Lanczos iteration with full reorthogonalisation (Lanczos 1950; Golub and
/// Underwood 1977).
///
/// A Krylov basis Q is built from random vectors; T = QᵀAQ, kept whole, gives Ritz values θ and vectors Qs, whose
/// residuals ‖A(Qs) − θ(Qs)‖ are known before the vectors are made. The iteration ends when those of all wanted pairs
/// are small enough; the pairs are then made and their residuals measured with products of their own. Where the basis
/// becomes invariant, it goes on with a random vector outside. An eigenvalue of multiplicity m needs a block of m, or as
/// many steps as rounding needs to bring out its copies.
///
/// Memory: 8n bytes a product. Cost beside the products: two passes over the basis a step.
public struct Lanczos: Sendable {
    /// How many pairs from the upper and lower end of the spectrum, by value.
    public var largest = 1, smallest = 0
    /// How many of largest |λ|, in the place of the ends.
    public var largestMagnitude = 0
    /// A pair is converged when its residual is below `tolerance`·|λ|, or below what products are rounded to.
    public var tolerance = 1e-4
    /// Products at the most, those that measure residuals not counted.
    public var maximumProducts = 300
    /// Vectors multiplied at once. Part of what a result depends on.
    public var blockSize = 1
    /// Of the first vectors.
    public var seed: UInt64 = 1
    /// Where the iteration's state goes, so that it goes on after an end; nil keeps none.
    public var folder: String?
    /// What the state belongs to: weights, jets, objective.
    public var identity = ""

    /// The largest pair, to a residual of 1e-4 |λ|, in at most 300 products; no state is kept.
    public init() {}

    /// What an iteration found.
    public struct Result: Sendable {
        /// The wanted pairs, in descending order of λ, or of |λ| where that was asked for.
        public let pairs: [Eigenpair]
        /// For each pair and slice the form νᵀ Aₛ ν, where the operator is a mean over samples; else empty.
        public let forms: [[Double]]
        /// Products that the iteration took; as many more as there are pairs measured the residuals.
        public let products: Int
        /// Whether all pairs are converged.
        public var converged: Bool { pairs.allSatisfy(\.converged) }
        /// Further Ritz values, in ascending order: rough but for the outlying ones.
        public let ritzValues: [Double]
    }

    /// Iterates. `progress` hears, after each step, the products made and the largest relative residual of the wanted
    /// pairs (infinite before there are as many).
    ///
    /// - Throws: ``CurvatureError``; `FileError` where the state can't be written; `Interrupted` on Ctrl-C, after saving.
    public func callAsFunction(
        _ operator: some SymmetricOperator, progress: (Int, Double) throws -> Void = { _, _ in }
    ) throws -> Result {
        let n = `operator`.dimension, wanted = max(largest + smallest, largestMagnitude)
        precondition(wanted > 0 && blockSize > 0, "an iteration needs something to look for")
        guard wanted <= n else { throw CurvatureError.tooManyEigenpairs(wanted: wanted, dimension: n) }
        var state = try LanczosState(dimension: n, block: min(blockSize, n), seed: seed, folder: folder, identity)
        while true {
            let ritz = state.ritz()
            let chosen = choose(ritz.values)
            let residuals = chosen.map { state.residual(of: ritz, $0) / goal(ritz.values[$0], ritz.values, `operator`) }
            let worst = ritz.values.count < wanted ? .infinity : residuals.max() ?? .infinity
            try progress(state.columns, worst * tolerance)
            if worst <= 1 || state.columns >= n || state.columns >= maximumProducts {
                let result = try finish(state, ritz, chosen, `operator`)
                state.removeFiles()
                return result
            }
            if Interruption.isRequested { throw Interrupted(state: folder) }
            let block = state.nextBlock(n - state.columns)
            let products = `operator`.products(block)
            guard products.allSatisfy(\.isFinite) else {
                throw CurvatureError.notFinite(what: "a product of the operator")
            }
            try state.append(products)
        }
    }

    /// What a pair's residual is to be below.
    private func goal(_ value: Double, _ all: [Double], _ operator: some SymmetricOperator) -> Double {
        let scale = all.map(abs).max() ?? 0
        return max(tolerance * abs(value), `operator`.rounding * scale, .leastNormalMagnitude)
    }

    /// Which Ritz values are wanted, from all in ascending order.
    private func choose(_ values: [Double]) -> [Int] {
        if largestMagnitude > 0 {
            return Array(values.indices.sorted { abs(values[$0]) > abs(values[$1]) }.prefix(largestMagnitude))
        }
        let upper = values.indices.suffix(largest).reversed()
        return upper + values.indices.prefix(smallest).filter { !upper.contains($0) }.reversed()
    }

    private func finish(
        _ state: LanczosState, _ ritz: LanczosState.Ritz, _ chosen: [Int], _ operator: some SymmetricOperator
    ) throws -> Result {
        let vectors = chosen.map { index in oriented(state.vector(of: ritz, index)) }
        let products: [Tensor], forms: [[Double]]
        if let sampled = `operator` as? any SampledOperator {
            (products, forms) = sampled.productsAndForms(vectors)
        } else {
            (products, forms) = (`operator`.products(vectors), [])
        }
        let pairs = zip(vectors, products).map { vector, product in
            let value = vector.dot(product), residual = (product - vector * value).norm
            return Eigenpair(
                value: value, vector: vector, residual: residual,
                // The measured residual has the products' own rounding beside the iteration's.
                converged: residual <= 1.5 * goal(value, ritz.values, `operator`))
        }
        return Result(
            pairs: pairs, forms: forms, products: state.columns,
            ritzValues: ritz.values.indices.filter { !chosen.contains($0) }.map { ritz.values[$0] })
    }

    /// ±ν/‖ν‖, the component of largest magnitude positive (the first of equals).
    private func oriented(_ vector: Tensor) -> Tensor {
        let largest = vector.withElements(Double.self) { elements in
            elements.max { abs($0) < abs($1) } ?? 1
        }
        return vector / (largest < 0 ? -vector.norm : vector.norm)
    }
}
