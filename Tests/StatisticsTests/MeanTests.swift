import Statistics
import Testing

@Suite struct MeanTests {
    /// x = 1…5: x̄ = 3, s² = 2.5, s/√5 = √0.5.
    @Test func meanWithItsNormalInterval() {
        let estimate = Estimate.mean(of: [1, 2, 3, 4, 5])
        let half = 1.959963984540054 * 0.5.squareRoot()
        #expect(estimate.value == 3)
        #expect(close(estimate.lower, 3 - half) && close(estimate.upper, 3 + half))
        #expect(estimate.confidence == 0.95)
    }

    @Test func equalValuesHaveNoWidth() {
        let estimate = Estimate.mean(of: [0, 0, 0], confidence: 0.9)
        #expect(estimate == Estimate(value: 0, lower: 0, upper: 0, confidence: 0.9))
    }
}
