import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Statistics
import Studies
import Testing
import Torch

struct RobustnessTests {
    static let data = TaggingData(Example.jets(200), signal: .w, .float64)

    static func settings(_ perturbations: [String: [Double]], draws: Int = 3) -> RobustnessSettings {
        var settings = RobustnessSettings()
        settings.perturbations = perturbations
        settings.draws = draws
        return settings
    }

    static func measure(_ tagger: FixedTagger, _ settings: RobustnessSettings, threads: Int = 1) throws -> Robustness {
        try Robustness(
            of: tagger, at: Tensor([0.0]), data, settings, reducer: Reducer(sliceSize: 32, threads: threads))
    }

    /// P(s > b) + ½ P(s = b), pair by pair.
    static func area(_ logits: [Double], _ isSignal: [Bool]) -> Double {
        var wins = 0.0, pairs = 0.0
        for i in logits.indices where isSignal[i] {
            for j in logits.indices where !isSignal[j] {
                pairs += 1
                wins += logits[i] > logits[j] ? 1 : logits[i] == logits[j] ? 0.5 : 0
            }
        }
        return wins / pairs
    }

    /// The leading constituent's log E after smearing, in plain numbers.
    static func smearedLogits(_ sigma: Double, draw: Int) -> [Double] {
        let stream = RandomStream(seed: 1, purpose: "perturbation").part("smearing")
        let momenta = data.constituents.elements(Double.self), slots = data.constituents.shape[1]
        return (0..<200).map { jet in
            let p = momenta[4 * slots * jet..<4 * slots * jet + 4].map { $0 }
            let factor = max(1 + sigma * stream.normals(1, jet: UInt32(jet), epoch: UInt32(draw))[0], 0.01)
            let squared = p[1] * p[1] + p[2] * p[2] + p[3] * p[3]
            return log((p[0] * p[0] - squared + factor * factor * squared).squareRoot() / 300)
        }
    }

