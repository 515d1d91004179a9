import Foundation

/// How surely a paired t test of n seeds finds what there is, and how many seeds it takes.
///
/// With n pairs whose differences are normal with mean μ and standard deviation σ, T = (Z + δ)/u follows the noncentral
/// t distribution: δ = √n·μ/σ, Z standard normal, u = √(χ²/ν), ν = n − 1. The probability of a set of T is the mean over
/// u of a normal probability, which is integrated numerically.
///
/// A number of seeds found from an observed μ/σ is as uncertain as that: an order of magnitude, to plan with.
public enum PairedPower {
    /// The probability that a two-sided paired t test at `level` finds differences of `effect` = μ/σ: P(|T| > t).
    ///
    /// - Precondition: `pairs` ≥ 2, 0 < `level` < 1.
    public static func ofDifference(effect: Double, pairs: Int, level: Double = 0.05) -> Double {
        let delta = Double(pairs).squareRoot() * abs(effect)
        let critical = StudentT(degreesOfFreedom: Double(pairs - 1)).halfWidth(confidence: 1 - level)
        return meanOverScale(degreesOfFreedom: Double(pairs - 1), sharpness: delta) { u in
            StandardNormal.probability(below: delta - critical * u)
                + StandardNormal.probability(below: -delta - critical * u)
        }
    }

    /// The probability that the paired t interval of confidence 1 − 2·`level` lies within ±`margin`, for differences of
    /// mean `mean` and standard deviation `deviation`: the power of two one-sided tests.
    ///
    /// Source: D. J. Schuirmann, J. Pharmacokinet. Biopharm. 15 (1987) 657.
    public static func ofEquivalence(
        mean: Double, deviation: Double, margin: Double, pairs: Int, level: Double = 0.05
    ) -> Double {
        let scale = Double(pairs).squareRoot() / deviation
        let critical = StudentT(degreesOfFreedom: Double(pairs - 1)).halfWidth(confidence: 1 - 2 * level)
        let upper = (margin - mean) * scale, lower = (margin + mean) * scale
        return meanOverScale(degreesOfFreedom: Double(pairs - 1), sharpness: max(abs(upper), abs(lower))) { u in
            max(
                0,
                StandardNormal.probability(below: upper - critical * u)
                    - StandardNormal.probability(below: critical * u - lower))
        }
    }

    /// More pairs than this are not asked for.
    public static let mostPairs = 100_000

    /// The fewest pairs with which a difference of `effect` = μ/σ is found with probability `power`; nil for no effect,
    /// and where it would take more than ``mostPairs``.
    public static func pairsForDifference(effect: Double, power: Double = 0.8, level: Double = 0.05) -> Int? {
        guard effect != 0, !effect.isNaN else { return nil }
        guard effect.isFinite else { return 2 }
        // A test that knows σ needs fewer, by the normal law: where that is too many, so is this.
        let known = StandardNormal.quantile(1 - level / 2) + StandardNormal.quantile(power)
        guard known * known < Double(mostPairs) * effect * effect else { return nil }
        return fewestPairs { ofDifference(effect: effect, pairs: $0, level: level) >= power }
    }

    /// The fewest pairs whose interval lies within ±`margin` with probability `power`; nil where the mean itself doesn't
    /// lie there, and where it would take more than ``mostPairs``.
    public static func pairsForEquivalence(
        mean: Double, deviation: Double, margin: Double, power: Double = 0.8, level: Double = 0.05
    ) -> Int? {
        guard abs(mean) < margin, deviation.isFinite else { return nil }
        guard deviation > 0 else { return 2 }
        return fewestPairs {
            ofEquivalence(mean: mean, deviation: deviation, margin: margin, pairs: $0, level: level) >= power
        }
    }

    /// The smallest number from 2 on that suffices, where all larger ones do as well.
    private static func fewestPairs(_ suffices: (Int) -> Bool) -> Int? {
        var high = 2
        while !suffices(high) {
            high *= 2
            if high > mostPairs { return nil }
        }
        var low = high / 2
        while high - low > 1, low >= 2 {
            let middle = (low + high) / 2
            if suffices(middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// The mean of a function of u = √(χ²/ν).
    ///
    /// With y = log u the density is proportional to exp(ν(y − e^2y/2)): smooth and gone at both ends, so that a sum over
    /// equal steps converges exponentially, and is divided by that of the density itself. `sharpness` is how steeply
    /// the function may turn, in 1/u.
    private static func meanOverScale(
        degreesOfFreedom nu: Double, sharpness: Double, _ function: (Double) -> Double
    ) -> Double {
        let step = min(0.05, 0.3 / nu.squareRoot(), 0.3 / min(max(sharpness, 1), 1e4))
        func density(_ y: Double) -> Double { exp(nu * (y - expm1(2 * y) / 2)) }
        var sum = function(1), total = 1.0
        for direction in [-1.0, 1] {
            var k = 1.0
            while true {
                let y = direction * k * step
                let weight = density(y)
                guard weight > 1e-18 else { break }
                sum += weight * function(exp(y))
                total += weight
                k += 1
            }
        }
        return sum / total
    }
}
