import Curvature
import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Statistics
import Studies
import Testing
import Torch

struct BoostRatioTests {
    private static let data = TaggingData(Example.jets(120), signal: .w, .float64)
    private static let tagger = LinearTagger(LinearTagger.multiplicity, LinearTagger.energy)

    private func measure(_ theta: [Double], steps: [Double], draws: Int = 2, threads: Int = 2) throws -> BoostRatio {
        try BoostRatio(
            of: Self.tagger, at: Tensor(theta), Self.data, along: Direction(name: "a", vector: Tensor([0.6, 0.8])),
            steps: steps, BoostedViews(draws: draws), reducer: Reducer(sliceSize: 32, threads: threads))
    }

    @Test func `At each ε it is the direct ratio of the moved tagger's outputs`() throws {
        let ratio = try measure([0.5, -1], steps: [-0.2, 0, 0.3]), reducer = Reducer(threads: 1)
        #expect(ratio.points.map(\.epsilon) == [-0.2, 0, 0.3] && ratio.jets == 120)
        #expect(abs(ratio.directionNorm - 1) < 1e-12)
        let stream = RandomStream(seed: 1, purpose: "landscape boosts")
        for point in ratio.points {
            let theta = Tensor([0.5 + 0.6 * point.epsilon, -1 + 0.8 * point.epsilon])
            let plain = reducer.logits(Self.tagger, at: theta, Self.data)
            var logits: [Double] = [], probabilities: [Double] = [], differences: [Double] = []
            for draw in 0..<2 {
                let boosted = reducer.logits(
                    Self.tagger, at: theta, Self.data,
                    seenAs: {
                        $0.transformed(
                            by: BoostLaw(), stream, RowNames(jets: $0.names, epoch: 0, view: UInt32(draw)))
                    })
                for (f, g) in zip(plain, boosted) {
                    logits.append(f / g)
                    probabilities.append((1 + exp(-g)) / (1 + exp(-f)))
                    differences.append(abs(f - g))
                }
            }
            for (band, values) in [
                (point.logitRatio, logits), (point.probabilityRatio, probabilities),
                (point.logitDifference, differences),
            ] {
                let sorted = values.sorted()
                #expect(abs(band.median - (sorted[119] + sorted[120]) / 2) < 1e-9)
                // Quantile 16 % of 240 values: place 38.24.
                #expect(abs(band.lower68 - (0.76 * sorted[38] + 0.24 * sorted[39])) < 1e-9)
                #expect(abs(band.upper95 - (0.975 * sorted[233] + 0.025 * sorted[234])) < 1e-6)
                #expect(band.undefined == 0)
            }
        }
    }

    @Test func `A tagger that boosts don't change has ratio 1 and no difference, however large its logits`() throws {
        let ratio = try BoostRatio(
            of: Self.tagger, at: Tensor([-300.0, 0]), Self.data,
            along: Direction(name: "a", vector: Tensor([1.0, 0])), steps: [0], BoostedViews(),
            reducer: Reducer(threads: 1))
        let point = ratio.points[0]
        #expect(point.logitRatio == Band(of: [1]) && point.probabilityRatio == Band(of: [1]))
        #expect(point.logitDifference == Band(of: [0]))
    }

    @Test func `A logit of 0 has no ratio, and that is counted`() throws {
        let points = try measure([0, 0], steps: [0, 0.1], draws: 1).points
        #expect(points[0].logitRatio.undefined == 120 && points[0].logitRatio.median.isNaN)
        #expect(points[0].probabilityRatio == Band(of: [1]))
        #expect(points[1].logitRatio.undefined == 0 && points[1].logitRatio.median.isFinite)
    }

    @Test func `Threads change no bit`() throws {
        #expect(try measure([0.5, -1], steps: [0, 1], threads: 1) == measure([0.5, -1], steps: [0, 1], threads: 3))
    }
}
