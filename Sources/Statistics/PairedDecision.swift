/// What the seeds say of a claim.
public enum Verdict: String, Sendable, Codable {
    /// The interval lies wholly on the claimed side.
    case reproduced
    /// The interval lies wholly on the other side.
    case notReproduced
    /// Neither: there are too few seeds for a difference of this size.
    case undecided

    /// As a table and a sentence begin.
    public var words: String {
        switch self {
        case .reproduced: "Reproduced"
        case .notReproduced: "Not reproduced"
        case .undecided: "Undecided"
        }
    }
}

/// Where a paired difference is claimed to lie.
public enum ClaimedSide: Sendable, Codable, Equatable {
    /// Below 0: decided by the 95 % paired interval.
    case below
    /// Above 0: likewise.
    case above
    /// Within ±margin, equal to all purposes: decided by the 90 % paired interval, which is two one-sided tests of 5 %.
    case within(margin: Double)

    /// The confidence of the interval that decides.
    public var confidence: Double { if case .within = self { 0.9 } else { 0.95 } }
}

/// The verdict on one quantity, computed from its paired differences.
///
/// The interval wholly on the claimed side: reproduced; wholly on the other: not reproduced; else undecided. Where all
/// differences are equal the interval has no width and decides nothing: then the signs do, by 2/2ⁿ ≤ 0.05 (for
/// equality, where each seed is one-sidedly within the margin or not, 1/2ⁿ ≤ 0.05).
public struct PairedDecision: Sendable, Codable, Equatable {
    public let claimed: ClaimedSide
    public let verdict: Verdict
    /// Nil for fewer than two pairs, which decide nothing.
    public let differences: PairedDifferences?
    /// The paired t interval that decides.
    public let interval: Estimate?
    /// The p-value that belongs to the interval: below 0.05 where it decides. For `below` and `above`, the two-sided
    /// paired t test's; for `within`, that of the one-sided test that the mean's own side of the margin asks for: the
    /// larger of the two tests for equality, or that the difference exceeds the margin. Nil where nothing can be decided.
    public let pValue: Double?
    /// With how many pairs a difference of the observed size would be decided, either way, with probability 0.8; nil
    /// where no number would do.
    public let pairsNeeded: Int?

    /// The level of the decision.
    public static let level = 0.05

    /// Decides.
    ///
    /// - Parameters:
    ///   - values: the differences, one a pair, all finite
    ///   - claimed: where they are claimed to lie
    ///   - mayBeLower: whether some are only upper bounds of the true differences
    ///   - mayBeHigher: whether some are only lower bounds
    public init(_ values: [Double], claimed: ClaimedSide, mayBeLower: Bool = false, mayBeHigher: Bool = false) {
        self.claimed = claimed
        guard let differences = try? PairedDifferences(values) else {
            self.differences = nil
            (verdict, interval, pValue, pairsNeeded) = (.undecided, nil, nil, nil)
            return
        }
        let interval = differences.interval(confidence: claimed.confidence)
        let p = PairedDecision.pValue(of: differences, claimed)
        var verdict = claimed.verdict(on: interval)
        if !differences.hasSpread, p > PairedDecision.level { verdict = .undecided }
        let safe = claimed.survives(verdict, mayBeLower: mayBeLower, mayBeHigher: mayBeHigher)
        self.differences = differences
        self.interval = interval
        self.verdict = safe ? verdict : .undecided
        pValue = safe ? p : nil
        pairsNeeded = PairedDecision.pairsNeeded(differences, claimed)
    }

    private static func pValue(of differences: PairedDifferences, _ claimed: ClaimedSide) -> Double {
        guard case .within(let margin) = claimed else {
            return differences.hasSpread ? differences.pValue : differences.signFlip.pValue
        }
        guard differences.hasSpread else {
            return abs(differences.mean) == margin ? 1 : 1 / pow2(differences.count)
        }
        if differences.mean > margin { return differences.pValue(above: margin) }
        if differences.mean < -margin { return differences.pValue(below: -margin) }
        return max(differences.pValue(below: margin), differences.pValue(above: -margin))
    }

    private static func pairsNeeded(_ differences: PairedDifferences, _ claimed: ClaimedSide) -> Int? {
        let mean = differences.mean, deviation = differences.standardDeviation
        guard case .within(let margin) = claimed else {
            if differences.hasSpread { return PairedPower.pairsForDifference(effect: mean / deviation) }
            return mean == 0 ? nil : pairsForSigns(2)
        }
        guard differences.hasSpread else { return abs(mean) == margin ? nil : pairsForSigns(1) }
        if abs(mean) < margin {
            return PairedPower.pairsForEquivalence(mean: mean, deviation: deviation, margin: margin)
        }
        return PairedPower.pairsForDifference(effect: (abs(mean) - margin) / deviation, level: 2 * level)
    }

    /// The fewest n with `sides`/2ⁿ ≤ 0.05.
    private static func pairsForSigns(_ sides: Double) -> Int {
        var pairs = 1
        while sides / pow2(pairs) > level { pairs += 1 }
        return pairs
    }

    private static func pow2(_ n: Int) -> Double { Double(sign: .plus, exponent: n, significand: 1) }
}

extension ClaimedSide {
    /// The verdict of an interval.
    func verdict(on interval: Estimate) -> Verdict {
        switch self {
        case .below: interval.upper < 0 ? .reproduced : interval.lower > 0 ? .notReproduced : .undecided
        case .above: interval.lower > 0 ? .reproduced : interval.upper < 0 ? .notReproduced : .undecided
        case .within(let margin):
            if interval.lower > -margin && interval.upper < margin {
                .reproduced
            } else if interval.lower > margin || interval.upper < -margin {
                .notReproduced
            } else {
                .undecided
            }
        }
    }

    /// Whether a verdict would stand if differences were in truth lower, or higher, than they were taken for.
    func survives(_ verdict: Verdict, mayBeLower: Bool, mayBeHigher: Bool) -> Bool {
        switch (self, verdict) {
        case (_, .undecided): !(mayBeLower || mayBeHigher)
        case (.below, .reproduced), (.above, .notReproduced): !mayBeHigher
        case (.below, .notReproduced), (.above, .reproduced): !mayBeLower
        case (.within, _): !(mayBeLower || mayBeHigher)
        }
    }
}
