import Foundation

/// The standard normal distribution.
public enum StandardNormal {
    /// Φ(z), the probability of a value below `z`; accurate to the last digits in both tails.
    public static func probability(below z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

    /// P(|Z| ≥ |z|), the two-sided p-value of a test statistic.
    public static func twoSidedProbability(beyond z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }

    /// z with Φ(z) = `probability`: the inverse of ``probability(below:)``; ∓∞ at 0 and 1.
    ///
    /// Found by bisection of erfc on the tail's own side, so that no digits are lost to 1 − p. Cost: about 60
    /// evaluations of erfc; it is called once an interval.
    ///
    /// - Precondition: 0 ≤ `probability` ≤ 1.
    public static func quantile(_ probability: Double) -> Double {
        precondition((0...1).contains(probability), "a probability lies in [0, 1], not \(probability)")
        guard probability > 0 else { return -.infinity }
        guard probability < 1 else { return .infinity }
        let tail = min(probability, 1 - probability)
        // erfc underflows beyond z = 38.6, below the smallest positive Double.
        var low = 0.0
        var high = 40.0
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if erfc(middle / 2.0.squareRoot()) / 2 > tail { low = middle } else { high = middle }
        }
        return probability < 0.5 ? -low : low
    }

    /// Half the width, in standard deviations, of the central interval that holds `confidence`: 1.96 for 0.95.
    static func halfWidth(confidence: Double) -> Double {
        precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1, not \(confidence)")
        return -quantile((1 - confidence) / 2)
    }
}
