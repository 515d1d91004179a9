import Export
import Foundation
import Testing

/// When logits count as equal.
struct LogitCheckTests {
    private func check(_ ours: [Double], _ theirs: [Double]) -> LogitCheck {
        LogitCheck(ours: ours, theirs: theirs, source: "jets", runtime: "0")
    }

    @Test func `A difference counts relative to the logit, or to the root mean square where that is larger`() {
        // Root mean square √((9 + 16 + 0)/3) = 2.887.
        let found = check([3, -4, 0], [3, -4.004, 0.001])
        #expect(found.worstJet == 1 && abs(found.largestDifference - 0.001) < 1e-12)
        let small = check([3, -4, 0], [3, -4, 0.001])
        #expect(small.worstJet == 2 && abs(small.largestDifference - 0.001 / (25.0 / 3).squareRoot()) < 1e-12)
        #expect(check([0, 0], [0, 0]).largestDifference == 0)
    }

    @Test(arguments: [Double.nan, .infinity])
    func `What is no number never passes`(_ value: Double) {
        #expect(check([1, 2], [1, value]).largestDifference == .infinity)
        #expect(check([1, value], [1, 2]).largestDifference == .infinity)
        #expect(check([value, 1], [value, 1]).largestDifference == .infinity)
    }
}
