/// How many eigenvalues stand apart from the rest.
///
/// A trained classifier's Hessian has a few large eigenvalues, about as many as there are classes to tell apart, above a
/// dense rest (L. Sagun and others, 2017; V. Papyan, 2019). They are counted by the widest gap: of the leading
/// eigenvalues λ₁ ≥ … ≥ λ_K > 0, the outlying ones are those before the largest ratio λₖ/λₖ₊₁. It is a matter of the K
/// that were computed: at least three, and more than are to be found.
public struct OutlyingModes: Sendable, Codable, Equatable {
    /// How many eigenvalues lie above the gap.
    public let count: Int
    /// λₖ/λₖ₊₁ across it.
    public let gap: Double
    /// K, the positive eigenvalues looked at.
    public let eigenvalues: Int

    /// Nil where fewer than three eigenvalues are positive.
    public init?(_ eigenvalues: [Double]) {
        let leading = eigenvalues.filter { $0 > 0 }.sorted(by: >)
        guard leading.count >= 3 else { return nil }
        let ratios = zip(leading, leading.dropFirst()).map { $0 / $1 }
        let widest = ratios.indices.max { ratios[$0] < ratios[$1] }!
        count = widest + 1
        gap = ratios[widest]
        self.eigenvalues = leading.count
    }
}
