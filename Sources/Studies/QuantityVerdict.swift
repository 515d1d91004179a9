import Foundation
import Statistics

/// The verdict on one quantity, with every seed's values and what was left out.
public struct QuantityVerdict: Sendable, Codable, Equatable {
    public let quantity: ClaimQuantity
    /// Every seed's values, those left out among them.
    public let pairs: [SeedPair]
    /// Seeds that are not averaged in, and why.
    public let excluded: [Exclusion]
    /// By the pairs that are left: differences constrained − unconstrained, or logarithms of ratios.
    public let decision: PairedDecision
    /// What must be said before the verdict.
    public let warnings: [String]

    /// A seed that is not averaged in.
    public struct Exclusion: Sendable, Codable, Equatable {
        public let seed: UInt64
        public let reason: String
    }

    /// Below so many pairs a verdict comes with a warning: the sign-flip test can't reach 0.05.
    public static let fewestPairs = 6

    /// Decides by the pairs that have values and haven't collapsed.
    ///
    /// - Precondition: no seed is given twice.
    public init(_ quantity: ClaimQuantity, _ pairs: [SeedPair]) {
        precondition(Set(pairs.map(\.seed)).count == pairs.count, "\(quantity): a seed is there twice")
        let sound = pairs.filter { $0.fault(asRatio: quantity.isRatio) == nil }
        self.quantity = quantity
        self.pairs = pairs
        excluded = pairs.compactMap { pair in
            pair.fault(asRatio: quantity.isRatio).map { Exclusion(seed: pair.seed, reason: $0) }
        }
        decision = PairedDecision(
            sound.map { $0.difference(asRatio: quantity.isRatio) }, claimed: quantity.claimed,
            mayBeLower: sound.contains { $0.unconstrained.isLowerBound },
            mayBeHigher: sound.contains { $0.constrained.isLowerBound })
        warnings = QuantityVerdict.warnings(quantity, sound, excluded, decision)
    }

    private static func warnings(
        _ quantity: ClaimQuantity, _ sound: [SeedPair], _ excluded: [Exclusion], _ decision: PairedDecision
    ) -> [String] {
        var warnings: [String] = []
        if sound.isEmpty {
            // What wasn't measured is no fault of any seed: the verdict's sentence says it.
            if !excluded.isEmpty { warnings.append("no pair of seeds is left") }
        } else if sound.count < fewestPairs {
            warnings.append(
                sound.count == 1
                    ? "only 1 pair of seeds: no error can be given"
                    : "only \(sound.count) pairs of seeds: the sign-flip test's p-value can't be below "
                        + "\(2 / Double(1 << sound.count))")
        }
        func seeds(_ seeds: [UInt64]) -> String {
            "seed\(seeds.count > 1 ? "s" : "") \(seeds.map { "\($0)" }.joined(separator: ", "))"
        }
        func once(_ texts: [String]) -> [String] { texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
        warnings += once(excluded.map(\.reason)).map { reason in
            let own = excluded.filter { $0.reason == reason }.map(\.seed)
            return "\(seeds(own)) \(own.count > 1 ? "are" : "is") left out: \(reason)"
        }
        warnings += once(sound.flatMap(\.remarks)).map { remark in
            "\(seeds(sound.filter { $0.remarks.contains(remark) }.map(\.seed))): \(remark)"
        }
        if let differences = decision.differences, !differences.hasSpread {
            warnings.append(
                "all seeds give the same difference, so that the t interval has no width: their signs decide")
        }
        if quantity.claimed.confidence < 0.95, decision.verdict == .reproduced, let differences = decision.differences {
            let interval = differences.interval(confidence: 0.95)
            if differences.hasSpread, interval.lower > 0 || interval.upper < 0 {
                warnings.append(
                    "equal within the margin, yet the seeds establish a difference (95 % interval without 0)")
            }
        }
        return warnings.map { "\(quantity.name): \($0)" }
    }

    /// The mean difference, or the geometric mean of the ratios; nil without pairs.
    public var effect: Double? {
        let differences = pairs.filter { $0.fault(asRatio: quantity.isRatio) == nil }
            .map { $0.difference(asRatio: quantity.isRatio) }
        guard !differences.isEmpty else { return nil }
        let mean = decision.differences?.mean ?? differences[0]
        return quantity.isRatio ? exp(mean) : mean
    }

    /// ``effect`` with the interval that decides; nil for fewer than two pairs.
    public var interval: Estimate? {
        guard let interval = decision.interval, quantity.isRatio else { return decision.interval }
        return Estimate(
            value: exp(interval.value), lower: exp(interval.lower), upper: exp(interval.upper),
            confidence: interval.confidence)
    }
}
