import Foundation

/// How far the distribution of a choice of jets is from that of all of them: the Jensen–Shannon divergence in bits,
/// ½ Σ Pᵢ log₂(Pᵢ/Mᵢ) + ½ Σ Qᵢ log₂(Qᵢ/Mᵢ) with M = (P + Q)/2, P the fractions of the chosen jets in each bin and Q those
/// of all. 0 for equal distributions, 1 for such as share no bin. (J. Lin, IEEE Trans. Inf. Theory 37 (1991) 145.)
public struct JensenShannon: Sendable, Codable, Equatable {
    /// The divergence in bits.
    public let value: Double
    /// Its standard error from the number of jets, to first order (the delta method): each jet falls into a bin, chosen or
    /// not, independently of the others. Where the divergence is hardly larger than ``byChance`` it has no first order, and the
    /// error is too small.
    public let standardError: Double
    /// What a random choice of as many jets gives on average: nothing below that is a difference. Exact, the number of jets
    /// chosen from a bin being hypergeometric; near (k − 1)/(8 ln 2) · (1/n − 1/N) for many jets, n of N in k bins.
    public let byChance: Double

    /// Compares the choice with all. Cost: O(jets).
    ///
    /// - Parameters:
    ///   - chosen: the chosen jets in each bin
    ///   - all: all jets in each bin, those chosen among them
    /// - Precondition: at least one jet is chosen, and none that isn't among all.
    public init(chosen: [Int], among all: [Int]) {
        precondition(chosen.count == all.count && zip(chosen, all).allSatisfy { $0 >= 0 && $0 <= $1 })
        let n = Double(chosen.reduce(0, +)), total = Double(all.reduce(0, +))
        precondition(n > 0, "a choice of no jets has no distribution")
        let bins = zip(chosen, all).filter { $0.1 > 0 }
        let p = bins.map { Double($0.0) / n }, q = bins.map { Double($0.1) / total }
        // ∂/∂P and ∂/∂Q; what comes of M's own change cancels.
        let ofP = zip(p, q).map { $0 > 0 ? log2(2 * $0 / ($0 + $1)) / 2 : 0 }
        let ofQ = zip(p, q).map { log2(2 * $1 / ($0 + $1)) / 2 }
        let meanOfP = zip(p, ofP).reduce(0) { $0 + $1.0 * $1.1 }
        value = max(0, meanOfP + zip(q, ofQ).reduce(0) { $0 + $1.0 * $1.1 })
        // The fractions of jets that lie in bin i and are chosen, or not, are a multinomial's; so the variance is
        // (E[g²] − E[g]²)/N, g being the derivative with respect to the fraction that a jet belongs to.
        let share = n / total
        var mean = 0.0, square = 0.0
        for i in bins.indices {
            let inside = (ofP[i] - meanOfP) / share + ofQ[i], outside = ofQ[i]
            let chosenFraction = p[i] * share, otherFraction = max(0, q[i] - p[i] * share)
            mean += chosenFraction * inside + otherFraction * outside
            square += chosenFraction * inside * inside + otherFraction * outside * outside
        }
        standardError = (max(0, square - mean * mean) / total).squareRoot()
        byChance = JensenShannon.expectation(choosing: Int(n), from: bins.map(\.1))
    }

    /// The mean divergence of `n` jets chosen at random. It is a sum over the bins, so that each bin's own law is enough.
    private static func expectation(choosing n: Int, from all: [Int]) -> Double {
        let total = all.reduce(0, +)
        var logFactorials = [0.0]
        for number in 1...max(total, 1) { logFactorials.append(logFactorials[number - 1] + log(Double(number))) }
        func logChoices(_ k: Int, of m: Int) -> Double { logFactorials[m] - logFactorials[k] - logFactorials[m - k] }
        let ways = logChoices(n, of: total)
        return all.reduce(0) { sum, inBin in
            let q = Double(inBin) / Double(total)
            return (max(0, n - (total - inBin))...min(n, inBin)).reduce(sum) { sum, k in
                let probability = exp(logChoices(k, of: inBin) + logChoices(n - k, of: total - inBin) - ways)
                let p = Double(k) / Double(n), ofP = p > 0 ? p * log2(2 * p / (p + q)) : 0
                return sum + probability * (ofP + q * log2(2 * q / (p + q))) / 2
            }
        }
    }
}
