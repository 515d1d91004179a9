import Foundation
import Statistics
import Testing

@Suite struct AreaUnderROCTests {
    /// Ratings 1 to 5, most of them tied. The area is scipy.stats.mannwhitneyu's statistic over the number of pairs
    /// (SciPy 1.17); the error DeLong's, by NumPy from all pairs: √(var(row means)/m + var(column means)/n), ddof 1.
    @Test func agreesWithSciPyWhereMostScoresAreTied() throws {
        func ratings(_ counts: [Int]) -> [Double] {
            counts.enumerated().flatMap { Array(repeating: Double($0 + 1), count: $1) }
        }
        let area = try AreaUnderROC(jets(signal: ratings([3, 2, 2, 11, 33]), background: ratings([33, 6, 6, 11, 2])))
        #expect(close(area.value, 0.8931710615280595))
        #expect(close(area.standardError, 0.030724408379381122))
    }

    @Test(arguments: [nil, 0.3, 1.5])
    func varianceIsThatOfAllPairs(grid: Double?) throws {
        for seed in 1...10 as ClosedRange<UInt64> {
            let jets = normalJets(signal: 40, background: 70, separation: 1, grid: grid, seed: seed)
            let variance = try AreaUnderROC(jets).variance
            #expect(abs(variance / pairwiseCovariance(jets, jets) - 1) < 1e-11)
        }
    }

    @Test func intervalIsSymmetricInTheLogit() throws {
        let area = try AreaUnderROC(normalJets(signal: 100, background: 100, separation: 2.5, seed: 2))
        let interval = area.interval(confidence: 0.95)
        func logit(_ p: Double) -> Double { log(p / (1 - p)) }
        let half = 1.959963984540054 * area.standardError / (area.value * (1 - area.value))
        #expect(close(logit(interval.upper) - logit(area.value), half, 1e-10))
        #expect(close(logit(area.value) - logit(interval.lower), half, 1e-10))
        #expect(interval.upper < 1 && interval.value == area.value)
    }

    /// The true area Φ(d/√2) lies in the 95 % interval as often as promised, also near 1.
    @Test(arguments: [(1.0, 0.7602499389), (2.5, 0.9614501164)])
    func coversAsPromised(separation: Double, truth: Double) throws {
        var inside = 0
        let repetitions = 1000
        for seed in 0..<repetitions {
            let jets = normalJets(signal: 80, background: 120, separation: separation, seed: UInt64(seed) &* 31 &+ 7)
            let interval = try AreaUnderROC(jets).interval()
            if interval.lower <= truth && truth <= interval.upper { inside += 1 }
        }
        // Three standard deviations of a binomial are 0.021.
        #expect(abs(Double(inside) / Double(repetitions) - 0.95) < 0.021)
    }

    @Test func perfectSeparationStillHasALowerBound() throws {
        let signal = (1...10).map(Double.init)
        let background = (1...50).map { -Double($0) }
        let perfect = try AreaUnderROC(jets(signal: signal, background: background))
        #expect(perfect.value == 1 && perfect.variance == 0)
        #expect(perfect.interval().upper == 1)
        #expect(close(perfect.interval().lower, 10 / (10 + 3.841458820694124)))
        let reversed = try AreaUnderROC(jets(signal: background, background: signal))
        #expect(reversed.value == 0 && close(reversed.interval().upper, 1 - perfect.interval().lower))
    }

    @Test func allTiedIsAHalfWithoutSpread() throws {
        let area = try AreaUnderROC(jets(signal: [0, 0, 0], background: [0, 0]))
        #expect(area.value == 0.5 && area.variance == 0)
        #expect(area.interval() == Estimate(value: 0.5, lower: 0.5, upper: 0.5, confidence: 0.95))
    }

    @Test func needsTwoOfEachClass() {
        #expect(throws: StatisticsError.tooFewJets(name: "signal", jets: 1)) {
            try AreaUnderROC(jets(signal: [1], background: [0, 2]))
        }
        #expect(throws: StatisticsError.tooFewJets(name: "background", jets: 1)) {
            try AreaUnderROC(jets(signal: [1, 2], background: [0]))
        }
    }

    /// A million jets are sorted, not paired: pairing would take hours.
    @Test func takesMillionsOfJets() throws {
        let jets = normalJets(signal: 500_000, background: 500_000, separation: 2, seed: 1)
        let area = try AreaUnderROC(jets)
        #expect(abs(area.value - 0.9213503965) < 4 * area.standardError)
        #expect(area.standardError < 3e-4)
    }
}