    @Test func `Every quantity is the naive one`() throws {
        let strengths = [0, 0.1, 0.4, 0.5]
        let robustness = try Self.measure(.energy, Self.settings(["smearing": strengths]))
        let curve = try #require(robustness.curves.first), isSignal = Self.data.isSignal
        #expect(robustness.curves.count == 1 && curve.perturbation == "smearing" && robustness.jets == 200)
        #expect(curve.points.map(\.strength) == strengths)
        let plain = Self.area(Self.smearedLogits(0, draw: 0), isSignal)
        #expect(abs(robustness.plain.rocAUC.value - plain) < 1e-12)
        for draw in 0..<3 {
            var drops: [Double] = []
            for (point, sigma) in zip(curve.points, strengths) {
                let logits = Self.smearedLogits(sigma, draw: draw), area = Self.area(logits, isSignal)
                #expect(abs(point.rocAUC.values[draw] - area) < 1e-12)
                #expect(abs(point.drop.values[draw] - (plain - area)) < 1e-12)
                let right = zip(logits, isSignal).count { ($0 > 0) == $1 }
                #expect(point.accuracy.values[draw] == Double(right) / 200)
                drops.append(plain - area)
            }
            let sum =
                0.1 * (drops[0] + drops[1]) / 2 + 0.3 * (drops[1] + drops[2]) / 2 + 0.1 * (drops[2] + drops[3]) / 2
            #expect(abs(curve.areaUnderDrop.values[draw] - sum) < 1e-12)
        }
        let last = curve.points[3].rocAUC
        let mean = last.values.reduce(0, +) / 3
        #expect(abs(last.mean - mean) < 1e-15)
        let squares = last.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(abs(try #require(last.deviation) - (squares / 2).squareRoot()) < 1e-15 && squares > 0)
        let accuracy = curve.points[3].accuracy
        let errors = accuracy.values.map { $0 * (1 - $0) / 200 }
        #expect(abs(accuracy.testSetError - (errors.reduce(0, +) / 3).squareRoot()) < 1e-15)
        // Nothing drops, nothing varies at strength 0.
        #expect(curve.points[0].drop.values == [0, 0, 0] && curve.points[0].drop.testSetError == 0)
        #expect(curve.points[0].rocAUC.deviation == 0)
    }

    /// DeLong's error of a sum of areas is that of the sum of the placements, jet by jet.
    @Test func `The test-set error of the area under the drop is that of its placements`() throws {
        let strengths = [0, 0.2, 0.5]
        let robustness = try Self.measure(.energy, Self.settings(["smearing": strengths], draws: 1))
        let isSignal = Self.data.isSignal
        // ∫ = 0.1 D(0) + 0.25 D(0.2) + 0.15 D(0.5), D(0) = 0.
        let terms = [(0.4, 0.0), (-0.25, 0.2), (-0.15, 0.5)].map { ($0.0, Self.smearedLogits($0.1, draw: 0)) }
        func placements(signal: Bool) -> [Double] {
            isSignal.indices.filter { isSignal[$0] == signal }.map { i in
                let others = isSignal.indices.filter { isSignal[$0] != signal }
                return others.reduce(0) { sum, j in
                    sum
                        + terms.reduce(0) { sum, term in
                            let difference = signal ? term.1[i] - term.1[j] : term.1[j] - term.1[i]
                            return sum + term.0 * (difference > 0 ? 1 : difference == 0 ? 0.5 : 0)
                        }
                } / Double(others.count)
            }
        }
        func variance(_ values: [Double]) -> Double {
            let n = Double(values.count), mean = values.reduce(0, +) / n
            return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1) / n
        }
        let expected = (variance(placements(signal: true)) + variance(placements(signal: false))).squareRoot()
        let found = robustness.curves[0].areaUnderDrop
        #expect(abs(found.testSetError - expected) < 1e-12 && expected > 1e-4)
        #expect(found.deviation == nil && found.values.count == 1)
    }

    @Test func `Strength 0 gives the bits of an evaluation, whatever the perturbation`() throws {
        let objective = Example.objective(jets: 60), reducer = Reducer(sliceSize: 16, threads: 2)
        let plain = reducer.logits(objective.0.network, at: objective.1, objective.0.data)
        let stream = RandomStream(seed: 1, purpose: "perturbation")
        for law in Perturbations.all {
            let logits = reducer.logits(
                objective.0.network, at: objective.1, objective.0.data,
                seenAs: { $0.perturbed(by: law, strength: 0, stream.part(law.name), draw: 2) })
            #expect(logits == plain, "\(law.name)")
        }
        let robustness = try Robustness(
            of: objective.0.network, at: objective.1, objective.0.data, Self.settings(["smearing": [0, 0.5]]),
            reducer: reducer)
        let evaluation = try Evaluation(ScoredJets(scores: plain, isSignal: objective.0.data.isSignal))
        #expect(robustness.plain == evaluation)
        #expect(robustness.curves[0].points[0].rocAUC.values == [Double](repeating: evaluation.rocAUC.value, count: 3))
    }

    @Test func `Two taggers meet the same noise`() throws {
        // What each constituent of each jet becomes, as two taggers see it.
        func seen(_ tagger: FixedTagger, slice: Int) throws -> [Double] {
            let reducer = Reducer(sliceSize: slice, threads: 2)
            let stream = RandomStream(seed: 1, purpose: "perturbation").part("smearing")
            return reducer.logits(
                tagger, at: Tensor([0.0]), Self.data,
                seenAs: { $0.perturbed(by: MomentumSmearing(), strength: 0.3, stream, draw: 1) })
        }
        let first = FixedTagger { $0.features.select(-1, 5).select(-1, 0) - log(300) }
        let twice = FixedTagger { 2 * ($0.features.select(-1, 5).select(-1, 0) - log(300)) }
        #expect(try seen(first, slice: 32).map { 2 * $0 } == seen(twice, slice: 7))
        // An increasing function of a tagger's logit has its areas and decisions in every draw.
        let settings = Self.settings(["smearing": [0.3], "lostConstituents": [0.2]])
        let one = try Self.measure(first, settings), two = try Self.measure(twice, settings)
        #expect(one.curves == two.curves)
        #expect(one.curves.map(\.perturbation) == ["smearing", "lostConstituents"])
    }

    @Test func `Threads change no bit, a file gives it back, and passes are counted`() throws {
        let objective = Example.objective(jets: 60)
        let settings = Self.settings(["smearing": [0, 0.2], "energyScale": [-0.1, 0, 0.1], "softEmissions": [5]])
        final class Count: @unchecked Sendable {
            private let lock = NSLock()
            var value = 0
            func add(_ more: Int) { lock.withLock { value += more } }
        }
        func measure(_ threads: Int, _ count: Count = Count()) throws -> Robustness {
            try Robustness(
                of: objective.0.network, at: objective.1, objective.0.data, settings,
                reducer: Reducer(sliceSize: 16, threads: threads), progress: { count.add($0) })
        }
        let count = Count(), one = try measure(1, count)
        #expect(count.value == 60 * Robustness.passes(settings) && Robustness.passes(settings) == 1 + 3 + 2 + 3)
        #expect(try measure(3) == one)
        #expect(one.curves.map { $0.points[0].rocAUC.values.count } == [3, 1, 3])
        #expect(try readBack(one) == one)
    }

    @Test func `Impossible settings are errors`() {
        for perturbations in [["smearing": [-0.1]], ["smearig": [0.1]], ["lostConstituents": [2]]] {
            #expect(throws: JetsError.self) { try Self.measure(.energy, Self.settings(perturbations)) }
        }
    }
}
