import Foundation
import Statistics
import Studies
import Support
import Testing

struct ClaimVerdictsTests {
    /// The clear evidence with some quantities replaced.
    private func verdicts(_ changes: [ClaimQuantity: [SeedPair]] = [:]) -> ClaimVerdicts {
        ClaimVerdicts(clearEvidence.merging(changes) { $1 })
    }

    @Test func `Clear seeds reproduce all six claims, after Holm's correction too`() {
        let found = verdicts()
        #expect(found.claims.map(\.claim) == Claim.allCases && found.claims.count == 6)
        #expect(found.claims.allSatisfy { $0.verdict == .reproduced && $0.verdictAfterHolm == .reproduced })
        #expect(found.warnings.isEmpty)
        #expect(found.claims.map(\.holmPValue) == holmAdjusted(found.claims.map { $0.pValue! }))
        #expect(found[.curvature].quantities.map(\.quantity) == [.leadingEigenvalue, .hessianTrace])
        #expect(Set(found.claims.flatMap(\.quantities).map(\.quantity)) == Set(ClaimQuantity.allCases))
    }

    @Test func `Opposite seeds do not reproduce them`() {
        let swapped = clearEvidence.mapValues { pairs in
            pairs.map { SeedPair(seed: $0.seed, unconstrained: $0.constrained, constrained: $0.unconstrained) }
        }
        let found = ClaimVerdicts(swapped)
        // Equality is the same in either direction.
        #expect(found[.performance].verdict == .reproduced)
        #expect(found.claims.dropFirst().allSatisfy { $0.verdict == .notReproduced })
        let worse = verdicts([
            .rocAUC: pairs([0.98, 0.981, 0.979, 0.98, 0.982, 0.98], [0.95, 0.951, 0.95, 0.949, 0.952, 0.951])
        ])
        #expect(worse[.performance].verdict == .notReproduced)
        #expect(worse[.performance].reading.hasPrefix("Not reproduced: with the symmetry loss the ROC-AUC"))
    }

    @Test func `Noisy seeds leave a claim undecided, with the number that would decide it`() throws {
        let noisy = pairs([0.05, 0.04, 0.06, 0.05, 0.03, 0.05], [0.04, 0.05, 0.04, 0.06, 0.03, 0.03])
        let found = verdicts([.smearingLoss: noisy])[.robustness]
        #expect(found.verdict == .undecided && found.decidedBy == .smearingLoss)
        let needed = try #require(found.pairsNeeded)
        #expect(needed > 6)
        #expect(found.reading.contains("about \(needed) pairs of seeds") && found.warnings.isEmpty)
    }

    @Test func `A collapsed seed is named and never averaged in`() throws {
        // Collapsed, the constrained network's curvature is next to 0, which would confirm the claim.
        let sound = clearEvidence[.leadingEigenvalue]!
        let collapsed = sound.changing(seed: 2) { _ in .init(1e-12, isCollapsed: true) }
        let found = verdicts([.leadingEigenvalue: collapsed])[.curvature]
        let quantity = found.quantities[0]
        #expect(quantity.excluded.map(\.seed) == [2] && quantity.pairs == collapsed)
        let others = sound.filter { $0.seed != 2 }
        #expect(quantity.decision == QuantityVerdict(.leadingEigenvalue, others).decision)
        let message = try #require(found.warnings.first { $0.contains("seed 2") })
        #expect(message.contains("left out") && message.contains("collapsed") && message.contains("constrained"))
        // Five are left, which is said as well.
        #expect(found.warnings.contains { $0.contains("only 5 pairs") && $0.contains("0.0625") })
    }

    @Test func `An unconverged seed is counted, and said`() {
        let eigenvalues = clearEvidence[.leadingEigenvalue]!.changing(seed: 3, constrained: false) {
            .init($0.value, isConverged: false)
        }
        let found = verdicts([.leadingEigenvalue: eigenvalues])[.curvature]
        #expect(found.verdict == .reproduced && found.quantities[0].excluded.isEmpty)
        #expect(found.warnings == ["leading Hessian eigenvalue λ₁: seed 3: unconstrained not converged"])
    }

