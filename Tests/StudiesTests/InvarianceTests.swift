import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Statistics
import Studies
import Testing
import Torch

struct InvarianceTests {
    static let data = TaggingData(Example.jets(300), signal: .w, .float64)

    private static func measure(_ tagger: FixedTagger, threads: Int = 1) throws -> Invariance {
        try Invariance(of: tagger, at: Tensor([0.0]), data, reducer: Reducer(sliceSize: 32, threads: threads))
    }

    @Test func `An invariant tagger does not change, whatever the speed`() throws {
        let invariance = try Self.measure(.mass)
        #expect(invariance.points.map(\.speed) == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
        #expect(invariance.jets == 300)
        for point in invariance.points {
            // The example's momenta are rounded to float, which leaves them masses of 10⁻⁷ of their energies squared.
            #expect(point.meanAbsoluteLogitChange.value < 1e-3)
            #expect(point.meanSquaredScoreChange.value < 1e-6)
            #expect(abs(point.rocAUC.value - invariance.points[0].rocAUC.value) < 1e-3)
        }
        #expect(invariance.points[0].rocAUC.value > 0.8)
    }

    @Test func `One that depends on the frame changes more and more`() throws {
        let points = try Self.measure(.energy).points
        #expect(points[0].meanSquaredScoreChange.value == 0 && points[0].meanAbsoluteLogitChange.value == 0)
        #expect(points[0].flippedDecisions.value == 0)
        for (slower, faster) in zip(points, points.dropFirst()) {
            #expect(faster.meanSquaredScoreChange.value > slower.meanSquaredScoreChange.value)
            #expect(faster.meanAbsoluteLogitChange.value > slower.meanAbsoluteLogitChange.value)
        }
        // E′ = γE(1 − β cos θ), and ⟨log(γ(1 − β cos θ))⟩ has a closed form; at β = 0.95 most energies move by more.
        let beta = 0.95, n = 300.0
        let points95 = try #require(points.last)
        let samples = (0..<100_000).map { step -> Double in
            let cosine = -1 + (Double(step) + 0.5) / 50_000
            return abs(log((1 - beta * cosine) / (1 - beta * beta).squareRoot()))
        }
        let mean = samples.reduce(0, +) / 100_000
        let spread = (samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000).squareRoot()
        #expect(abs(points95.meanAbsoluteLogitChange.value - mean) < 4 * spread / n.squareRoot())
    }

    @Test func `Every quantity is the naive one`() throws {
        let invariance = try Self.measure(.energy), stream = RandomStream(seed: 1, purpose: "invariance")
        let momenta = Self.data.constituents.elements(Double.self), slots = Self.data.constituents.shape[1]
        let isSignal = Self.data.labels.elements(Double.self).map { $0 == 1 }
        for point in [invariance.points[4], invariance.points[10]] {
            var before: [Double] = [], after: [Double] = []
            for jet in 0..<300 {
                let p = momenta[4 * slots * jet..<4 * slots * jet + 4].map { $0 }
                let u = stream.uniforms(2, jet: UInt32(jet)), beta = BoostLaw.direction(u[0], u[1]) * point.speed
                let gamma = 1 / (1 - point.speed * point.speed).squareRoot()
                before.append(log(p[0] / 300))
                after.append(log(gamma * (p[0] - beta.x * p[1] - beta.y * p[2] - beta.z * p[3]) / 300))
            }
            func score(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }
            let squares = zip(before, after).map { pow(score($1) - score($0), 2) }
            let mean = squares.reduce(0, +) / 300
            let error = (squares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (299 * 300)).squareRoot()
            #expect(abs(point.meanSquaredScoreChange.value - mean) < 1e-12)
            #expect(abs(point.meanSquaredScoreChange.upper - (mean + 1.959963984540054 * error)) < 1e-9)
            #expect(abs(point.meanSquaredScoreChange.lower - (mean - 1.959963984540054 * error)) < 1e-9)
            let changes = zip(before, after).map { abs($1 - $0) }
            #expect(abs(point.meanAbsoluteLogitChange.value - changes.reduce(0, +) / 300) < 1e-12)
            let flipped = zip(before, after).filter { $0 * $1 < 0 }.count
            #expect(flipped > 0)
            #expect(point.flippedDecisions.value == Double(flipped) / 300)
            var wins = 0.0, pairs = 0.0
            for i in 0..<300 where isSignal[i] {
                for j in 0..<300 where !isSignal[j] {
                    pairs += 1
                    wins += after[i] > after[j] ? 1 : after[i] == after[j] ? 0.5 : 0
                }
            }
            #expect(abs(point.rocAUC.value - wins / pairs) < 1e-12)
            #expect(point.rocAUCStandardError > 0)
        }
    }

    @Test func `Threads change no bit, and a file gives it back`() throws {
        let objective = Example.objective(jets: 100)
        func measure(_ threads: Int) throws -> Invariance {
            try Invariance(
                of: objective.0.network, at: objective.1, objective.0.data, speeds: [0, 0.5],
                reducer: Reducer(sliceSize: 16, threads: threads))
        }
        let one = try measure(1)
        #expect(try measure(3) == one)
        #expect(one.points[0].meanSquaredScoreChange.value == 0)
        #expect(one.points[1].meanSquaredScoreChange.value > 0)
        #expect(try JSONDecoder().decode(Invariance.self, from: JSONEncoder().encode(one)) == one)
    }

    @Test func `Figures show each quantity with its band`() throws {
        let figures = Invariance.figures(
            [
                OfTraining(variant: "mass", seed: 1, collapsed: false, try Self.measure(.mass)),
                OfTraining(variant: "energy", seed: 1, collapsed: false, try Self.measure(.energy)),
            ], subtitle: "invented jets")
        #expect(figures.map(\.name) == ["invariance-score", "invariance-logit", "invariance-flips", "invariance-auc"])
        let encoder = JSONEncoder()
        for figure in figures {
            let text = String(decoding: try encoder.encode(figure.specification), as: UTF8.self)
            #expect(text.contains("energy") && text.contains("mass") && text.contains("0.95"))
        }
        #expect(Set(figures.map(\.title)).count == 4)
    }
}
