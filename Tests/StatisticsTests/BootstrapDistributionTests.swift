import Foundation
import Statistics
import Testing

struct BootstrapDistributionTests {
    /// Replicates exp(sin i), i = 0…199, of an estimate 1.1, with jackknife values cos(j²)/10, j = 0…29.
    private let distribution = BootstrapDistribution(
        estimate: [1.1], replicates: (0..<200).map { [exp(sin(Double($0)))] },
        jackknife: (0..<30).map { [0.1 * cos(Double($0 * $0))] })

    /// numpy.quantile at the levels that scipy.stats.norm gives (NumPy 2.4, SciPy 1.17): for BCa at z0 = 0.0753 and
    /// a = 0.01162.
    @Test func `Intervals are those of NumPy and SciPy`() {
        func check(_ interval: Estimate, _ lower: Double, _ upper: Double) {
            #expect(close(interval.lower, lower, 1e-10) && close(interval.upper, upper, 1e-10))
            #expect(interval.value == 1.1)
        }
        check(distribution.interval(0, method: .percentile), 0.3689216160900588, 2.7087909658674945)
        check(distribution.interval(0, confidence: 0.8, method: .percentile), 0.38719460862218946, 2.575384102555224)
        check(distribution.interval(0), 0.3706430418407887, 2.7123058818030126)
        check(distribution.interval(0, confidence: 0.8), 0.40158404071831594, 2.649854676374229)
        #expect(close(distribution.standardError { $0[0] }, 0.8245466808687387))
        #expect(close(distribution.covariance[0][0], 0.8245466808687387 * 0.8245466808687387))
        #expect(close(distribution.pValue { $0[0] - 1.5 }, 0.746268656716418))
    }

    /// BCa's ends turn with any increasing function; a symmetric interval's would not.
    @Test func `Respects transformations`() {
        let plain = distribution.interval(0), logarithm = distribution.interval { log($0[0]) }
        // Exact but for the interpolation between order statistics, and the acceleration, which is the function's own.
        #expect(abs(exp(logarithm.lower) - plain.lower) < 0.02 && abs(exp(logarithm.upper) - plain.upper) < 0.02)
    }

    /// The mean of 25 exponential numbers: its distribution is skew, and BCa covers better than percentiles on the side
    /// where the long tail is.
    @Test func `BCa follows skewness`() throws {
        var random = SplitMix(state: 77)
        var missed = (bca: (low: 0, high: 0), percentile: (low: 0, high: 0))
        let repetitions = 1000
        for _ in 0..<repetitions {
            let values = (0..<25).map { _ in -log(1 - Double.random(in: 0..<1, using: &random)) }
            let found = try Bootstrap(jets: 25, resamples: 400, seed: random.next()).distribution { weights in
                let all = weights.reduce(0) { $0 + Double($1) }
                return [zip(weights, values).reduce(0) { $0 + Double($1.0) * $1.1 } / all]
            }
            let bca = found.interval(0, confidence: 0.9),
                percentile = found.interval(0, confidence: 0.9, method: .percentile)
            if bca.upper < 1 { missed.bca.high += 1 }
            if percentile.upper < 1 { missed.percentile.high += 1 }
            if bca.lower > 1 { missed.bca.low += 1 }
            if percentile.lower > 1 { missed.percentile.low += 1 }
        }
        // Nominally 50 on either side.
        #expect(missed.bca.high < missed.percentile.high)
        #expect(abs(missed.bca.high - missed.bca.low) < abs(missed.percentile.high - missed.percentile.low))
        #expect(Double(missed.bca.high + missed.bca.low) / Double(repetitions) < 0.16)
    }

    @Test func `Infinite rejections stay bounds`() {
        let replicates = (0..<100).map { [$0 < 90 ? 100.0 + Double($0) : .infinity] }
        let found = BootstrapDistribution(estimate: [150], replicates: replicates)
        #expect(found.interval(0, method: .percentile).upper == .infinity)
        #expect(found.interval(0, confidence: 0.5, method: .percentile).upper.isFinite)
        #expect(found.interval(0).lower.isFinite)
    }

    @Test func `Equal replicates have no width, and the smallest p-value is that of their number`() {
        let flat = BootstrapDistribution(
            estimate: [1, 1], replicates: (0..<99).map { _ in [1, 1] }, jackknife: [[1, 1], [1, 1]])
        #expect(flat.interval(0) == Estimate(value: 1, lower: 1, upper: 1, confidence: 0.95))
        #expect(flat.difference(0, 1).upper == 0)
        #expect(flat.pValue { $0[0] } == 0.02 && flat.pValue { $0[0] - $0[1] } == 1)
    }
}
