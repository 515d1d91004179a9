import Foundation
import Statistics
import Testing

struct PairedDecisionTests {
    private let clear = [-0.9, -1.1, -1.0, -1.2, -0.8, -1.05]

    @Test func `A clear difference is reproduced on the claimed side and not on the other`() {
        let below = PairedDecision(clear, claimed: .below), above = PairedDecision(clear, claimed: .above)
        #expect(below.verdict == .reproduced && above.verdict == .notReproduced)
        #expect(below.interval?.confidence == 0.95 && below.interval == above.interval)
        #expect(below.pValue == below.differences?.pValue && below.pValue! < 0.001)
        let mirrored = PairedDecision(clear.map { -$0 }, claimed: .above)
        #expect(mirrored.verdict == .reproduced && mirrored.pValue == below.pValue)
    }

    /// The interval and its p-value are two sides of one decision.
    @Test func `A verdict stands exactly where its p-value is below 0.05`() {
        var random = SplitMix(state: 4)
        var seen: [Verdict: Int] = [:]
        for round in 0..<1000 {
            let shift = Double(round % 7 - 3) * 0.5
            let values = (0..<(2 + round % 6)).map { _ in shift + random.normal() }
            for claimed in [ClaimedSide.below, .above, .within(margin: 1.2)] {
                let decision = PairedDecision(values, claimed: claimed)
                seen[decision.verdict, default: 0] += 1
                #expect((decision.verdict != .undecided) == (decision.pValue! < 0.05))
            }
        }
        #expect(seen.values.allSatisfy { $0 > 50 } && seen.count == 3)
    }

    @Test func `Equality is decided by the 90 percent interval within the margin`() {
        let near = [-0.0021, -0.0029, -0.0025, -0.0026, -0.0024, -0.0022]
        let equal = PairedDecision(near, claimed: .within(margin: 0.005))
        #expect(equal.verdict == .reproduced && equal.interval?.confidence == 0.9)
        #expect(PairedDecision(near.map { $0 - 0.01 }, claimed: .within(margin: 0.005)).verdict == .notReproduced)
        #expect(PairedDecision(near.map { $0 + 0.0125 }, claimed: .within(margin: 0.005)).verdict == .notReproduced)
        let wide = PairedDecision([-0.02, 0.02, 0.01, -0.01], claimed: .within(margin: 0.005))
        #expect(wide.verdict == .undecided && wide.pValue! > 0.05)
        // Two one-sided tests: the larger p-value is that of the nearer edge.
        #expect(close(equal.pValue!, equal.differences!.pValue(above: -0.005)))
    }

    /// A 95 % claim is wrongly made in 2.5 % of the cases without a difference, an equality in at most 5 % of those at
    /// the margin.
    @Test func `Errs as seldom as promised`() {
        var random = SplitMix(state: 21)
        let repetitions = 2000
        var claims = 0, equalities = 0
        for _ in 0..<repetitions {
            let values = (0..<6).map { _ in random.normal() }
            if PairedDecision(values, claimed: .below).verdict == .reproduced { claims += 1 }
            let shifted = values.map { 0.005 + 0.002 * $0 }
            if PairedDecision(shifted, claimed: .within(margin: 0.005)).verdict == .reproduced { equalities += 1 }
        }
        #expect(abs(Double(claims) / Double(repetitions) - 0.025) < 0.0105)
        #expect(abs(Double(equalities) / Double(repetitions) - 0.05) < 0.0147)
    }

    @Test func `Too few pairs decide nothing`() {
        for values in [[], [-3.0]] {
            let decision = PairedDecision(values, claimed: .below)
            #expect(decision.verdict == .undecided && decision.differences == nil && decision.pValue == nil)
        }
        #expect(PairedDecision([-1, .nan, -2], claimed: .below).differences == nil)
    }

    @Test func `Without spread the signs decide`() {
        func decide(_ value: Double, _ pairs: Int, _ claimed: ClaimedSide) -> PairedDecision {
            PairedDecision(Array(repeating: value, count: pairs), claimed: claimed)
        }
        // The t interval is a point at any number of pairs; the sign-flip test needs six.
        #expect(decide(-0.7, 5, .below).verdict == .undecided && decide(-0.7, 6, .below).verdict == .reproduced)
        #expect(decide(-0.7, 6, .below).pValue == 2.0 / 64 && decide(-0.7, 2, .below).pairsNeeded == 6)
        #expect(decide(0, 10, .below).verdict == .undecided && decide(0, 10, .below).pairsNeeded == nil)
        #expect(decide(0.001, 4, .within(margin: 0.005)).verdict == .undecided)
        #expect(decide(0.001, 5, .within(margin: 0.005)).verdict == .reproduced)
        #expect(decide(0.01, 5, .within(margin: 0.005)).verdict == .notReproduced)
        #expect(decide(0, 5, .within(margin: 0.005)).verdict == .reproduced)
    }

    @Test func `Bounds decide only where they leave no doubt`() {
        func verdict(_ claimed: ClaimedSide, lower: Bool, higher: Bool) -> Verdict {
            PairedDecision(clear, claimed: claimed, mayBeLower: lower, mayBeHigher: higher).verdict
        }
        #expect(verdict(.below, lower: true, higher: false) == .reproduced)
        #expect(verdict(.below, lower: false, higher: true) == .undecided)
        #expect(verdict(.above, lower: true, higher: false) == .notReproduced)
        #expect(verdict(.above, lower: false, higher: true) == .undecided)
        #expect(verdict(.within(margin: 2), lower: true, higher: false) == .undecided)
        let open = PairedDecision(clear, claimed: .below, mayBeHigher: true)
        #expect(open.pValue == nil && open.interval != nil)
    }

    @Test func `Pairs needed are those of the observed size`() {
        let noisy = PairedDecision([0.3, -0.2, 0.5, -0.1], claimed: .above)
        let effect = noisy.differences!.mean / noisy.differences!.standardDeviation
        #expect(noisy.verdict == .undecided)
        #expect(noisy.pairsNeeded == PairedPower.pairsForDifference(effect: effect))
        let equal = PairedDecision([0.004, -0.003, 0.006, -0.004], claimed: .within(margin: 0.005))
        #expect(equal.verdict == .undecided && equal.pairsNeeded! > 4)
        // Beyond the margin, by the one-sided test that decides there.
        let unequal = PairedDecision([0.004, 0.012, 0.009], claimed: .within(margin: 0.005))
        let beyond = (unequal.differences!.mean - 0.005) / unequal.differences!.standardDeviation
        #expect(unequal.pairsNeeded == PairedPower.pairsForDifference(effect: beyond, level: 0.1))
    }

    @Test func `Codes`() throws {
        for claimed in [ClaimedSide.below, .within(margin: 0.005)] {
            let decision = PairedDecision(clear, claimed: claimed)
            #expect(try JSONDecoder().decode(PairedDecision.self, from: JSONEncoder().encode(decision)) == decision)
        }
    }
}
