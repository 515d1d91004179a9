/// Two independent samples' means compared without the supposition of equal variances, from what papers quote: a mean,
/// a standard deviation and a number.
///
/// t = (x̄₂ − x̄₁)/√(s₁²/n₁ + s₂²/n₂), with ν = (s₁²/n₁ + s₂²/n₂)² / ((s₁²/n₁)²/(n₁−1) + (s₂²/n₂)²/(n₂−1)) degrees of
/// freedom. For seeds that two variants share ``PairedDifferences`` says more; a paper's mean ± standard deviation
/// allows no pairing. Source: B. L. Welch, Biometrika 34 (1947) 28.
public struct WelchTest: Sendable, Codable, Equatable {
    /// x̄₂ − x̄₁.
    public let difference: Double
    public let standardError: Double
    public let degreesOfFreedom: Double
    public let t: Double
    /// Two-sided.
    public let pValue: Double

    /// What is known of a sample.
    public struct Sample: Sendable, Codable, Equatable {
        public let mean: Double
        /// With divisor n − 1.
        public let standardDeviation: Double
        public let count: Int

        /// - Precondition: `standardDeviation` ≥ 0, `count` ≥ 2.
        public init(mean: Double, standardDeviation: Double, count: Int) {
            precondition(standardDeviation >= 0 && count >= 2, "\(mean) ± \(standardDeviation) of \(count) values")
            self.mean = mean
            self.standardDeviation = standardDeviation
            self.count = count
        }

        /// The sample of values.
        ///
        /// - Precondition: there are at least 2.
        public init(of values: [Double]) {
            precondition(values.count > 1, "a standard deviation needs at least 2 values, not \(values.count)")
            let (mean, deviation) = meanAndDeviation(values)
            self.init(mean: mean, standardDeviation: deviation, count: values.count)
        }

        /// The squared standard error of the mean.
        var squaredError: Double { standardDeviation * standardDeviation / Double(count) }
    }

    /// - Precondition: not both standard deviations are 0.
    public init(_ first: Sample, _ second: Sample) {
        let a = first.squaredError, b = second.squaredError
        precondition(a + b > 0, "two samples without any spread can't be compared")
        difference = second.mean - first.mean
        standardError = (a + b).squareRoot()
        degreesOfFreedom =
            (a + b) * (a + b) / (a * a / Double(first.count - 1) + b * b / Double(second.count - 1))
        t = difference / standardError
        pValue = StudentT(degreesOfFreedom: degreesOfFreedom).twoSidedProbability(beyond: t)
    }

    /// The interval of the difference, ± t·(standard error).
    public func interval(confidence: Double = 0.95) -> Estimate {
        let half = StudentT(degreesOfFreedom: degreesOfFreedom).halfWidth(confidence: confidence) * standardError
        return Estimate(
            value: difference, lower: difference - half, upper: difference + half, confidence: confidence)
    }
}
