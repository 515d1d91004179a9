import Foundation
import Statistics
import Testing

struct WelchTests {
    private func sample(_ mean: Double, _ deviation: Double) -> WelchTest.Sample {
        .init(mean: mean, standardDeviation: deviation, count: 3)
    }

    /// scipy.stats.ttest_ind_from_stats(m2, s2, 3, m1, s1, 3, equal_var=False), SciPy 1.17.
    @Test(arguments: [
        (0.9875, 0.0005, 0.9850, 0.0002, -8.040844011283648, 0.006431622525556651),
        (0.9364, 0.0025, 0.9429, 0.0078, 1.3745010883639992, 0.28326399739621494),
        (0.4177, 0.0495, 0.5323, 0.0124, 3.889769987991996, 0.0496279101091912),
    ])
    func `Agrees with SciPy`(m1: Double, s1: Double, m2: Double, s2: Double, t: Double, p: Double) {
        let test = WelchTest(sample(m1, s1), sample(m2, s2))
        #expect(abs(test.t / t - 1) < 1e-10 && abs(test.pValue / p - 1) < 1e-10)
        let interval = test.interval()
        #expect(interval.value == test.difference && (interval.lower <= 0 && interval.upper >= 0) == (p > 0.05))
    }

    @Test func `Samples are of their values`() {
        let sample = WelchTest.Sample(of: [1, 2, 3, 4, 5])
        #expect(sample.mean == 3 && close(sample.standardDeviation, 2.5.squareRoot()) && sample.count == 5)
    }

    @Test func `A sample without spread leaves the other's degrees of freedom`() {
        let test = WelchTest(sample(1, 0), sample(2, 0.5))
        #expect(close(test.degreesOfFreedom, 2) && close(test.standardError, 0.5 / 3.0.squareRoot()))
    }
}
