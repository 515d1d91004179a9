/// The difference between two models' areas under the ROC curve on the same jets, by DeLong's paired test.
///
/// The models share the jets, so their areas fluctuate together: Var(A₁ − A₂) = Var(A₁) + Var(A₂) − 2·Cov(A₁, A₂),
/// the covariance being that of the placements (see ``AreaUnderROC``). It says how far the difference would move
/// with other test jets, not how far with another training. Source: DeLong et al., Biometrics 44 (1988) 837.
public struct PairedAreas: Sendable, Codable, Equatable {
    public let first: AreaUnderROC
    public let second: AreaUnderROC
    /// Cov(A₁, A₂).
    public let covariance: Double
    /// A₁ − A₂.
    public var difference: Double { first.value - second.value }
    /// √Var(A₁ − A₂).
    public let standardError: Double
    /// (A₁ − A₂)/√Var(A₁ − A₂), standard normal where the true areas are equal; 0 for equal placements.
    public let z: Double
    /// The two-sided p-value of `z`.
    public var pValue: Double { StandardNormal.twoSidedProbability(beyond: z) }

    /// Compares two models' scores of the same jets in the same order. Cost: O(n log n) time, O(n) memory.
    ///
    /// - Throws: ``StatisticsError`` where the labels differ, a class has fewer than two jets, or two different areas
    ///   have no variance (both at 0, ½ or 1 by perfect separation or ties).
    public init(_ first: ScoredJets, _ second: ScoredJets) throws(StatisticsError) {
        try first.requireSameJets(as: second)
        try self.init(try Placements(first), try Placements(second))
    }

    init(_ a: Placements, _ b: Placements) throws(StatisticsError) {
        first = AreaUnderROC(a)
        second = AreaUnderROC(b)
        covariance = a.covariance(with: b)
        // Of the differences themselves: near-equal models would cancel most digits of the sum above.
        let variance = a.varianceOfDifference(from: b)
        standardError = variance.squareRoot()
        let difference = first.value - second.value
        guard variance > 0 || difference == 0 else { throw .noVariance(first: a.area, second: b.area) }
        z = difference == 0 ? 0 : difference / standardError
    }

    /// The interval of A₁ − A₂, symmetric: difference ± z·σ.
    public func interval(confidence: Double = 0.95) -> Estimate {
        let half = StandardNormal.halfWidth(confidence: confidence) * standardError
        return Estimate(
            value: difference, lower: difference - half, upper: difference + half, confidence: confidence)
    }
}
