import Foundation
import Statistics
import Testing

@Suite struct TemperatureTests {
    private func crossEntropy(_ jets: ScoredJets, at temperature: Double) throws -> Double {
        try ScoredJets(scores: jets.scores.map { $0 / temperature }, isSignal: jets.isSignal).binaryCrossEntropy()
    }

    /// Scores z of N(±1, 1) have the logit 2z, so that z is under-confident by 2 and 6z over-confident by 3.
    @Test(arguments: [(1.0, 0.5), (2.0, 1.0), (6.0, 3.0)])
    func `It is the factor by which logits are too large`(_ scale: Double, _ expected: Double) throws {
        var random = SplitMix(state: 9)
        let labels = (0..<40_000).map { $0 % 2 == 0 }
        let scores = labels.map { scale * (random.normal() + ($0 ? 1 : -1)) }
        let temperature = try Temperature(try ScoredJets(scores: scores, isSignal: labels))
        #expect(abs(temperature.value - expected) < 4 * temperature.standardError)
        #expect(temperature.standardError < 0.02 * expected)
    }

    @Test func `No temperature of a fine scan is better`() throws {
        let jets = normalJets(signal: 300, background: 200, separation: 1.5, seed: 3)
        let temperature = try Temperature(jets)
        let scan = try (1...4000).map { Double($0) / 1000 }.map { ($0, try crossEntropy(jets, at: $0)) }
        let best = try #require(scan.min { $0.1 < $1.1 })
        #expect(abs(temperature.value - best.0) <= 0.001)
        #expect(temperature.crossEntropyAfter <= best.1)
        #expect(best.1 - temperature.crossEntropyAfter < 1e-6)
        #expect(close(temperature.crossEntropyBefore, jets.binaryCrossEntropy()))
        #expect(try abs(crossEntropy(jets, at: temperature.value) - temperature.crossEntropyAfter) < 1e-14)
    }

    @Test func `The error is the scatter over other jets`() throws {
        let fits = try (0..<200).map { seed in
            try Temperature(normalJets(signal: 500, background: 500, separation: 1, seed: UInt64(1000 + seed)))
        }
        let mean = fits.reduce(0) { $0 + $1.value } / 200
        let scatter = (fits.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / 199).squareRoot()
        let error = fits.reduce(0) { $0 + $1.standardError } / 200
        #expect(abs(error / scatter - 1) < 0.2)
    }

    @Test func `Logits that separate the classes, or know nothing of them, have none`() {
        #expect(throws: StatisticsError.self) { try Temperature(jets(signal: [1, 2], background: [-1, -3])) }
        #expect(throws: StatisticsError.self) { try Temperature(jets(signal: [-2, 1], background: [2, -1])) }
        #expect(throws: StatisticsError.self) { try Temperature(jets(signal: [-1, -2], background: [1, 3])) }
    }
}
