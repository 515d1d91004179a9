import Foundation
import Report
import Statistics

/// The verdict on one of the claims, computed from its quantities.
///
/// Where a claim has two quantities it claims both. Both intervals on the claimed side: reproduced, with the larger of
/// the two p-values (an intersection–union test, which needs no correction: R. L. Berger, Technometrics 24 (1982) 295).
/// One of them wholly on the other side: not reproduced, with twice the smallest such p-value, as there were two chances
/// (Bonferroni). Else undecided, with the larger p-value.
public struct ClaimVerdict: Sendable, Codable, Equatable {
    public let claim: Claim
    /// By the intervals.
    public let verdict: Verdict
    /// The claim's p-value; nil where nothing can be decided.
    public let pValue: Double?
    /// The p-value after Holm's correction over the six claims, one that can't be decided counting as 1.
    public let holmPValue: Double
    /// The verdict that is left at 5 % after that correction.
    public let verdictAfterHolm: Verdict
    /// The quantity that the verdict hangs on; nil where nothing was measured.
    public let decidedBy: ClaimQuantity?
    public let quantities: [QuantityVerdict]
    /// With how many pairs of seeds all of the claim's quantities would be decided with probability 0.8, if differences
    /// and spreads are as observed; nil where no number would do.
    public let pairsNeeded: Int?
    /// What must be said before the verdict: collapsed and unconverged seeds, too few of them.
    public let warnings: [String]
    /// The verdict in a sentence.
    public let reading: String

    /// - Parameters:
    ///   - quantities: those of one claim, at least one
    ///   - holmPValue: see ``ClaimVerdicts``
    init(_ claim: Claim, _ quantities: [QuantityVerdict], holmPValue: Double) {
        let (verdict, pValue, decidedBy) = ClaimVerdict.decide(quantities)
        let needed = quantities.map(\.decision.pairsNeeded)
        self.claim = claim
        self.quantities = quantities
        self.verdict = verdict
        self.pValue = pValue
        self.holmPValue = holmPValue
        verdictAfterHolm = holmPValue <= PairedDecision.level ? verdict : .undecided
        self.decidedBy = decidedBy?.quantity
        pairsNeeded = needed.contains(nil) ? nil : needed.compactMap(\.self).max()
        warnings = quantities.flatMap(\.warnings)
        reading = ClaimReading.sentence(
            verdict, quantities, decidedBy: decidedBy, pValue: pValue, holmPValue: holmPValue,
            pairsNeeded: pairsNeeded)
    }

    /// The verdict, its p-value, and the quantity that it hangs on.
    static func decide(_ quantities: [QuantityVerdict]) -> (Verdict, Double?, QuantityVerdict?) {
        func p(_ quantity: QuantityVerdict) -> Double { quantity.decision.pValue ?? 1 }
        func weakest(_ quantities: [QuantityVerdict]) -> QuantityVerdict? { quantities.max { p($0) < p($1) } }
        let against = quantities.filter { $0.decision.verdict == .notReproduced }
        if let strongest = against.min(by: { p($0) < p($1) }) {
            return (.notReproduced, min(1, Double(quantities.count) * p(strongest)), strongest)
        }
        let open = quantities.filter { $0.decision.verdict == .undecided }
        guard let decisive = weakest(open.isEmpty ? quantities : open) else { return (.undecided, nil, nil) }
        let measured = decisive.effect == nil ? nil : decisive
        guard !quantities.contains(where: { $0.decision.pValue == nil }) else { return (.undecided, nil, measured) }
        return (open.isEmpty ? .reproduced : .undecided, quantities.map(p).max(), measured)
    }
}

/// The verdicts on all six claims, with Holm's correction over them.
public struct ClaimVerdicts: Sendable, Codable, Equatable {
    /// One a claim, (a) to (f).
    public let claims: [ClaimVerdict]
    /// What must be said first; what is true of several quantities once.
    public var warnings: [String] {
        let all = claims.flatMap(\.quantities).flatMap { quantity in
            quantity.warnings.map { (quantity.quantity.name, $0.replacing("\(quantity.quantity.name): ", with: "")) }
        }
        let texts = all.map(\.1).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return texts.map { text in
            let names = all.filter { $0.1 == text }.map(\.0)
            return names.count == 1
                ? "\(names[0]): \(text)" : "\(text) (\(names.count) quantities: \(names.joined(separator: ", ")))"
        }
    }

    /// Decides every claim by what was measured of its quantities. A quantity that is missing was not measured: its claim
    /// is undecided, and still one of the six.
    ///
    /// - Precondition: no seed is twice in one quantity.
    public init(_ evidence: [ClaimQuantity: [SeedPair]]) {
        let quantities = Claim.allCases.map { claim in
            claim.quantities.map { QuantityVerdict($0, evidence[$0] ?? []) }
        }
        let adjusted = holmAdjusted(quantities.map { ClaimVerdict.decide($0).1 ?? 1 })
        claims = Claim.allCases.indices.map {
            ClaimVerdict(Claim.allCases[$0], quantities[$0], holmPValue: adjusted[$0])
        }
    }

    /// The verdict on a claim.
    public subscript(_ claim: Claim) -> ClaimVerdict { claims.first { $0.claim == claim }! }
}