    @Test func `Few pairs are said first, and one decides nothing`() throws {
        for count in 0...5 {
            let few = Array(clearEvidence[.modeBreaking]!.prefix(count))
            let found = verdicts([.modeBreaking: few])[.goldstoneMode]
            let warning = found.warnings.first ?? ""
            switch count {
            case 0: #expect(found.reading.contains("nothing was measured") && found.decidedBy == nil)
            case 1: #expect(warning.contains("no error") && found.reading.contains("no error"))
            default: #expect(warning.contains("only \(count) pairs") && warning.contains("\(2 / exp2(Double(count)))"))
            }
            if count < 2 { #expect(found.verdict == .undecided && found.pValue == nil && found.holmPValue == 1) }
        }
    }

    @Test func `A claim of which no seed is left is undecided, and every seed is named`() {
        let collapsed = clearEvidence[.modeBreaking]!.map { pair in
            SeedPair(seed: pair.seed, unconstrained: pair.unconstrained, constrained: .init(0, isCollapsed: true))
        }
        let found = verdicts([.modeBreaking: collapsed])[.goldstoneMode]
        #expect(found.verdict == .undecided && found.pValue == nil && found.quantities[0].excluded.count == 6)
        #expect(found.warnings.count == 2 && found.warnings[0].contains("no pair of seeds is left"))
        #expect(
            found.warnings[1].contains("seeds 1, 2, 3, 4, 5, 6 are left out: the constrained training has collapsed"))
    }

    @Test func `What is no number, or has no logarithm, is left out and named`() {
        let broken = clearEvidence[.hessianTrace]!
            .changing(seed: 1) { _ in .init(.nan) }
            .changing(seed: 4, constrained: false) { _ in .init(-3) }
            .changing(seed: 5) { _ in .init(.infinity) }
        let found = verdicts([.hessianTrace: broken])[.curvature].quantities[1]
        #expect(found.excluded.map(\.seed) == [1, 4, 5] && found.decision.differences?.count == 3)
        #expect(found.warnings.contains { $0.contains("seed 4") && $0.contains("-3") && $0.contains("logarithm") })
        // A difference may be of any sign.
        #expect(QuantityVerdict(.modeBreaking, pairs([-1, -2], [0, -3])).excluded.isEmpty)
    }

    @Test func `Seeds that all agree to the last digit decide by their signs`() {
        let three = pairs([10, 10, 10], [5, 5, 5])
        let found = verdicts([.distillationEpochs: three])[.distillation]
        #expect(found.verdict == .undecided && found.decidedBy == .distillationEpochs)
        #expect(found.warnings.contains { $0.contains("same difference") })
        let eight = pairs(Array(repeating: 10, count: 8), Array(repeating: 5, count: 8))
        #expect(verdicts([.distillationEpochs: eight])[.distillation].verdict == .reproduced)
    }

    @Test func `An epoch that was never reached is a bound`() {
        let epochs = clearEvidence[.distillationEpochs]!
        // The unconstrained teacher's student never got there: that only strengthens the claim.
        let stronger = epochs.changing(seed: 1, constrained: false) { .init($0.value, isLowerBound: true) }
        #expect(verdicts([.distillationEpochs: stronger])[.distillation].verdict == .reproduced)
        // The constrained one's never did: the difference is unknown.
        let open = epochs.changing(seed: 1) { .init($0.value, isLowerBound: true) }
        let found = verdicts([.distillationEpochs: open])[.distillation]
        #expect(found.verdict == .undecided && found.pValue == nil)
        #expect(found.warnings.contains { $0.contains("at least") })
        // Neither did: nothing is known of the difference, which is not 0.
        let unknown = epochs.map {
            SeedPair(
                seed: $0.seed, unconstrained: .init(6, isLowerBound: true), constrained: .init(6, isLowerBound: true))
        }
        let none = QuantityVerdict(.distillationEpochs, unknown)
        #expect(none.effect == nil && none.interval == nil && none.excluded.count == unknown.count)
        let seeds = unknown.map { "\($0.seed)" }.joined(separator: ", ")
        #expect(none.warnings.contains { $0.contains("seeds \(seeds) are left out: both") })
    }

