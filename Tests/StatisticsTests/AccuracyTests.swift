import Foundation
import Statistics
import Testing

@Suite struct AccuracyTests {
    /// scipy.stats.binomtest(k, n).proportion_ci(0.95, method="wilson"), SciPy 1.17.
    @Test(arguments: [
        (81, 263, 0.2552885198782742, 0.36620957698280004), (15, 148, 0.06238639953073629, 0.16048724172330803),
        (0, 20, 0, 0.16112515805281935), (1, 29, 0.006113214292762667, 0.17175521879320282),
    ])
    func intervalIsWilsons(count: Int, total: Int, lower: Double, upper: Double) {
        let estimate = Estimate.fraction(count, of: total)
        #expect(close(estimate.lower, lower) && close(estimate.upper, upper))
        #expect(estimate.value == Double(count) / Double(total))
        let mirrored = Estimate.fraction(total - count, of: total)
        #expect(close(mirrored.lower, 1 - estimate.upper) && close(mirrored.upper, 1 - estimate.lower))
    }

    /// The interval's ends are the fractions from which k/n lies exactly z standard deviations away.
    @Test func endsSolveWilsonsEquation() {
        let (k, n) = (37, 160)
        let z = 1.644853626951472
        let estimate = Estimate.fraction(k, of: n, confidence: 0.9)
        for end in [estimate.lower, estimate.upper] {
            #expect(close(abs(end - estimate.value), z * (end * (1 - end) / Double(n)).squareRoot()))
        }
    }

    @Test func countsByTheCut() throws {
        let jets = try ScoredJets(
            scores: [2, -1, 0.5, -3, 0, 0], isSignal: [true, true, false, false, true, false])
        // A logit of exactly 0 is background.
        #expect(jets.accuracy().value == 3.0 / 6)
        #expect(jets.accuracy(threshold: 1).value == 4.0 / 6)
        #expect(jets.accuracy(confidence: 0.68).confidence == 0.68)
    }
}
