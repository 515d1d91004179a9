import Foundation

/// What several statistics are on the sample and on a bootstrap's resamples, the same resamples for all of them: from
/// it, errors of each and of anything computed from them, a difference of two models above all.
public struct BootstrapDistribution: Sendable, Codable, Equatable {
    /// [K], the statistics of the sample itself.
    public let estimate: [Double]
    /// [B][K], those of each resample.
    public let replicates: [[Double]]
    /// [J][K], those of the sample without each of J groups; empty where only percentile intervals are wanted.
    public let jackknife: [[Double]]

    /// - Precondition: there are replicates, and all rows have K figures.
    public init(estimate: [Double], replicates: [[Double]], jackknife: [[Double]] = []) {
        precondition(
            !replicates.isEmpty && (replicates + jackknife).allSatisfy { $0.count == estimate.count },
            "\(replicates.count) replicates of \(estimate.count) statistics")
        self.estimate = estimate
        self.replicates = replicates
        self.jackknife = jackknife
    }

    /// How an interval is read off the replicates.
    public enum IntervalMethod: Sendable {
        /// Bias-corrected and accelerated: second-order correct, and the same for any increasing function of the
        /// statistic. The default: areas near 1 and background rejections have skew distributions.
        case biasCorrectedAccelerated
        /// The replicates' own quantiles.
        case percentile
    }

    /// The interval of a quantity computed from the K statistics.
    ///
    /// BCa: with z₀ = Φ⁻¹ of the fraction of replicates below the estimate (half of those equal to it) and the
    /// acceleration a = Σ Lⱼ³/(6 (Σ Lⱼ²)^{3/2}), Lⱼ the jackknife's mean minus its jth value, the ends are the replicates'
    /// quantiles at Φ(z₀ + (z₀ ± z)/(1 − a(z₀ ± z))). Without a jackknife a is 0. Quantiles are interpolated linearly.
    /// Source: B. Efron, J. Am. Stat. Assoc. 82 (1987) 171. Cost: O(B log B).
    public func interval(
        confidence: Double = 0.95, method: IntervalMethod = .biasCorrectedAccelerated,
        of quantity: ([Double]) -> Double
    ) -> Estimate {
        let value = quantity(estimate), sorted = replicates.map(quantity).sorted()
        let z = StandardNormal.halfWidth(confidence: confidence)
        func level(_ z: Double) -> Double {
            guard method == .biasCorrectedAccelerated else { return StandardNormal.probability(below: z) }
            let count = Double(sorted.count)
            let below = Double(sorted.count { $0 < value }) + Double(sorted.count { $0 == value }) / 2
            // A fraction of 0 or 1 is only known to be nearer to it than half a replicate.
            let z0 = StandardNormal.quantile(min(max(below, 0.5), count - 0.5) / count)
            let shifted = z0 + z, bent = 1 - acceleration(quantity) * shifted
            // The formula's pole: reached by very few units only.
            return bent > 0 ? StandardNormal.probability(below: z0 + shifted / bent) : shifted > 0 ? 1 : 0
        }
        return Estimate(
            value: value, lower: quantile(level(-z), of: sorted), upper: quantile(level(z), of: sorted),
            confidence: confidence)
    }

    /// The interval of statistic `index`.
    public func interval(
        _ index: Int, confidence: Double = 0.95, method: IntervalMethod = .biasCorrectedAccelerated
    ) -> Estimate {
        interval(confidence: confidence, method: method) { $0[index] }
    }

    /// The interval of statistic `first` minus statistic `second`, on the same resamples.
    public func difference(
        _ first: Int, _ second: Int, confidence: Double = 0.95, method: IntervalMethod = .biasCorrectedAccelerated
    ) -> Estimate {
        interval(confidence: confidence, method: method) { $0[first] - $0[second] }
    }

    /// The two-sided p-value of “the quantity is 0”: twice the fraction of replicates on the far side of 0, or at it,
    /// with one more counted on it, so that B resamples never give less than 2/(B + 1); at most 1.
    public func pValue(of quantity: ([Double]) -> Double) -> Double {
        let values = replicates.map(quantity)
        let least = min(values.count { $0 <= 0 }, values.count { $0 >= 0 })
        return min(1, 2 * Double(least + 1) / Double(values.count + 1))
    }

    /// [K][K], the statistics' covariances over the resamples, with divisor B − 1: how far they move together with other
    /// test jets. For ``SeedVariance``.
    public var covariance: [[Double]] {
        let count = Double(replicates.count)
        let means = estimate.indices.map { k in replicates.reduce(0) { $0 + $1[k] } / count }
        return estimate.indices.map { i in
            estimate.indices.map { j in
                replicates.reduce(0) { $0 + ($1[i] - means[i]) * ($1[j] - means[j]) } / (count - 1)
            }
        }
    }

    /// The standard deviation over the resamples.
    public func standardError(of quantity: ([Double]) -> Double) -> Double {
        meanAndDeviation(replicates.map(quantity)).deviation
    }

    /// a, the skewness of the quantity's jackknife values over 6; 0 where they don't differ or aren't finite.
    private func acceleration(_ quantity: ([Double]) -> Double) -> Double {
        let values = jackknife.map(quantity)
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let cubes = values.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
        return squares > 0 && squares.isFinite ? cubes / (6 * squares * squares.squareRoot()) : 0
    }
}

/// The quantile of rising values, interpolated linearly between the order statistics at p(n − 1).
func quantile(_ probability: Double, of sorted: [Double]) -> Double {
    let place = probability * Double(sorted.count - 1), index = Int(place)
    let fraction = place - Double(index)
    guard fraction > 0, sorted[index] != sorted[index + 1], sorted[index].isFinite else { return sorted[index] }
    return sorted[index] + fraction * (sorted[index + 1] - sorted[index])
}
