import Foundation
import Statistics
import Testing

@Suite struct PairedAreasTests {
    /// Two models that see the same jets: a common part and noise of their own.
    private func models(jets count: Int, separations: (Double, Double), seed: UInt64, grid: Double? = nil) throws
        -> (ScoredJets, ScoredJets)
    {
        var random = SplitMix(state: seed)
        let labels = (0..<count).map { _ in Bool.random(using: &random) }
        var first = [Double]()
        var second = [Double]()
        func rounded(_ x: Double) -> Double { grid.map { (x / $0).rounded() * $0 } ?? x }
        for label in labels {
            let common = random.normal()
            first.append(rounded((label ? separations.0 : 0) + 0.8 * common + 0.6 * random.normal()))
            second.append(rounded((label ? separations.1 : 0) + 0.8 * common + 0.6 * random.normal()))
        }
        return (try ScoredJets(scores: first, isSignal: labels), try ScoredJets(scores: second, isSignal: labels))
    }

    @Test(arguments: [nil, 0.5])
    func covarianceIsThatOfAllPairs(grid: Double?) throws {
        for seed in 1...10 as ClosedRange<UInt64> {
            let (a, b) = try models(jets: 90, separations: (1, 1.4), seed: seed, grid: grid)
            let paired = try PairedAreas(a, b)
            #expect(abs(paired.covariance / pairwiseCovariance(a, b) - 1) < 1e-10)
            let variance = pairwiseCovariance(a, a) + pairwiseCovariance(b, b) - 2 * pairwiseCovariance(a, b)
            #expect(abs(paired.standardError / variance.squareRoot() - 1) < 1e-10)
            #expect(close(paired.difference, pairwiseArea(a) - pairwiseArea(b)))
            #expect(close(paired.z, paired.difference / variance.squareRoot(), 1e-9))
            #expect(close(paired.pValue, erfc(abs(paired.z) / 2.0.squareRoot())))
            let interval = paired.interval(confidence: 0.9)
            #expect(close(interval.upper - interval.value, 1.644853626951472 * paired.standardError))
            #expect(close(interval.value - interval.lower, 1.644853626951472 * paired.standardError))
        }
    }

    /// Where the models are equally good, p-values are uniform: 5 % lie below 0.05, half below ½.
    @Test func pValuesAreUniformWhereModelsAreEqual() throws {
        let repetitions = 1000
        let values = try (0..<repetitions).map { seed in
            let (a, b) = try models(jets: 200, separations: (1.2, 1.2), seed: UInt64(seed) &* 101 &+ 3)
            return try PairedAreas(a, b).pValue
        }
        // Three standard deviations of the binomials.
        #expect(abs(Double(values.count { $0 < 0.05 }) / Double(repetitions) - 0.05) < 0.021)
        #expect(abs(Double(values.count { $0 < 0.5 }) / Double(repetitions) - 0.5) < 0.048)
    }

    @Test func pairingSharpensTheComparison() throws {
        let (a, b) = try models(jets: 2000, separations: (1, 1.2), seed: 12)
        let paired = try PairedAreas(a, b)
        #expect(paired.standardError < 0.75 * (paired.first.variance + paired.second.variance).squareRoot())
        #expect(paired.difference < 0 && paired.pValue < 0.01)
        let swapped = try PairedAreas(b, a)
        #expect(swapped.z == -paired.z && swapped.pValue == paired.pValue)
    }

    @Test func aModelDoesNotDifferFromItself() throws {
        let (a, _) = try models(jets: 50, separations: (1, 1), seed: 5)
        // Any increasing function of the score leaves the ROC curve as it is.
        let probabilities = try ScoredJets(scores: a.scores.map { 1 / (1 + exp(-$0)) }, isSignal: a.isSignal)
        let paired = try PairedAreas(a, probabilities)
        #expect(paired.difference == 0 && paired.z == 0 && paired.pValue == 1 && paired.standardError == 0)
    }

    @Test func refusesOtherJets() throws {
        let a = try ScoredJets(scores: [1, 2, 3, 4], isSignal: [true, false, true, false])
        let b = try ScoredJets(scores: [1, 2, 3, 4], isSignal: [true, false, false, true])
        let c = try ScoredJets(scores: [1, 2, 3], isSignal: [true, false, true])
        #expect(throws: StatisticsError.jetsDiffer(index: 2, first: 4, second: 4)) { try PairedAreas(a, b) }
        #expect(throws: StatisticsError.jetsDiffer(index: 3, first: 4, second: 3)) { try PairedAreas(a, c) }
        let perfect = jets(signal: [3, 4], background: [1, 2])
        let reversed = jets(signal: [1, 2], background: [3, 4])
        #expect(throws: StatisticsError.noVariance(first: 1, second: 0)) { try PairedAreas(perfect, reversed) }
    }
}
