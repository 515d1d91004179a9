import Foundation
import Statistics
import Testing

struct PairedDifferencesTests {
    /// Additional hours of sleep of ten patients with two drugs: Student, “The probable error of a mean”, Biometrika 6
    /// (1908) 1. Expected: scipy.stats.ttest_rel with its confidence_interval, SciPy 1.17.
    private let sleep: [Double] = {
        let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
        let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
        return zip(second, first).map(-)
    }()

    @Test func `Agrees with SciPy on Student's own data`() throws {
        let paired = try PairedDifferences(sleep)
        #expect(close(paired.mean, 1.58) && close(paired.standardDeviation, 1.2299954832798732))
        #expect(close(paired.t, 4.062127683382037) && close(paired.pValue, 0.002832890197384273))
        let wide = paired.interval(), narrow = paired.interval(confidence: 0.9)
        #expect(close(wide.lower, 0.7001142367230175) && close(wide.upper, 2.459885763276983))
        #expect(close(narrow.lower, 0.8669947329707162) && close(narrow.upper, 2.293005267029284))
        // One patient slept as long with either: nine signs, and 4 of 1024 with the tenth.
        #expect(paired.signFlip.pValue == 4.0 / 1024 && paired.signFlip.smallestReachable == 2.0 / 512)
    }

    @Test func `One-sided p-values are halves of the two-sided one, and complements`() throws {
        let paired = try PairedDifferences(sleep)
        #expect(close(paired.pValue(above: 0), paired.pValue / 2))
        #expect(close(paired.pValue(below: 0), 1 - paired.pValue / 2))
        #expect(paired.pValue(below: paired.mean) == 0.5)
        // The 90 % interval's end is where a one-sided test gives 5 %.
        #expect(close(paired.pValue(below: paired.interval(confidence: 0.9).upper), 0.05))
    }

    /// Where the seeds' differences are normal, the interval holds the truth as often as it says, for few seeds too.
    @Test(arguments: [2, 3, 6])
    func `Covers as promised`(pairs: Int) throws {
        var random = SplitMix(state: UInt64(pairs) &* 7)
        let repetitions = 4000
        let inside = try (0..<repetitions).count { _ in
            let interval = try PairedDifferences((0..<pairs).map { _ in 0.3 + random.normal() }).interval()
            return interval.lower <= 0.3 && 0.3 <= interval.upper
        }
        #expect(abs(Double(inside) / Double(repetitions) - 0.95) < 0.0104)
    }

    @Test func `Equal differences have no spread, but for rounding`() throws {
        let equal = try PairedDifferences([0.1, 0.1, 0.1])
        #expect(!equal.hasSpread && equal.signFlip.pValue == 0.25)
        #expect(!(try PairedDifferences([0, 0, 0])).hasSpread)
        #expect(try PairedDifferences([0, 0, 0]).pValue == 1)
        #expect(try PairedDifferences([1e-9, 1.1e-9]).hasSpread)
        // Large values with a small spread keep their digits.
        let offset = try PairedDifferences([1e8 + 1, 1e8 + 2, 1e8 + 3])
        #expect(close(offset.standardDeviation, 1))
    }

    @Test func `Refuses what has no error`() {
        #expect(throws: StatisticsError.tooFewPairs(1)) { try PairedDifferences([0.5]) }
        #expect(throws: StatisticsError.tooFewPairs(0)) { try PairedDifferences([]) }
        #expect(throws: StatisticsError.notFinite(name: "difference", index: 1)) {
            try PairedDifferences([0.5, .nan, 1])
        }
        #expect(StatisticsError.tooFewPairs(1).description.contains("train more seeds"))
    }
}
