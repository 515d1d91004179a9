/// The two errors of a figure that several seeds' trainings have on the same test jets: the seeds', and the test jets',
/// apart.
///
/// Seed i's value is xᵢ = A + bᵢ + eᵢ: bᵢ is what the seed does, with variance σ²; eᵢ what the choice of test jets
/// does, with covariances Cᵢⱼ (DeLong's, or a bootstrap's). With v the mean of the diagonal of C and c that of the rest,
/// the variance over seeds s² estimates σ² + v − c. For what the seeds share of the test jets' fluctuation moves all of
/// them alike: it is not in s², and doesn't shrink with more seeds.
public struct SeedVariance: Sendable, Codable, Equatable {
    /// One a seed.
    public let values: [Double]
    public let mean: Double
    /// s, over the seeds, with divisor n − 1: what stands behind ± in the tables.
    public let seedStandardDeviation: Double
    /// √v, the error that a single seed's value has from the number of test jets.
    public let testSetStandardError: Double
    /// √c, the part of it that all seeds share and their mean keeps; c may be estimated as negative, and is then 0 here.
    public let sharedTestSetError: Double
    /// s² − (v − c), an estimate of σ²: the variance over seeds without what test jets add to it. Negative where the
    /// seeds differ less than test jets alone would let them.
    public let netSeedVariance: Double

    /// √(v/n + c(n−1)/n), the error that the mean over the seeds has from the number of test jets.
    public let testSetErrorOfMean: Double

    /// √(s²/n): how far the mean would move with other seeds, on the same test jets.
    public var standardErrorOfSeeds: Double { seedStandardDeviation / Double(values.count).squareRoot() }
    /// √(s²/n + c): how far the mean would move with other seeds and other test jets.
    public var standardErrorOfMean: Double {
        (standardErrorOfSeeds * standardErrorOfSeeds + sharedTestSetError * sharedTestSetError).squareRoot()
    }

    /// - Parameters:
    ///   - values: one a seed
    ///   - covariance: of the values from the test jets, [n][n], as in ``AreasUnderROC/covariance`` or
    ///     ``BootstrapDistribution/covariance``
    /// - Throws: ``StatisticsError`` where there are fewer than 2 seeds or a value is not finite.
    /// - Precondition: the covariance has n rows of n.
    public init(values: [Double], covariance: [[Double]]) throws(StatisticsError) {
        precondition(
            covariance.count == values.count && covariance.allSatisfy { $0.count == values.count },
            "a covariance of \(covariance.count) rows for \(values.count) seeds")
        guard values.count > 1 else { throw .tooFewPairs(values.count) }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(name: "the value of seed", index: index)
        }
        let n = Double(values.count)
        let diagonal = covariance.indices.reduce(0) { $0 + covariance[$1][$1] }
        let all = covariance.reduce(0) { $0 + $1.reduce(0, +) }
        let own = diagonal / n, shared = (all - diagonal) / (n * (n - 1))
        self.values = values
        (mean, seedStandardDeviation) = meanAndDeviation(values)
        testSetStandardError = max(0, own).squareRoot()
        sharedTestSetError = max(0, shared).squareRoot()
        testSetErrorOfMean = max(0, all / (n * n)).squareRoot()
        netSeedVariance = seedStandardDeviation * seedStandardDeviation - (own - shared)
    }
}
