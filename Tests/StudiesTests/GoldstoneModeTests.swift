import Curvature
import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Studies
import Testing
import Torch

struct GoldstoneModeTests {
    private static let data = TaggingData(Example.jets(200), signal: .w, .float64)
    private static let events = (0..<200).map { Int64($0 / 2) }
    private static let tagger = LinearTagger(LinearTagger.multiplicity, LinearTagger.energy)

    private func measure(_ vectors: [[Double]], draws: Int = 3, threads: Int = 2) throws -> [GoldstoneMode] {
        try GoldstoneMode.measure(
            vectors.enumerated().map {
                Direction(name: "\($0)", vector: Tensor($1), eigenvalue: $0 == 0 ? 7 : nil)
            }, of: Self.tagger, at: Tensor([0.3, -0.2]), Self.data, events: Self.events, BoostedViews(draws: draws),
            reducer: Reducer(sliceSize: 32, threads: threads))
    }

    @Test func `Along what no boost changes it is 0, and its motion is counted`() throws {
        let mode = try measure([[1, 0]])[0]
        #expect(mode.measure == 0 && mode.standardError == 0)
        #expect(abs(mode.correlation - 1) < 1e-12)
        let counts = Self.data.mask.to(.float64).sum(-1).elements(Double.self)
        let square = counts.reduce(0) { $0 + $1 * $1 } / 200, mean = counts.reduce(0, +) / 200
        #expect(abs(mode.speed - square.squareRoot()) < 1e-12)
        #expect(abs(mode.commonShift - mean * mean / square) < 1e-12)
        #expect(mode.eigenvalue == 7 && mode.direction == "0")
    }

    @Test func `Along the energy it is the naive sum over jets and boosts`() throws {
        let mode = try measure([[0, 2]])[0], stream = RandomStream(seed: 1, purpose: "landscape boosts")
        let momenta = Self.data.constituents.elements(Double.self), slots = Self.data.constituents.shape[1]
        var difference = 0.0, plain = 0.0, boosted = 0.0
        for jet in 0..<200 {
            let p = Array(momenta[4 * slots * jet..<4 * slots * jet + 4]), a = 2 * log(p[0] / 300)
            for draw in 0..<3 {
                let u = stream.uniforms(3, jet: UInt32(jet), view: UInt32(draw))
                let beta = BoostLaw.direction(u[0], u[1]) * (0.95 * u[2]).squareRoot()
                let gamma = 1 / (1 - 0.95 * u[2]).squareRoot()
                let b = 2 * log(gamma * (p[0] - beta.x * p[1] - beta.y * p[2] - beta.z * p[3]) / 300)
                difference += (a - b) * (a - b)
                plain += a * a
                boosted += b * b
            }
        }
        #expect(abs(mode.measure - difference / (plain + boosted)) < 1e-9)
        #expect(abs(mode.speed - ((plain + boosted) / 1200).squareRoot()) < 1e-9)
        #expect(mode.measure > 0.2 && mode.standardError > 0.01 && mode.standardError < 0.2)
    }

    @Test func `Its error is that of leaving groups of events out`() throws {
        let mode = try measure([[0, 1]], draws: 1)[0]
        // The measure of jets without one group, from a data set that lacks them.
        var measures: [Double] = []
        for group in 0..<64 {
            let kept = (0..<200).filter { ($0 / 2) % 64 != group }
            let data = TaggingData(Example.jets(200).subset(kept), signal: .w, .float64)
            measures.append(
                try GoldstoneMode.measure(
                    [Direction(name: "energy", vector: Tensor([0.0, 1]))], of: Self.tagger, at: Tensor([0.0, 0]), data,
                    events: kept.map { Int64($0 / 2) }, BoostedViews(), reducer: Reducer(threads: 2))[0].measure)
        }
        let mean = measures.reduce(0, +) / 64
        let squares = measures.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(abs(mode.standardError - (squares * 63 / 64).squareRoot()) < 1e-9)
    }

    @Test func `A mixed direction lies between, and neither threads nor other directions matter`() throws {
        let vectors = [[1.0, 0], [1, 1], [0, 1]], modes = try measure(vectors)
        #expect(modes[0].measure < modes[1].measure && modes[1].measure < modes[2].measure)
        #expect(try measure(vectors, threads: 1) == modes)
        // More than a group of directions at once.
        let many = try measure((0..<11).map { [1, Double($0)] })
        #expect(many.count == 11 && many.map(\.direction) == (0..<11).map(String.init))
        #expect(zip(many, many.dropFirst()).allSatisfy { $0.measure < $1.measure })
    }
}
