import Curvature
import Testing

struct OutlyingModesTests {
    private static let cases: [(values: [Double], count: Int, gap: Double)] = [
        ([88, 13, 11, 3, 2.5], 1, 88.0 / 13),
        ([2.5, 88, 3, 70, 13], 2, 70.0 / 13),
        ([9, 8, 7, 6], 3, 7.0 / 6),
        ([50, 40, 30, 1e-3, -60], 3, 3e4),
    ]

    @Test(arguments: cases)
    func `They are counted by the widest gap among the positive`(_ values: [Double], _ count: Int, _ gap: Double) throws
    {
        let modes = try #require(OutlyingModes(values))
        #expect(modes.count == count && abs(modes.gap - gap) < 1e-9 * gap)
        let positive = values.filter { $0 > 0 }
        #expect(modes.eigenvalues == positive.count)
    }

    @Test func `Two positive eigenvalues have no rest to stand apart from`() {
        #expect(OutlyingModes([5, 1, -3]) == nil)
        #expect(OutlyingModes([]) == nil)
    }
}
