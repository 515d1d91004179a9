import Foundation

/// Quantiles of a set of values: sorted once, asked for often.
public struct Quantiles: Sendable {
    /// In ascending order; ±∞ are values, NaN are not among them.
    public let sorted: [Double]
    /// How many values were NaN.
    public let undefined: Int

    /// Values in any order.
    public init(of values: [Double]) {
        sorted = values.filter { !$0.isNaN }.sorted()
        undefined = values.count - sorted.count
    }

    /// The value below which a fraction of the values lies: between two of them by linear interpolation at place
    /// p(n − 1) (R's and NumPy's default). NaN
    /// where there are no values.
    public subscript(fraction: Double) -> Double {
        precondition((0...1).contains(fraction), "a quantile's fraction lies in [0, 1], not \(fraction)")
        guard !sorted.isEmpty else { return .nan }
        let place = fraction * Double(sorted.count - 1), below = Int(place)
        let weight = place - Double(below)
        // Next to an infinite value 0 · ∞ would be no number.
        guard weight > 0, sorted[below] != sorted[below + 1] else { return sorted[below] }
        return sorted[below] + weight * (sorted[below + 1] - sorted[below])
    }

    public var median: Double { self[0.5] }

    /// The median with the interval between two of the values that covers it with at least the confidence asked for,
    /// whatever the distribution: a value is below the median with probability ½, so that their number is binomial
    /// (here in its normal approximation, widened to whole numbers).
    ///
    /// - Precondition: there are values.
    public func medianEstimate(confidence: Double = 0.95) -> Estimate {
        precondition(!sorted.isEmpty, "the median of no values has no interval")
        let n = Double(sorted.count), half = StandardNormal.halfWidth(confidence: confidence) * n.squareRoot() / 2
        let lower = Int(max(0, (n / 2 - half).rounded(.down) - 1)), upper = Int(min(n - 1, (n / 2 + half).rounded(.up)))
        return Estimate(value: median, lower: sorted[lower], upper: sorted[upper], confidence: confidence)
    }
}

/// The median of a distribution, and the intervals that hold its central 68 and 95 per cent: quantiles 16 and 84 %, 2.5
/// and 97.5 %. What a set of jets shows, not an error of the median.
public struct Band: Sendable, Codable, Equatable {
    public let median: Double
    public let lower68: Double, upper68: Double
    public let lower95: Double, upper95: Double
    /// Values that are no number and in no quantile.
    public let undefined: Int

    /// Of values in any order.
    public init(of values: [Double]) {
        let quantiles = Quantiles(of: values)
        median = quantiles.median
        (lower68, upper68) = (quantiles[0.16], quantiles[0.84])
        (lower95, upper95) = (quantiles[0.025], quantiles[0.975])
        undefined = quantiles.undefined
    }
}
