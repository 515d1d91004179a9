import Foundation
import Statistics
import Testing

@Suite struct OperatingPointTests {
    @Test(arguments: [0.3, 0.5, 0.8, 1.0])
    func isTheTightestCutThatReachesTheTarget(target: Double) throws {
        let jets = normalJets(signal: 333, background: 500, separation: 1.5, grid: 0.05, seed: 11)
        let signal = jets.scores(signal: true)
        let background = jets.scores(signal: false)
        let point = ROCCurve(jets).operatingPoint(signalEfficiency: target)
        func efficiency(_ cut: Double) -> Double { Double(signal.count { $0 >= cut }) / 333 }
        let expected = try #require(Set(jets.scores).filter { efficiency($0) >= target }.max())
        #expect(point.threshold == expected)
        #expect(point.signalEfficiency == efficiency(expected) && point.target == target)
        let passing = background.count { $0 >= expected }
        #expect(point.backgroundPassing == passing && point.backgroundCount == 500)
        let rejection = point.backgroundRejection
        #expect(close(rejection.value, 500 / Double(passing)))
        let efficiencyInterval = Estimate.fraction(passing, of: 500)
        #expect(rejection.lower == 1 / efficiencyInterval.upper && rejection.upper == 1 / efficiencyInterval.lower)
        #expect(!point.isLowerBound)
    }

    @Test func noPassingBackgroundGivesALowerBound() {
        let background = (0..<1000).map { -1 - Double($0) }
        let point = ROCCurve(jets(signal: [1, 2, 3, -500], background: background))
            .operatingPoint(signalEfficiency: 0.5)
        #expect(point.isLowerBound)
        #expect(point.backgroundRejection.value == .infinity && point.backgroundRejection.upper == .infinity)
        #expect(close(point.backgroundRejection.lower, 1 + 1000 / 3.841458820694124))
    }

    /// The true rejection of a fixed cut lies in the interval as often as promised. The cut is fixed by giving all
    /// signal one score, at the background's 99th percentile.
    @Test func coversAsPromised() {
        let cut = 2.326347874040841
        var inside = 0
        let repetitions = 400
        for seed in 0..<repetitions {
            var random = SplitMix(state: UInt64(seed) &* 977)
            let background = (0..<1000).map { _ in random.normal() }
            let rejection = ROCCurve(jets(signal: [cut], background: background))
                .operatingPoint(signalEfficiency: 0.8, confidence: 0.9).backgroundRejection
            if rejection.lower <= 100 && 100 <= rejection.upper { inside += 1 }
        }
        // Three standard deviations of a binomial about 0.9, and the interval's own granularity.
        #expect(abs(Double(inside) / Double(repetitions) - 0.9) < 0.06)
    }

    /// Results go through JSON; an infinite rejection too.
    @Test func codes() throws {
        let point = ROCCurve(jets(signal: [1, 2], background: [0, 0.5])).operatingPoint(signalEfficiency: 0.5)
        let encoder = JSONEncoder()
        let decoder = JSONDecoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        #expect(try decoder.decode(OperatingPoint.self, from: encoder.encode(point)) == point)
    }
}
