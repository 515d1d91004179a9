import Foundation

/// The temperature T at which logits f/T have the lowest mean binary cross-entropy: how over-confident (T > 1) or
/// under-confident (T < 1) a tagger is. (C. Guo and others, “On calibration of modern neural networks”, 2017.)
///
/// With the margin m, the logit on the true class's side, and a = 1/T, the cross-entropy L(a) = ⟨log(1 + e^{−am})⟩ is
/// convex, and a is the zero of L′(a) = −⟨m σ(−am)⟩, found by Newton's method kept in a bracket.
public struct Temperature: Sendable, Codable, Equatable {
    /// T.
    public let value: Double
    /// From the choice of jets: of a, √(⟨(m σ(−am))²⟩/n)/L″(a), taken over to T.
    public let standardError: Double
    /// The mean cross-entropy in nats of f, and of f/T.
    public let crossEntropyBefore: Double, crossEntropyAfter: Double

    /// - Throws: ``StatisticsError/noTemperature(reason:)`` where no finite temperature above 0 is best.
    public init(_ jets: ScoredJets) throws(StatisticsError) {
        let margins = zip(jets.scores, jets.isSignal).map { $1 ? $0 : -$0 }, count = Double(margins.count)
        func slope(_ a: Double) -> Double { -margins.reduce(0) { $0 + $1 * sigmoid(-a * $1) } / count }
        func curvature(_ a: Double) -> Double {
            margins.reduce(0) { $0 + $1 * $1 * sigmoid(a * $1) * sigmoid(-a * $1) } / count
        }
        guard slope(0) < 0 else {
            throw .noTemperature(reason: "a constant is as good as the logits, which know nothing of the classes")
        }
        guard margins.contains(where: { $0 < 0 }) else {
            throw .noTemperature(reason: "all jets are decided rightly, so that the larger the logits, the better")
        }
        // L′ rises from below 0 to above.
        var low = 0.0, high = 1.0
        while slope(high) < 0 {
            low = high
            high *= 2
        }
        var a = (low + high) / 2
        while true {
            let s = slope(a)
            if s < 0 { low = a } else { high = a }
            let newton = a - s / curvature(a)
            let next = newton > low && newton < high ? newton : (low + high) / 2
            if abs(next - a) <= 1e-14 * a || next == low || next == high { break }
            a = next
        }
        let score = margins.reduce(0) { $0 + pow($1 * sigmoid(-a * $1), 2) } / count
        value = 1 / a
        standardError = (score / count).squareRoot() / curvature(a) / (a * a)
        crossEntropyBefore = jets.binaryCrossEntropy()
        crossEntropyAfter = try ScoredJets(scores: jets.scores.map { $0 * a }, isSignal: jets.isSignal)
            .binaryCrossEntropy()
    }
}

private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
