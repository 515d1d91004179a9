import Foundation
import Report
import Testing

@Suite struct HistogramTests {
    @Test func countsByBin() {
        let histogram = Histogram(of: [0, 0.49, 0.5, 1.99, 2, -0.1, 2.1, .nan, .infinity], over: 0...2, bins: 4)
        // The upper end belongs to the last bin.
        #expect(histogram.counts == [2, 1, 0, 2])
        #expect(histogram.outside == 4 && histogram.total == 9 && histogram.binWidth == 0.5)
    }

    @Test func agreesWithComparingEveryEdge() {
        var random = SplitMix(state: 6)
        let values = (0..<5000).map { _ in random.normal() }
        let histogram = Histogram(of: values, over: -2...3, bins: 20)
        for bin in 0..<20 {
            let edges = (-2 + 0.25 * Double(bin), -2 + 0.25 * Double(bin + 1))
            #expect(histogram.counts[bin] == values.count { $0 >= edges.0 && $0 < edges.1 })
        }
    }

    /// The density integrates to the fraction of the values that lie inside.
    @Test func isNormalisedToAllValues() {
        let histogram = Histogram(of: [1, 1.5, 2, 7], over: 0...4, bins: 8)
        #expect(abs(histogram.densities.reduce(0, +) * histogram.binWidth - 0.75) < 1e-15)
        #expect(Histogram(of: [], over: 0...1, bins: 3).densities == [0, 0, 0])
    }

    @Test func countsFromElsewhereAreTheSameHistogram() {
        let values = [0, 0.49, 0.5, 1.99, 2, -0.1, .nan]
        let counted = Histogram(of: values, over: 0...2, bins: 4)
        #expect(Histogram(counts: [2, 1, 0, 2], outside: 2, over: 0...2) == counted)
    }
}
