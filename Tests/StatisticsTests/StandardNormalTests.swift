import Statistics
import Testing

@Suite struct StandardNormalTests {
    /// scipy.stats.norm.ppf(p), SciPy 1.17.
    @Test(arguments: [(0.5, 0), (0.975, 1.959963984540054), (0.995, 2.575829303548901), (0.9, 1.2815515655446004)])
    func quantilesAreSciPys(probability: Double, z: Double) {
        #expect(close(StandardNormal.quantile(probability), z))
        #expect(close(StandardNormal.quantile(1 - probability), -z))
    }

    @Test(arguments: [1e-300, 1e-12, 0.003, 0.3, 0.7])
    func quantileUndoesProbability(probability: Double) {
        let back = StandardNormal.probability(below: StandardNormal.quantile(probability))
        #expect(abs(back / probability - 1) < 1e-11)
    }

    @Test func endsAreInfinite() {
        #expect(StandardNormal.quantile(0) == -.infinity)
        #expect(StandardNormal.quantile(1) == .infinity)
    }

    /// Five standard deviations, two-sided, the particle physicist's number: 2 * scipy.stats.norm.sf(5), SciPy 1.17.
    @Test func fiveSigma() {
        #expect(abs(StandardNormal.twoSidedProbability(beyond: -5) - 5.733031e-7) < 1e-13)
    }
}
