import Foundation

/// Differences of two variants over seeds that they share: how large they are, and how surely they are not 0.
///
/// A seed's two trainings share initialisation, order and split, so that what a seed does to both cancels. The error is
/// that of the seeds: how far the mean would move with other seeds, on these test jets.
public struct PairedDifferences: Sendable, Codable, Equatable {
    /// One a seed: the second variant minus the first, or the logarithm of their ratio.
    public let values: [Double]
    public let mean: Double
    /// Over the seeds, with divisor n − 1.
    public let standardDeviation: Double
    /// t = mean/(s/√n); ±∞ where all differences are equal and not 0.
    public let t: Double
    /// The two-sided p-value of `t` with n − 1 degrees of freedom. It supposes differences of a normal distribution.
    public let pValue: Double
    /// The same question without that supposition.
    public let signFlip: SignFlipTest

    /// n.
    public var count: Int { values.count }
    /// s/√n.
    public var standardError: Double { standardDeviation / Double(count).squareRoot() }
    /// False where all differences are equal, but for rounding. An interval then has no width, and says nothing about
    /// other seeds.
    public var hasSpread: Bool { standardDeviation > 1e-12 * (values.map(abs).max() ?? 0) }

    /// Cost: that of ``SignFlipTest``.
    ///
    /// - Throws: ``StatisticsError/tooFewPairs(_:)`` for fewer than 2; ``StatisticsError/notFinite(name:index:)``.
    public init(_ values: [Double]) throws(StatisticsError) {
        guard values.count > 1 else { throw .tooFewPairs(values.count) }
        if let index = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(name: "difference", index: index) }
        self.values = values
        (mean, standardDeviation) = meanAndDeviation(values)
        let error = standardDeviation / Double(values.count).squareRoot()
        t = mean == 0 ? 0 : mean / error
        pValue = StudentT(degreesOfFreedom: Double(values.count - 1)).twoSidedProbability(beyond: t)
        signFlip = SignFlipTest(values)
    }

    /// The paired t interval of the mean difference, mean ± t·s/√n.
    public func interval(confidence: Double = 0.95) -> Estimate {
        let half = StudentT(degreesOfFreedom: Double(count - 1)).halfWidth(confidence: confidence) * standardError
        return Estimate(value: mean, lower: mean - half, upper: mean + half, confidence: confidence)
    }

    /// The one-sided p-value of “the true mean is at least `bound`”: P(T < (mean − bound)/(s/√n)); small where the mean is
    /// surely below.
    public func pValue(below bound: Double) -> Double { tail(mean - bound) }

    /// The one-sided p-value of “the true mean is at most `bound`”; small where the mean is surely above.
    public func pValue(above bound: Double) -> Double { tail(bound - mean) }

    /// P(T < distance/(s/√n)).
    private func tail(_ distance: Double) -> Double {
        guard distance != 0 else { return 0.5 }
        return StudentT(degreesOfFreedom: Double(count - 1)).probability(below: distance / standardError)
    }
}

/// The mean and the standard deviation with divisor n − 1 of at least two values; in two passes, so that no digits
/// cancel.
func meanAndDeviation(_ values: [Double]) -> (mean: Double, deviation: Double) {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot())
}
