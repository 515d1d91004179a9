import Foundation
import Statistics

/// How the spectrum of the background's jet mass changes when jets are chosen by a tagger: one that reads the mass carves a
/// peak at the signal's, and a bump hunt then finds what the tagger made.
public struct MassSculpting: Sendable, Codable, Equatable {
    /// Background jets in bins of ``binWidth`` from 0 to ``largestMass``, and a last one for those above.
    public let all: [Int]
    /// One a cut.
    public let points: [Point]

    /// The lower end of the last bin, in GeV: 300. What lies above counts as one bin.
    public static let largestMass = 300.0
    /// The width of a bin in GeV.
    public static let binWidth = 5.0
    /// The signal efficiencies of the cuts.
    public static let signalEfficiencies = Evaluation.signalEfficiencies
    /// The background efficiencies of further cuts.
    public static let backgroundEfficiencies = [0.5, 0.2, 0.1, 0.05, 0.02]

    /// The background that passes one cut.
    public struct Point: Sendable, Codable, Equatable {
        /// Which efficiency was asked for.
        public enum Kind: String, Sendable, Codable {
            case signalEfficiency, backgroundEfficiency
        }
        public let kind: Kind
        /// The efficiency asked for; the tightest cut that reaches it is taken.
        public let target: Double
        /// Jets with at least this logit pass.
        public let threshold: Double
        /// The efficiencies of the cut.
        public let signalEfficiency: Double, backgroundEfficiency: Double
        /// Background jets that pass, in the bins of ``MassSculpting/all``.
        public let passing: [Int]
        /// The divergence of their spectrum from that of all; nil where none passes.
        public let divergence: JensenShannon?
    }

    /// Sorts the background's masses by the cuts. Cost: O(n log n).
    ///
    /// - Parameters:
    ///   - jets: logits of signal and background
    ///   - masses: the jets' masses in GeV, in the same order
    public init(_ jets: ScoredJets, masses: [Double]) {
        precondition(jets.scores.count == masses.count, "\(masses.count) masses for \(jets.scores.count) jets")
        let curve = ROCCurve(jets), background = jets.isSignal.indices.filter { !jets.isSignal[$0] }
        let bins = background.map { MassSculpting.bin(masses[$0]) }
        func counts(above threshold: Double) -> [Int] {
            var counts = [Int](repeating: 0, count: MassSculpting.bins)
            for (jet, bin) in zip(background, bins) where jets.scores[jet] >= threshold { counts[bin] += 1 }
            return counts
        }
        let all = counts(above: -.infinity)
        func point(_ kind: Point.Kind, _ target: Double, _ efficiency: (Int) -> Double) -> Point {
            let place = (0..<curve.count).first { efficiency($0) >= target } ?? curve.count - 1
            let passing = counts(above: curve.thresholds[place])
            return Point(
                kind: kind, target: target, threshold: curve.thresholds[place],
                signalEfficiency: curve.signalEfficiency(place),
                backgroundEfficiency: curve.backgroundEfficiency(place), passing: passing,
                divergence: passing.contains { $0 > 0 } ? JensenShannon(chosen: passing, among: all) : nil)
        }
        self.all = all
        points =
            MassSculpting.signalEfficiencies.map { point(.signalEfficiency, $0, curve.signalEfficiency) }
            + MassSculpting.backgroundEfficiencies.map {
                point(.backgroundEfficiency, $0, curve.backgroundEfficiency)
            }
    }

    /// Bins, the last one of masses above ``largestMass``.
    static let bins = Int(largestMass / binWidth) + 1

    private static func bin(_ mass: Double) -> Int { min(Int(max(mass, 0) / binWidth), bins - 1) }
}
