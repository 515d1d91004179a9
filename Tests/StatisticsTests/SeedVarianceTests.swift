import Foundation
import Statistics
import Testing

struct SeedVarianceTests {
    @Test func `By hand`() throws {
        // Variance 2.5; diagonal mean 3, off-diagonal mean 1.
        let covariance = (0..<5).map { i in (0..<5).map { $0 == i ? 3.0 : 1 } }
        let errors = try SeedVariance(values: [1, 2, 3, 4, 5], covariance: covariance)
        #expect(errors.mean == 3 && close(errors.seedStandardDeviation, 2.5.squareRoot()))
        #expect(close(errors.testSetStandardError, 3.0.squareRoot()) && close(errors.sharedTestSetError, 1))
        #expect(close(errors.netSeedVariance, 0.5))
        #expect(close(errors.standardErrorOfSeeds, 0.5.squareRoot()))
        #expect(close(errors.standardErrorOfMean, 1.5.squareRoot()))
        // The variance of a mean: the sum over the whole matrix by 25.
        #expect(close(errors.testSetErrorOfMean, (35.0 / 25).squareRoot()))
    }

    /// Many times over: seeds of a known variance on test samples whose fluctuation they share in part. The net variance
    /// is the seeds' on average, and the error of the mean is how far the means scatter.
    @Test func `Tells the seeds' variance from the test jets'`() throws {
        var random = SplitMix(state: 12)
        let (seeds, sigma, shared, own) = (5, 0.7, 0.9, 0.4)
        let covariance = (0..<seeds).map { i in
            (0..<seeds).map { shared * shared + ($0 == i ? own * own : 0) }
        }
        let repetitions = 4000
        let all = try (0..<repetitions).map { _ in
            let common = shared * random.normal()
            let values = (0..<seeds).map { _ in 10 + sigma * random.normal() + common + own * random.normal() }
            return try SeedVariance(values: values, covariance: covariance)
        }
        let n = Double(repetitions)
        let net = all.reduce(0) { $0 + $1.netSeedVariance } / n
        // s² has a relative deviation of √(2/4) here: 0.46/√4000.
        #expect(abs(net - sigma * sigma) < 5 * 0.46 / n.squareRoot())
        let scatter = all.reduce(0) { $0 + pow($1.mean - 10, 2) } / n
        let claimed = all.reduce(0) { $0 + pow($1.standardErrorOfMean, 2) } / n
        #expect(abs(claimed / scatter - 1) < 0.1)
    }

    @Test func `Seeds that agree better than test jets allow give a negative variance, not a made-up zero`() throws {
        let errors = try SeedVariance(values: [1, 1.01], covariance: [[1, 0], [0, 1]])
        #expect(errors.netSeedVariance < 0 && errors.sharedTestSetError == 0)
        let anticorrelated = try SeedVariance(values: [1, 1.01], covariance: [[1, -0.5], [-0.5, 1]])
        #expect(anticorrelated.sharedTestSetError == 0)
    }

    @Test func `Refuses single seeds and values that are none`() {
        #expect(throws: StatisticsError.tooFewPairs(1)) { try SeedVariance(values: [1], covariance: [[1]]) }
        #expect(throws: StatisticsError.notFinite(name: "the value of seed", index: 1)) {
            try SeedVariance(values: [1, .nan], covariance: [[1, 0], [0, 1]])
        }
    }
}
