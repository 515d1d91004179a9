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

struct MarginTests {
    private static let data = TaggingData(Example.jets(101), signal: .w, .float64)

    /// f = 0.7·log E + 0.4·log pT − 6.2 of the leading constituent, whose margin is |f|/√(0.7² + 0.4²).
    private static let tagger = LinearTagger(
        { $0.features.select(-1, 5).select(-1, 0) }, { $0.features.select(-1, 3).select(-1, 0) },
        { $0.features.select(-1, 0).select(-1, 0) * 0 + 1 })
    private static let theta = Tensor([0.7, 0.4, -6.2])

    @Test func `They are the logit over its gradient's length, class by class`() throws {
        let margins = try Margins(
            of: Self.tagger, at: Self.theta, Self.data, signal: "W", background: "gluon",
            reducer: Reducer(sliceSize: 16, threads: 2))
        let features = Self.data.slice(Array(0..<101)).batch.features
        let energy = features.select(-1, 5).select(-1, 0).elements(Double.self)
        let pt = features.select(-1, 3).select(-1, 0).elements(Double.self)
        let all = zip(energy, pt).map { abs(0.7 * $0 + 0.4 * $1 - 6.2) / 0.65.squareRoot() }
        #expect(margins.classes.map(\.name) == ["W", "gluon"] && margins.classes.map(\.jets) == [51, 50])
        for (place, found) in margins.classes.enumerated() {
            // Jets take turns, the first being signal.
            let own = all.indices.filter { $0 % 2 == place }.map { all[$0] }.sorted()
            let median = place == 0 ? own[25] : (own[24] + own[25]) / 2
            #expect(abs(found.median.value - median) < 1e-9 && abs(found.band.median - median) < 1e-9)
            #expect(found.median.lower < median && found.median.upper > median)
            let bin = Int((log10(own[0]) + 3) / 5 * 50)
            #expect(found.histogram.counts[bin] > 0 && found.histogram.total == own.count)
        }
    }

    @Test func `A jet that no feature moves is infinitely far`() throws {
        let margins = try Margins(
            of: Self.tagger, at: Tensor([0.0, 0, 1]), Self.data, signal: "W", background: "gluon",
            reducer: Reducer(threads: 1))
        #expect(margins.classes.allSatisfy { $0.median.value == .infinity })
    }

    @Test func `Flipped decisions are counted to either side`() throws {
        let direction = Direction(name: "a", vector: Tensor([0.0, 0, 2]), eigenvalue: 3)
        let flips = try DecisionFlips(
            of: Self.tagger, at: Self.theta, Self.data, along: direction, steps: [0.1, 0.5],
            reducer: Reducer(sliceSize: 16, threads: 2))
        let logits = Reducer(threads: 1).logits(Self.tagger, at: Self.theta, Self.data)
        #expect(flips.jets == 101 && flips.directionNorm == 2 && flips.eigenvalue == 3)
        for point in flips.points {
            // The logit moves by 2ε.
            let up = logits.count { $0 <= 0 && $0 + 2 * point.epsilon > 0 }
            let down = logits.count { $0 > 0 && $0 - 2 * point.epsilon <= 0 }
            #expect(point.forwards.value == Double(up) / 101 && point.backwards.value == Double(down) / 101)
        }
        #expect(flips.points[1].forwards.value > 0 && flips.points[1].backwards.value > 0)
        #expect(flips.points.map(\.epsilon) == [0.1, 0.5])
    }
}
