/// A measured value with a confidence interval.
public struct Estimate: Sendable, Codable, Equatable {
    public let value: Double
    /// Lower end of the interval.
    public let lower: Double
    /// Upper end of the interval; +∞ where the data give a lower bound only.
    public let upper: Double
    /// The interval's confidence, for example 0.95.
    public let confidence: Double

    public init(value: Double, lower: Double, upper: Double, confidence: Double) {
        self.value = value
        self.lower = lower
        self.upper = upper
        self.confidence = confidence
    }

    /// A fraction k/n with Wilson's score interval,
    /// (k + z²/2 ± z·√(k(n−k)/n + z²/4)) / (n + z²).
    ///
    /// It stays inside [0, 1], has a width at k = 0 and k = n, and covers close to its nominal confidence for small
    /// k, where k/n ± z·√(k(n−k)/n³) fails. Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209.
    ///
    /// - Precondition: 0 ≤ `count` ≤ `total`, `total` > 0, 0 < `confidence` < 1.
    public static func fraction(_ count: Int, of total: Int, confidence: Double = 0.95) -> Estimate {
        precondition(total > 0 && (0...total).contains(count), "\(count) of \(total) is not a fraction")
        let k = Double(count)
        let n = Double(total)
        let z = StandardNormal.halfWidth(confidence: confidence)
        let spread = z * (k * (n - k) / n + z * z / 4).squareRoot()
        // At the ends the formula gives 0 and 1 exactly, but for rounding.
        return Estimate(
            value: k / n,
            lower: count == 0 ? 0 : (k + z * z / 2 - spread) / (n + z * z),
            upper: count == total ? 1 : (k + z * z / 2 + spread) / (n + z * z),
            confidence: confidence)
    }

    /// A mean with the normal interval x̄ ± z·s/√n, s² with divisor n − 1: for the thousands of jets of a test sample.
    /// Cost: O(n).
    ///
    /// - Precondition: there are at least 2 values.
    public static func mean(of values: [Double], confidence: Double = 0.95) -> Estimate {
        precondition(values.count > 1, "the error of a mean needs at least 2 values, not \(values.count)")
        let (mean, deviation) = meanAndDeviation(values)
        let half = StandardNormal.halfWidth(confidence: confidence) * deviation / Double(values.count).squareRoot()
        return Estimate(value: mean, lower: mean - half, upper: mean + half, confidence: confidence)
    }
}
