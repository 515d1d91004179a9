import Foundation
import Statistics

/// Whether a tagger's probabilities are what they say: among jets with the score p, a fraction p should be signal.
///
/// It holds for the mixture of classes that is tested; another one shifts all probabilities.
public struct Calibration: Sendable, Codable, Equatable {
    /// By rising score; equally many jets in each, but that jets of one score stay together.
    public let bins: [Bin]
    /// Σ n_b/n · |fraction of signal − mean score|: the expected calibration error.
    public let expectedError: Double
    /// What a perfectly calibrated tagger has on average from the number of jets, Σ n_b/n · √(2 p̄(1 − p̄)/(π n_b)):
    /// an error no larger than that is none.
    public let errorByChance: Double

    /// Jets with near scores.
    public struct Bin: Sendable, Codable, Equatable {
        public let jets: Int
        /// The least and the largest score.
        public let lower: Double, upper: Double
        public let meanScore: Double
        /// The fraction of signal, with Wilson's 95 % interval.
        public let signalFraction: Estimate
    }

    /// Sorts the jets into bins. Cost: O(n log n).
    ///
    /// - Parameters:
    ///   - jets: logits
    ///   - bins: how many, where there are that many different scores
    /// - Precondition: `bins` > 0.
    public init(_ jets: ScoredJets, bins: Int = 15) {
        precondition(bins > 0, "\(bins) bins")
        let order = jets.scores.indices.sorted { jets.scores[$0] < jets.scores[$1] }, n = order.count
        func score(_ place: Int) -> Double { 1 / (1 + exp(-jets.scores[order[place]])) }
        var found: [Bin] = [], start = 0
        for bin in 1...bins {
            var end = max(bin * n / bins, start)
            // Jets of one logit can't be told apart, so no edge may part them.
            while end > start, end < n, jets.scores[order[end]] == jets.scores[order[end - 1]] { end += 1 }
            guard end > start else { continue }
            let places = start..<end
            found.append(
                Bin(
                    jets: places.count, lower: score(start), upper: score(end - 1),
                    meanScore: places.reduce(0) { $0 + score($1) } / Double(places.count),
                    signalFraction: .fraction(places.count { jets.isSignal[order[$0]] }, of: places.count)))
            start = end
        }
        self.bins = found
        func mean(_ quantity: (Bin) -> Double) -> Double {
            found.reduce(0) { $0 + Double($1.jets) / Double(n) * quantity($1) }
        }
        expectedError = mean { abs($0.signalFraction.value - $0.meanScore) }
        errorByChance = mean { (2 * $0.meanScore * (1 - $0.meanScore) / (Double.pi * Double($0.jets))).squareRoot() }
    }
}
