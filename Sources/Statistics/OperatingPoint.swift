/// A cut on the score, chosen by the signal efficiency it must reach, and what it lets through.
public struct OperatingPoint: Sendable, Codable, Equatable {
    /// The signal efficiency asked for.
    public let target: Double
    /// Jets with at least this score pass.
    public let threshold: Double
    /// The signal efficiency reached, at least `target`; above it by more than one jet only where scores are tied.
    public let signalEfficiency: Double
    /// Background jets that pass.
    public let backgroundPassing: Int
    /// All background jets.
    public let backgroundCount: Int
    /// 1/ε_B with its interval. Where no background jet passes, the value and the upper end are +∞ and the lower
    /// end is what the data can exclude.
    public let backgroundRejection: Estimate

    /// True where no background jet passes, so that only `backgroundRejection.lower` says something.
    public var isLowerBound: Bool { backgroundPassing == 0 }
}

extension ROCCurve {
    /// The background rejection 1/ε_B of the tightest cut with ε_S ≥ `target` (in jet tagging 0.3, 0.5 and 0.8).
    ///
    /// A real cut, not a point between two. The interval is the inverse of Wilson's for the number of passing
    /// background jets, a binomial count; with none of n passing its lower end is 1 + n/z² (at 95 %, 1 + n/3.84).
    /// The threshold is taken as given: its own fluctuation with the signal jets is not in the interval.
    /// Cost: O(log points).
    ///
    /// - Precondition: 0 < `target` ≤ 1, 0 < `confidence` < 1.
    public func operatingPoint(signalEfficiency target: Double, confidence: Double = 0.95) -> OperatingPoint {
        precondition(target > 0, "a cut that accepts no signal has no background rejection")
        let i = firstPoint(reaching: target)
        let efficiency = Estimate.fraction(backgroundPassing[i], of: backgroundCount, confidence: confidence)
        return OperatingPoint(
            target: target, threshold: thresholds[i], signalEfficiency: signalEfficiency(i),
            backgroundPassing: backgroundPassing[i], backgroundCount: backgroundCount,
            backgroundRejection: Estimate(
                value: 1 / efficiency.value, lower: 1 / efficiency.upper, upper: 1 / efficiency.lower,
                confidence: confidence))
    }
}
