import Foundation
import Report
import Statistics

/// A verdict in plain English.
enum ClaimReading {
    static func sentence(
        _ verdict: Verdict, _ quantities: [QuantityVerdict], decidedBy: QuantityVerdict?, pValue: Double?,
        holmPValue: Double, pairsNeeded: Int?
    ) -> String {
        let measured = quantities.filter { $0.effect != nil }
        guard !measured.isEmpty else { return "Undecided: nothing was measured that could decide it." }
        var text = verdict.words + ": with the symmetry loss " + measured.map(found).joined(separator: ", and ")
        let missing = quantities.filter { $0.effect == nil }.map { "the \($0.quantity.name)" }
        if !missing.isEmpty { text += "; \(missing.joined(separator: " and ")) has no value" }
        if verdict == .undecided {
            if let pairsNeeded {
                text += "; differences of this size would be decided by about \(pairsNeeded) pairs of seeds"
            } else if pValue != nil {
                text += "; no number of seeds would decide a difference of this size"
            }
        } else if let pValue {
            text += "; p = \(number(pValue, 2)), and \(number(holmPValue, 2)) after Holm's correction"
            if holmPValue > PairedDecision.level { text += ", which leaves it undecided" }
        }
        return text + "."
    }

    /// “the trace of the Hessian is 0.12 times as large (95 % interval 0.1 to 0.15, 6 pairs of seeds)”.
    private static func found(_ verdict: QuantityVerdict) -> String {
        let effect = verdict.effect!, name = verdict.quantity.name
        let what =
            verdict.quantity.isRatio
            ? "the \(name) is \(number(effect)) times that without it"
            : "the \(name) changes by \(number(effect))"
        guard let interval = verdict.interval else { return what + " (1 pair of seeds, no error)" }
        let percent = Int((interval.confidence * 100).rounded())
        var bounds = "\(percent) % interval \(number(interval.lower)) to \(number(interval.upper))"
        if case .within(let margin) = verdict.quantity.claimed { bounds += " against ±\(margin) allowed" }
        return what + " (\(bounds), \(verdict.decision.differences!.count) pairs of seeds)"
    }

    private static func number(_ value: Double, _ digits: Int = 3) -> String {
        Table.Cell.number(value, digits: digits).plain.replacingOccurrences(of: "-", with: "−")
    }
}
