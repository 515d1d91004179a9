import Foundation

/// Student's t distribution, for any positive number of degrees of freedom ν, whole or not (Welch's are not).
public struct StudentT: Sendable {
    /// ν.
    public let degreesOfFreedom: Double

    /// - Precondition: 0 < `degreesOfFreedom` < ∞.
    public init(degreesOfFreedom: Double) {
        precondition(
            degreesOfFreedom > 0 && degreesOfFreedom < .infinity,
            "degrees of freedom are a positive number, not \(degreesOfFreedom)")
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// P(|T| ≥ |t|), the two-sided p-value of a test statistic: I_x(ν/2, ½) at x = ν/(ν + t²), where I is the
    /// regularised incomplete beta function. Accurate to about 13 digits, in the tails too. NaN for NaN.
    ///
    /// Source: M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 26.5.27 and 26.7.1. Cost: O(√ν).
    public func twoSidedProbability(beyond t: Double) -> Double {
        guard t.isFinite else { return t.isNaN ? .nan : 0 }
        guard t != 0 else { return 1 }
        // t² may overflow: beyond 1e150 it is 1/x and y = 1 that remain.
        let ratio = abs(t) < 1e150 ? t * t / degreesOfFreedom : .infinity
        let logX = ratio < .infinity ? -log1p(ratio) : log(degreesOfFreedom) - 2 * log(abs(t))
        return incompleteBeta(logX: logX, y: ratio < .infinity ? ratio / (1 + ratio) : 1)
    }

    /// P(T < t).
    public func probability(below t: Double) -> Double {
        let tail = twoSidedProbability(beyond: t) / 2
        return t < 0 ? tail : 1 - tail
    }

    /// t with P(T < t) = `probability`: the inverse of ``probability(below:)``; ∓∞ at 0 and 1.
    ///
    /// Found by bisection on the tail's own side, as ``StandardNormal/quantile(_:)`` is; here of the numbers' bit
    /// patterns, since for small ν quantiles may have any size. Cost: at most 63 evaluations; it is called once an
    /// interval.
    ///
    /// - Precondition: 0 ≤ `probability` ≤ 1.
    public func quantile(_ probability: Double) -> Double {
        precondition((0...1).contains(probability), "a probability lies in [0, 1], not \(probability)")
        guard probability > 0 else { return -.infinity }
        guard probability < 1 else { return .infinity }
        let tail = min(probability, 1 - probability)
        var low = 0.0.bitPattern
        var high = Double.greatestFiniteMagnitude.bitPattern
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if twoSidedProbability(beyond: Double(bitPattern: middle)) / 2 > tail {
                low = middle
            } else {
                high = middle
            }
        }
        return probability < 0.5 ? -Double(bitPattern: low) : Double(bitPattern: low)
    }

    /// Half the width, in standard errors, of the central interval that holds `confidence`: 2.57 for 0.95 and ν = 5.
    func halfWidth(confidence: Double) -> Double {
        precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1, not \(confidence)")
        return -quantile((1 - confidence) / 2)
    }

    /// I_x(ν/2, ½), with y = 1 − x given as well, so that no digits of either are lost.
    private func incompleteBeta(logX: Double, y: Double) -> Double {
        let a = degreesOfFreedom / 2, b = 0.5
        // x^a y^b / B(a, b).
        let front = exp(a * logX + b * log(y) + logGammaRatio(a) - log(Double.pi) / 2)
        // Of the two continued fractions, I_x(a, b) and 1 − I_y(b, a), the one that converges fast.
        let x = exp(logX)
        if x < (a + 1) / (a + b + 2) { return front / (a * betaFraction(a, b, x)) }
        return 1 - front / (b * betaFraction(b, a, y))
    }
}

/// log Γ(a + ½) − log Γ(a), by Stirling's series for large a, where the difference of two logarithms loses digits.
private func logGammaRatio(_ a: Double) -> Double {
    guard a >= 20 else { return lgamma(a + 0.5) - lgamma(a) }
    let r = 1 / (a * a)
    let series = -1.0 / 8 + r * (1.0 / 192 + r * (-1.0 / 640 + r * (17.0 / 14336 + r * (-31.0 / 18432))))
    return log(a) / 2 + series / a
}

/// The continued fraction of the incomplete beta function, I_x(a, b) = x^a (1−x)^b / (a B(a, b)) · 1/(1 + d₁/(1 + d₂/(…
/// (Abramowitz and Stegun 26.5.8), by Lentz's method (W. J. Lentz, Applied Optics 15 (1976) 668) in the form of Thompson
/// and Barnett (J. Comput. Phys. 64 (1986) 490). For x below (a + 1)/(a + b + 2) it converges in O(√max(a, b)) steps.
private func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var value = 1.0
    var numerator = 1.0
    var denominator = 0.0
    for step in 1...100_000 {
        let m = Double(step / 2)
        let d =
            step % 2 == 0
            ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        denominator = 1 + d * denominator
        if abs(denominator) < tiny { denominator = tiny }
        denominator = 1 / denominator
        numerator = 1 + d / numerator
        if abs(numerator) < tiny { numerator = tiny }
        let factor = numerator * denominator
        value *= factor
        if abs(factor - 1) < 1e-16 { break }
    }
    return value
}
