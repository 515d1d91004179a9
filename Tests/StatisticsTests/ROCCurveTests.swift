import Foundation
import Statistics
import Testing

@Suite struct ROCCurveTests {
    @Test(arguments: [nil, 0.5, 2.0])
    func areaIsThatOfAllPairs(grid: Double?) throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let jets = normalJets(signal: 57, background: 91, separation: 1.2, grid: grid, seed: seed)
            #expect(close(ROCCurve(jets).area, pairwiseArea(jets), 1e-14))
            #expect(ROCCurve(jets).area == (try AreaUnderROC(jets)).value)
        }
    }

    @Test func everyPointCountsTheJetsAtOrAboveItsThreshold() {
        let jets = normalJets(signal: 30, background: 45, separation: 0.8, grid: 0.25, seed: 9)
        let curve = ROCCurve(jets)
        #expect(curve.thresholds == [.infinity] + Set(jets.scores).sorted(by: >))
        for i in 0..<curve.count {
            #expect(curve.signalPassing[i] == jets.scores(signal: true).count { $0 >= curve.thresholds[i] })
            #expect(curve.backgroundPassing[i] == jets.scores(signal: false).count { $0 >= curve.thresholds[i] })
        }
        #expect(curve.signalEfficiency(curve.count - 1) == 1 && curve.backgroundEfficiency(0) == 0)
    }

    @Test func orderOfTheJetsPlaysNoPart() throws {
        let jets = normalJets(signal: 200, background: 200, separation: 1, grid: 0.1, seed: 3)
        var random = SplitMix(state: 8)
        let order = jets.scores.indices.shuffled(using: &random)
        let shuffled = try ScoredJets(scores: order.map { jets.scores[$0] }, isSignal: order.map { jets.isSignal[$0] })
        #expect(ROCCurve(shuffled) == ROCCurve(jets))
    }

    @Test func extremes() {
        let tied = ROCCurve(jets(signal: [1, 1, 1], background: [1, 1]))
        #expect(tied.area == 0.5 && tied.count == 2)
        #expect(ROCCurve(jets(signal: [3, 4], background: [1, 2])).area == 1)
        #expect(ROCCurve(jets(signal: [1, 2], background: [3, 4])).area == 0)
        // A diverged network's infinite logits are still ordered.
        #expect(ROCCurve(jets(signal: [.infinity, 0], background: [-.infinity, 0])).area == 0.875)
    }

    /// Normal scores of equal width have the area Φ(d/√2).
    @Test func areaOfNormalScores() {
        let jets = normalJets(signal: 100_000, background: 100_000, separation: 2, seed: 21)
        #expect(abs(ROCCurve(jets).area - 0.9213503965) < 0.0025)
    }

    @Test func interpolatesBetweenPoints() {
        // Points (ε_B, ε_S): (0, 0), (0, ½), (½, 1), (1, 1).
        let curve = ROCCurve(jets(signal: [5, 3], background: [3, 1]))
        #expect(curve.backgroundEfficiency(atSignalEfficiency: 0) == 0)
        #expect(curve.backgroundEfficiency(atSignalEfficiency: 0.5) == 0)
        #expect(curve.backgroundEfficiency(atSignalEfficiency: 0.75) == 0.25)
        #expect(curve.backgroundEfficiency(atSignalEfficiency: 1) == 0.5)
    }
}
