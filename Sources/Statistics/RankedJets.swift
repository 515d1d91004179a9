/// Jets sorted by their score once, so that ROC figures of any weights take one pass: a bootstrap's resamples give each
/// jet a weight, its number of copies.
///
/// A weight is a whole number below 256, in the jets' original order. Sums are of integers: exact, and independent of
/// the order of tied scores. With all weights 1 the figures are those of ``ROCCurve`` and ``AreaUnderROC``.
public struct RankedJets: Sendable {
    /// By rising score: the jet's place times 4, plus 2 where no jet before it has its score, plus 1 for signal.
    private let entries: [UInt32]

    /// Cost: O(n log n) time; 4 bytes a jet remain.
    ///
    /// - Precondition: there are fewer than 2³⁰ jets.
    public init(_ jets: ScoredJets) {
        precondition(jets.scores.count < 1 << 30, "\(jets.scores.count) jets are more than can be ranked here")
        let order = (0..<UInt32(jets.scores.count)).sorted { jets.scores[Int($0)] < jets.scores[Int($1)] }
        entries = order.indices.map { rank in
            let place = order[rank]
            let starts = rank == 0 || jets.scores[Int(order[rank - 1])] < jets.scores[Int(place)]
            return place << 2 | (starts ? 2 : 0) | (jets.isSignal[Int(place)] ? 1 : 0)
        }
    }

    /// The number of jets.
    public var count: Int { entries.count }

    /// The area under the ROC curve of weighted jets: Σ w_s w_b (1 where s > b, ½ where s = b) / (Σ w_s Σ w_b); NaN where
    /// a class has no weight. Cost: O(n), about 3 ns a jet.
    ///
    /// - Precondition: one weight a jet.
    public func area(_ weights: [UInt8]) -> Double {
        precondition(weights.count == count, "\(weights.count) weights for \(count) jets")
        // Of the jets with lower scores, and of those with the present one.
        var signalBelow = 0, backgroundBelow = 0, signal = 0, background = 0
        var twice = 0
        entries.withUnsafeBufferPointer { entries in
            weights.withUnsafeBufferPointer { weights in
                for entry in entries {
                    if entry & 2 != 0 {
                        twice &+= signal &* (2 &* backgroundBelow &+ background)
                        signalBelow &+= signal
                        backgroundBelow &+= background
                        signal = 0
                        background = 0
                    }
                    let weight = Int(weights[Int(entry >> 2)])
                    // Without a branch, which no processor could predict.
                    let ofSignal = weight & -Int(entry & 1)
                    signal &+= ofSignal
                    background &+= weight &- ofSignal
                }
            }
        }
        twice += signal * (2 * backgroundBelow + background)
        return Double(twice) / (2 * Double(signalBelow + signal) * Double(backgroundBelow + background))
    }

    /// The background efficiency of the tightest cut whose signal efficiency is at least each of `targets`, for weighted
    /// jets, in the targets' order; NaN where a class has no weight. Cost: O(n).
    ///
    /// - Precondition: one weight a jet; targets in (0, 1].
    public func backgroundEfficiencies(atSignalEfficiencies targets: [Double], _ weights: [UInt8]) -> [Double] {
        precondition(weights.count == count, "\(weights.count) weights for \(count) jets")
        precondition(targets.allSatisfy { $0 > 0 && $0 <= 1 }, "signal efficiencies lie in (0, 1]: \(targets)")
        var allSignal = 0, all = 0
        for entry in entries {
            let weight = Int(weights[Int(entry >> 2)])
            all &+= weight
            allSignal &+= weight & -Int(entry & 1)
        }
        var found = [Double](repeating: .nan, count: targets.count)
        guard allSignal > 0, all > allSignal else { return found }
        var open = targets.indices.sorted { targets[$0] > targets[$1] }
        var signal = 0, passing = 0
        for entry in entries.reversed() {
            let weight = Int(weights[Int(entry >> 2)])
            passing &+= weight
            signal &+= weight & -Int(entry & 1)
            // The lowest of jets with one score closes the cut that takes them in.
            guard entry & 2 != 0 else { continue }
            while let next = open.last, Double(signal) / Double(allSignal) >= targets[next] {
                found[next] = Double(passing - signal) / Double(all - allSignal)
                open.removeLast()
            }
            if open.isEmpty { break }
        }
        return found
    }

    /// 1/ε_B at signal efficiencies: +∞ where no background passes. Cost: O(n).
    public func backgroundRejections(atSignalEfficiencies targets: [Double], _ weights: [UInt8]) -> [Double] {
        backgroundEfficiencies(atSignalEfficiencies: targets, weights).map { 1 / $0 }
    }
}

extension ScoredJets {
    /// The weighted fraction of jets on the right side of `threshold`; NaN without weight. Cost: O(n).
    ///
    /// - Precondition: one weight a jet.
    public func accuracy(_ weights: [UInt8], threshold: Double = 0) -> Double {
        precondition(weights.count == scores.count, "\(weights.count) weights for \(scores.count) jets")
        var right = 0, all = 0
        for i in scores.indices {
            let weight = Int(weights[i])
            all += weight
            if (scores[i] > threshold) == isSignal[i] { right += weight }
        }
        return Double(right) / Double(all)
    }
}
