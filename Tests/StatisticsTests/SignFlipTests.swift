import Foundation
import Statistics
import Testing

struct SignFlipTests {
    /// The fraction of all sign assignments that reach the observed sum, one by one.
    private func pValueOfAll(_ values: [Double]) -> Double {
        let observed = abs(values.reduce(0, +))
        let reached = (0..<1 << values.count).count { mask in
            var sum = 0.0
            for (i, value) in values.enumerated() { sum += mask >> i & 1 == 0 ? value : -value }
            return abs(sum) >= observed - 1e-9
        }
        return Double(reached) / Double(1 << values.count)
    }

    /// Differences of height, in inches, of Darwin's 15 pairs of crossed and self-fertilised maize, with which Fisher
    /// introduced the test. scipy.stats.permutation_test (SciPy 1.17, permutation_type="samples", all assignments) counts
    /// 1726 of 2¹⁵.
    @Test func `Agrees with SciPy on Darwin's maize`() {
        let eighths = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
        let test = SignFlipTest(eighths.map { Double($0) / 8 })
        #expect(test.pValue == 1726.0 / 32768)
        #expect(test.draws == nil && test.smallestReachable == 2.0 / 32768)
    }

    @Test(arguments: 1...12)
    func `Counts what counting one by one counts`(pairs: Int) {
        var random = SplitMix(state: UInt64(pairs))
        for grid in [nil, 0.5] {
            for _ in 0..<20 {
                let values = (0..<pairs).map { _ in
                    let value = random.normal() + 0.5
                    return grid.map { (value / $0).rounded() * $0 } ?? value
                }
                #expect(close(SignFlipTest(values).pValue, pValueOfAll(values)))
            }
        }
    }

    @Test func `Differences of one sign give the smallest value, and it depends on their number alone`() {
        for pairs in [1, 3, 6, 20, 40] {
            // Sums of tenths round: assignments that are equal but for that must count as equal.
            let test = SignFlipTest((0..<pairs).map { _ in 0.1 })
            #expect(test.pValue == 2 / exp2(Double(pairs)) && test.smallestReachable == test.pValue)
        }
        #expect(SignFlipTest([0.1, 0.2, 0.7]).pValue == 0.25)
    }

    @Test func `Zeros say nothing`() {
        #expect(SignFlipTest([0, 0, 0]).pValue == 1)
        #expect(SignFlipTest([0, 0.5, 0, 0.25]) == SignFlipTest([0.5, 0.25]))
        #expect(SignFlipTest([]).pValue == 1)
    }

    @Test func `Beyond forty pairs signs are drawn, and the estimate is that of the normal law`() {
        var random = SplitMix(state: 3)
        let values = (0..<200).map { _ in random.normal() + 0.15 }
        let test = SignFlipTest(values)
        #expect(test.draws == 99_999 && test.smallestReachable == 1e-5)
        // Given the sizes, the sum of random signs is normal with variance Σd².
        let z = values.reduce(0, +) / values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let p = StandardNormal.twoSidedProbability(beyond: z)
        #expect(p > 0.001 && p < 0.5)
        #expect(abs(test.pValue - p) < 5 * (p / 99_999).squareRoot() + 0.005)
        #expect(SignFlipTest(values) == test && SignFlipTest(values, seed: 2) != test)
    }

    /// Under exchangeability p-values must not fall below a level more often than the level says.
    @Test func `Keeps its level for any symmetric law`() {
        var random = SplitMix(state: 9)
        let repetitions = 4000
        let small = (0..<repetitions).count { _ in
            // Cubes of normal numbers: long tails, where a t-test would be off.
            SignFlipTest((0..<7).map { _ in pow(random.normal(), 3) }).pValue <= 0.0625
        }
        // 4 of 64 assignments up to sign: exactly 0.0625; three standard deviations of the binomial.
        #expect(abs(Double(small) / Double(repetitions) - 0.0625) < 0.0115)
    }
}