    @Test func `Two quantities are claimed together`() {
        let up = clearEvidence[.nearTransferAUC]!
        let down = up.map { SeedPair(seed: $0.seed, unconstrained: $0.constrained, constrained: $0.unconstrained) }
        let unclear = pairs([0.5, 0.4, 0.6, 0.5, 0.5, 0.4], [0.4, 0.5, 0.5, 0.6, 0.5, 0.5])
        func transfer(_ near: [SeedPair], _ far: [SeedPair]) -> ClaimVerdict {
            verdicts([.nearTransferAUC: near, .farTransferAUC: far])[.transfer]
        }
        let both = transfer(up, up)
        #expect(both.verdict == .reproduced && both.pValue == both.quantities.compactMap(\.decision.pValue).max())
        // One of them the wrong way: the claim is of both.
        let split = transfer(up, down)
        #expect(split.verdict == .notReproduced && split.decidedBy == .farTransferAUC)
        #expect(split.pValue == 2 * split.quantities[1].decision.pValue!)
        let half = transfer(unclear, up)
        #expect(half.verdict == .undecided && half.decidedBy == .nearTransferAUC)
        #expect(half.pValue == half.quantities[0].decision.pValue)
        #expect(transfer(unclear, down).verdict == .notReproduced)
        let missing = transfer(up, [])
        #expect(missing.verdict == .undecided && missing.pValue == nil && missing.reading.contains("has no value"))
    }

    @Test func `Holm's correction may leave undecided what its interval alone decides`() {
        // p = 0.03 or so in one claim, nothing else to be found.
        let weak = pairs([0.05, 0.05, 0.05, 0.05, 0.05, 0.05], [0.04, 0.049, 0.03, 0.052, 0.04, 0.035])
        let found = ClaimVerdicts([.smearingLoss: weak])
        let claim = found[.robustness]
        #expect(claim.verdict == .reproduced && claim.verdictAfterHolm == .undecided)
        #expect(claim.holmPValue == min(1, 6 * claim.pValue!))
        #expect(claim.reading.contains("which leaves it undecided"))
        // The five others were not measured, and are still in the family.
        #expect(found.claims.filter { $0.verdict == .undecided }.count == 5)
    }

    @Test func `Equal within the margin, yet established to differ, is said`() {
        let both = pairs(
            [0.9875, 0.9876, 0.9874, 0.9875, 0.9873, 0.9876], [0.985, 0.9849, 0.985, 0.9851, 0.9848, 0.985])
        let found = verdicts([.rocAUC: both])[.performance]
        #expect(found.verdict == .reproduced)
        #expect(found.warnings.contains { $0.contains("establish a difference") })
    }

    @Test func `Everything is in the JSON, every seed's value and NaN too`() throws {
        let found = verdicts([.hessianTrace: clearEvidence[.hessianTrace]!.changing(seed: 1) { _ in .init(.nan) }])
        let path = NSTemporaryDirectory() + "claims-\(UUID()).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try writeJSON(found, to: path)
        let back: ClaimVerdicts = try readJSON(from: path)
        #expect(back[.distillation] == found[.distillation])
        #expect(back[.curvature].quantities[1].pairs[0].constrained.value.isNaN)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for key in ["\"verdict\"", "\"holmPValue\"", "\"signFlip\"", "\"seed\"", "\"reading\"", "\"pairsNeeded\""] {
            #expect(text.contains(key), "\(key)")
        }
    }
}
