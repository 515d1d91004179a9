import Foundation
import Statistics
import Testing

struct PairedPowerTests {
    /// scipy.stats.nct (SciPy 1.17): nct.sf(c, n-1, e*sqrt(n)) + nct.cdf(-c, n-1, e*sqrt(n)), c = t.ppf(1-level/2, n-1).
    @Test(arguments: [
        (0.5, 34, 0.05, 0.8077775012792738), (1, 10, 0.05, 0.8030968566327219), (1.5, 6, 0.05, 0.832529279866808),
        (3, 3, 0.05, 0.7452680070062837), (0.2, 199, 0.05, 0.8016910240370655), (4, 2, 0.05, 0.34283571006507646),
        (1, 8, 0.001, 0.08019016395258194),
    ])
    func `Power is SciPy's, by the noncentral t distribution`(effect: Double, pairs: Int, level: Double, power: Double)
    {
        #expect(abs(PairedPower.ofDifference(effect: effect, pairs: pairs, level: level) - power) < 1e-10)
        #expect(abs(PairedPower.ofDifference(effect: -effect, pairs: pairs, level: level) - power) < 1e-10)
    }

    /// scipy.integrate.quad (SciPy 1.17) over the density of u by scipy.stats.chi.
    @Test(arguments: [
        (0, 0.003, 6, 0.9314540771970203), (0.001, 0.003, 10, 0.9870735974092945),
        (0.004, 0.002, 20, 0.6951493382443397), (0, 0.01, 6, 0.02422402406601069),
    ])
    func `Power for equivalence is that of SciPy's integral`(mean: Double, deviation: Double, pairs: Int, power: Double)
    {
        let found = PairedPower.ofEquivalence(mean: mean, deviation: deviation, margin: 0.005, pairs: pairs)
        // The integrand has a corner, where both tests just fail.
        #expect(abs(found - power) < 2e-4)
    }

    /// The smallest n of the same SciPy loop.
    @Test(arguments: [(0.1, 787), (0.2, 199), (0.5, 34), (0.8, 15), (1, 10), (1.5, 6), (2, 5), (3, 4), (5, 3)])
    func `Pairs needed are those of SciPy's loop`(effect: Double, pairs: Int) {
        #expect(PairedPower.pairsForDifference(effect: effect) == pairs)
    }

    @Test func `Pairs needed for equivalence`() {
        func pairs(_ mean: Double) -> Int? {
            PairedPower.pairsForEquivalence(mean: mean, deviation: 0.003, margin: 0.005)
        }
        // Of SciPy's loop.
        #expect(pairs(0) == 5 && pairs(0.001) == 6 && pairs(-0.003) == 16)
        #expect(pairs(0.005) == nil && pairs(0.02) == nil)
    }

    @Test func `No effect needs no number, and an overwhelming one two`() {
        #expect(PairedPower.pairsForDifference(effect: 0) == nil)
        #expect(PairedPower.pairsForDifference(effect: 1e-5) == nil)
        #expect(PairedPower.pairsForDifference(effect: .infinity) == 2)
        #expect(PairedPower.pairsForDifference(effect: 1e5) == 2)
        #expect(PairedPower.pairsForDifference(effect: .nan) == nil)
    }

    @Test func `Without an effect the power is the level`() {
        #expect(close(PairedPower.ofDifference(effect: 0, pairs: 5, level: 0.03), 0.03, 1e-10))
    }

    /// The power is how often invented seeds with that effect are found.
    @Test func `Invented seeds are found as often as the power says`() throws {
        var random = SplitMix(state: 31)
        let repetitions = 4000
        let found = try (0..<repetitions).count { _ in
            try PairedDifferences((0..<6).map { _ in 1.2 + random.normal() }).pValue < 0.05
        }
        let power = PairedPower.ofDifference(effect: 1.2, pairs: 6)
        #expect(abs(Double(found) / Double(repetitions) - power) < 3 * (power * (1 - power) / 4000).squareRoot())
    }
}
