import Foundation
import Random

/// The exact two-sided sign-flip test of paired differences: were the two variants exchangeable, each difference could
/// as well have had the other sign. p is the fraction of all 2ⁿ sign assignments whose |sum| is at least the observed
/// one's.
///
/// It assumes nothing of the differences' distribution but symmetry about 0. The price is that p can't go below
/// ``smallestReachable``: 0.25 with 3 pairs, 0.031 with 6. Source: R. A. Fisher, The Design of Experiments (1935),
/// section 21.
public struct SignFlipTest: Sendable, Codable, Equatable {
    public let pValue: Double
    /// The p-value of differences that all have one sign: 2/2ⁿ with n differences that are not 0, or 1/(draws + 1)
    /// where signs were drawn.
    public let smallestReachable: Double
    /// How many sign assignments were drawn at random; nil where all of them were counted.
    public let draws: Int?

    /// Up to so many differences all sign assignments are counted.
    public static let mostCounted = 40

    /// Tests differences, of which zeros play no part.
    ///
    /// Up to 40 all assignments are counted: the sums of each half of the differences are sorted, and the pairs that
    /// reach the observed sum counted with two pointers. Beyond that `draws` assignments are drawn from a named stream,
    /// and p = (hits + 1)/(draws + 1), which keeps the test's level. Sums that differ by rounding alone count as equal.
    /// Cost: O(n 2^(n/2)) time and O(2^(n/2)) memory, 0.3 s for n = 40; or O(n·draws).
    ///
    /// - Precondition: every difference is finite.
    public init(_ differences: [Double], draws: Int = 99_999, seed: UInt64 = 1) {
        precondition(differences.allSatisfy(\.isFinite), "a difference is not finite")
        let sizes = differences.filter { $0 != 0 }
        let observed = abs(sizes.reduce(0, +)) - 1e-12 * sizes.reduce(0) { $0 + abs($1) }
        guard !sizes.isEmpty else {
            self.init(pValue: 1, smallestReachable: 1, draws: nil)
            return
        }
        let counted = sizes.count <= SignFlipTest.mostCounted
        guard !counted else {
            let all = exp2(Double(sizes.count))
            let above = Double(SignFlipTest.assignments(of: sizes, reaching: observed))
            self.init(pValue: min(1, 2 * above / all), smallestReachable: 2 / all, draws: nil)
            return
        }
        let stream = RandomStream(seed: seed, purpose: "sign flips")
        var hits = 0
        for draw in 0..<draws {
            let signs = stream.signs(sizes.count, epoch: UInt32(draw))
            if abs(zip(sizes, signs).reduce(0) { $0 + $1.0 * $1.1 }) >= observed { hits += 1 }
        }
        self.init(
            pValue: Double(hits + 1) / Double(draws + 1), smallestReachable: 1 / Double(draws + 1), draws: draws)
    }

    private init(pValue: Double, smallestReachable: Double, draws: Int?) {
        self.pValue = pValue
        self.smallestReachable = smallestReachable
        self.draws = draws
    }

    /// How many of the 2ⁿ sums ±d₁ ± … ± dₙ are at least `bound`.
    private static func assignments(of sizes: [Double], reaching bound: Double) -> Int {
        func sums(_ part: ArraySlice<Double>) -> [Double] {
            part.reduce([0.0]) { sums, d in sums.map { $0 + d } + sums.map { $0 - d } }.sorted()
        }
        let low = sums(sizes[..<(sizes.count / 2)])
        let high = sums(sizes[(sizes.count / 2)...])
        var count = 0
        var reached = high.count
        // As the one sum grows, ever more of the others suffice.
        for sum in low {
            while reached > 0, sum + high[reached - 1] >= bound { reached -= 1 }
            count += high.count - reached
        }
        return count
    }
}
