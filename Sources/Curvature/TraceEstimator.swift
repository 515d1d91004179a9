import Support
import Torch

/// Estimates tr(A), ‖A‖²_F, the diagonal and the trace over parts of the parameters, until the trace's relative standard
/// error is small enough. All come from the same products, but for ‖A‖²_F by Krylov's way, which takes four more, or eight.
///
/// With random signs ω₁…ω_k, Y = AΩ = QR and P the projector on Q's range, A = PA + AP − PAP + (I−P)A(I−P), whose first
/// three terms are known exactly from AQ. The last is estimated by ωᵀ(I−P)A(I−P)ω with vectors that P does not depend
/// on: other ones (Hutch++), or with P₍ᵢ₎ made without ωᵢ, for each i in turn (XTrace; P₍ᵢ₎ = P − uᵢuᵢᵀ, uᵢ = Qsᵢ, sᵢ the
/// i-th column of R⁻ᵀ normalised). Hutchinson's estimator is that with P = 0.
///
/// Sources: Hutchinson, Commun. Stat. Simul. Comput. 19 (1990) 433; Meyer et al., SOSA 2021, arXiv:2010.09649; Epperly,
/// Tropp and Webber, SIAM J. Matrix Anal. Appl. 45 (2024) 1, arXiv:2301.07825. The split by parameters and the diagonal
/// are the same identities element by element.
///
/// Krylov's way has a file of its own, `KrylovTrace`.
///
/// Memory: 8n bytes a product (Hutchinson: none; Krylov: a vector of its space, and its rounded copy). Cost beside the products: O(k²n).
public struct TraceEstimator: Sendable {
    public var settings: TraceSettings
    /// The parts that the trace is split by.
    public var ranges: [NamedRange]

    /// - Parameter ranges: parts that the trace is split by, none by default
    public init(_ settings: TraceSettings = TraceSettings(), ranges: [NamedRange] = []) {
        self.settings = settings
        self.ranges = ranges
    }

    /// Vectors multiplied at once.
    private static let batch = 8

    /// Estimates, with ``TraceSettings/maximumProducts`` at the most. `progress` hears, after each round, the products made
    /// and the relative standard error.
    ///
    /// - Throws: ``CurvatureError``, ``CurvatureError/tooFewProducts(method:maximum:fewest:)`` for one; `Interrupted` on
    ///   Ctrl-C.
    public func callAsFunction(
        _ operator: some SymmetricOperator, progress: (Int, Double) -> Void = { _, _ in }
    ) throws -> TraceEstimate {
        let n = `operator`.dimension
        if n <= TraceEstimator.fewDimensions, n <= settings.maximumProducts, settings.method != .hutchinson {
            return try exact(`operator`)
        }
        guard settings.maximumProducts >= settings.method.fewestProducts else {
            throw CurvatureError.tooFewProducts(
                method: settings.method.rawValue, maximum: settings.maximumProducts,
                fewest: settings.method.fewestProducts)
        }
        if settings.method == .krylov {
            var trace = KrylovTrace(`operator`, settings, ranges)
            return try trace.estimate(`operator`, progress: progress)
        }
        var sketch = TraceSketch(`operator`, settings, ranges)
        while true {
            if Interruption.isRequested { throw Interrupted(state: nil) }
            try sketch.grow(`operator`, by: TraceEstimator.batch, atMost: settings.maximumProducts)
            let draws = sketch.draws(), trace = meanAndError(draws.map(\.trace))
            let error = trace.value == 0 ? trace.standardError : trace.standardError / abs(trace.value)
            progress(sketch.products, error)
            let converged = error <= settings.relativeError
            guard converged || !sketch.canGrow(settings.maximumProducts) else { continue }
            let (parts, diagonal) = sketch.parts()
            return TraceEstimate(
                value: trace.value, standardError: trace.standardError, products: sketch.products,
                converged: converged, squaredFrobeniusNorm: meanAndError(draws.map(\.squaredNorm)),
                parts: parts, diagonal: diagonal, forms: sketch.forms, formsContainError: false)
        }
    }

    /// So few that the axes are cheaper than signs, of which two can be the same.
    private static let fewDimensions = 64

    /// The diagonal by products with the axes.
    private func exact(_ operator: some SymmetricOperator) throws -> TraceEstimate {
        let n = `operator`.dimension
        let axes = (0..<n).map { axis in Tensor((0..<n).map { $0 == axis ? 1.0 : 0 }) }
        let columns: [Tensor], forms: [[Double]]
        if let sampled = `operator` as? any SampledOperator {
            (columns, forms) = sampled.productsAndForms(axes)
        } else {
            (columns, forms) = (`operator`.products(axes), [])
        }
        guard columns.allSatisfy(\.isFinite) else {
            throw CurvatureError.notFinite(what: "a product of the operator")
        }
        let diagonal = zip(axes, columns).map { $0.dot($1) }
        return TraceEstimate(
            value: diagonal.reduce(0, +), standardError: 0, products: n, converged: true,
            squaredFrobeniusNorm: (columns.reduce(0) { $0 + $1.dot($1) }, 0),
            parts: ranges.map { range in
                .init(
                    name: range.name, parameters: range.range.count, value: diagonal[range.range].reduce(0, +),
                    standardError: 0)
            }, diagonal: (Tensor(diagonal), .zeros([n], .float64)),
            // As the mean of n forms.
            forms: forms.map { $0.map { $0 * Double(n) } }, formsContainError: false)
    }
}
