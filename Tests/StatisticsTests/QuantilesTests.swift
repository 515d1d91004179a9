import Statistics
import Testing

@Suite struct QuantilesTests {
    /// numpy.quantile([7, 1, 3, 10], [0, 0.16, 0.25, 0.5, 0.84, 1]), numpy 2.
    @Test func `They are NumPy's`() {
        let quantiles = Quantiles(of: [7, 1, 3, 10])
        for (fraction, value) in [(0.0, 1.0), (0.16, 1.96), (0.25, 2.5), (0.5, 5), (0.84, 8.56), (1, 10)] {
            #expect(close(quantiles[fraction], value))
        }
        #expect(quantiles.median == 5)
    }

    @Test func `Infinite values count, and NaN are counted apart`() {
        let quantiles = Quantiles(of: [.infinity, 1, .nan, -.infinity, .infinity])
        #expect(quantiles.undefined == 1)
        #expect(quantiles[0] == -.infinity && quantiles[1] == .infinity && quantiles[0.9] == .infinity)
        #expect(!quantiles.median.isNaN)
        #expect(Band(of: [.nan, 2, 2]).undefined == 1)
    }

    @Test func `A band of 0, 1, …, 1000 has the fractions' own values`() {
        let band = Band(of: (0...1000).reversed().map(Double.init))
        #expect(close(band.median, 500) && close(band.lower68, 160) && close(band.upper68, 840))
        #expect(close(band.lower95, 25) && close(band.upper95, 975))
    }

    @Test func `The median's interval covers the true one about as often as it says`() {
        var random = SplitMix(state: 12), covered = 0
        for _ in 0..<2000 {
            let estimate = Quantiles(of: (0..<101).map { _ in random.normal() }).medianEstimate()
            covered += estimate.lower <= 0 && estimate.upper >= 0 ? 1 : 0
        }
        #expect((0.95...0.985).contains(Double(covered) / 2000))
        let few = Quantiles(of: [1, 2]).medianEstimate()
        #expect(few.lower == 1 && few.upper == 2)
    }
}
