import Foundation
import Statistics
import Testing

struct RankedJetsTests {
    /// Weights between 0 and 4, and the jets that have so many copies of each.
    private func resampled(_ jets: ScoredJets, seed: UInt64) throws -> (weights: [UInt8], copies: ScoredJets) {
        var random = SplitMix(state: seed)
        let weights = jets.scores.map { _ in UInt8.random(in: 0...4, using: &random) }
        let places = weights.indices.flatMap { Array(repeating: $0, count: Int(weights[$0])) }
        let copies = try ScoredJets(scores: places.map { jets.scores[$0] }, isSignal: places.map { jets.isSignal[$0] })
        return (weights, copies)
    }

    @Test(arguments: [nil, 0.3, 2])
    func `Weights are numbers of copies`(grid: Double?) throws {
        let targets = [0.8, 0.3, 0.5, 1]
        for seed in 1...20 as ClosedRange<UInt64> {
            let jets = normalJets(signal: 40, background: 60, separation: 1, grid: grid, seed: seed)
            let ranked = RankedJets(jets)
            let (weights, copies) = try resampled(jets, seed: seed)
            let curve = ROCCurve(copies)
            #expect(ranked.area(weights) == curve.area)
            #expect(jets.accuracy(weights) == copies.accuracy().value)
            #expect(jets.accuracy(weights, threshold: 0.4) == copies.accuracy(threshold: 0.4).value)
            let points = targets.map { curve.operatingPoint(signalEfficiency: $0) }
            let rejections = ranked.backgroundRejections(atSignalEfficiencies: targets, weights)
            #expect(rejections == points.map(\.backgroundRejection.value))
        }
    }

    @Test func `Weights of 1 leave the jets as they are`() throws {
        let jets = normalJets(signal: 300, background: 500, separation: 2, grid: 0.1, seed: 4)
        let ones = [UInt8](repeating: 1, count: 800)
        #expect(RankedJets(jets).area(ones) == ROCCurve(jets).area)
    }

    @Test func `Infinite and tied scores`() throws {
        let jets = try ScoredJets(
            scores: [-.infinity, -.infinity, .infinity, 0, 0], isSignal: [true, false, true, true, false])
        let ranked = RankedJets(jets)
        #expect(ranked.area([1, 1, 1, 1, 1]) == ROCCurve(jets).area)
        // Only the lowest scores have weight: the cut must still be found.
        #expect(ranked.backgroundEfficiencies(atSignalEfficiencies: [1], [1, 1, 0, 0, 0]) == [1])
        #expect(ranked.area([1, 1, 0, 0, 0]) == 0.5)
    }

    @Test func `A class without weight has no figures`() throws {
        let ranked = RankedJets(jets(signal: [1, 2], background: [0, 3]))
        #expect(ranked.area([0, 0, 1, 1]).isNaN && ranked.area([1, 1, 0, 0]).isNaN)
        #expect(ranked.backgroundEfficiencies(atSignalEfficiencies: [0.5], [1, 1, 0, 0])[0].isNaN)
        #expect(ranked.backgroundRejections(atSignalEfficiencies: [0.5], [0, 1, 1, 0]) == [.infinity])
    }
}
