import Foundation
import Statistics
import Testing

struct HolmTests {
    /// Holm's method is the closure of Bonferroni's: a test's adjusted p-value is the largest, over all families that
    /// hold it, of the family's size times its smallest p-value.
    private func byClosure(_ pValues: [Double]) -> [Double] {
        pValues.indices.map { i in
            (1..<1 << pValues.count).filter { $0 >> i & 1 == 1 }.map { mask in
                let family = pValues.indices.filter { mask >> $0 & 1 == 1 }.map { pValues[$0] }
                return min(1, Double(family.count) * family.min()!)
            }.max()!
        }
    }

    @Test func `Is the closure of Bonferroni's test`() {
        var random = SplitMix(state: 5)
        for count in 1...8 {
            for _ in 0..<50 {
                // Rounded, so that some are tied.
                let pValues = (0..<count).map { _ in
                    (pow(Double.random(in: 0...1, using: &random), 3) * 100).rounded() / 100
                }
                let adjusted = holmAdjusted(pValues), expected = byClosure(pValues)
                #expect(zip(adjusted, expected).allSatisfy { close($0, $1) })
            }
        }
    }

    @Test func `By hand`() {
        let adjusted = holmAdjusted([0.04, 0.01, 0.03])
        // 3 · 0.01; 2 · 0.03; and 1 · 0.04, which may not fall below the one before.
        #expect(zip(adjusted, [0.06, 0.03, 0.06]).allSatisfy { close($0, $1) })
        #expect(holmAdjusted([]) == [] && holmAdjusted([0.7]) == [0.7] && holmAdjusted([0.7, 0.9]) == [1, 1])
    }
}
