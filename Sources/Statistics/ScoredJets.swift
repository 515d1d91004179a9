/// Jets with one score each, larger for what looks like signal, and their true class: what every statistic of a
/// binary tagger is computed from. Any increasing function of the score (logit or probability) gives the same ROC
/// curve; accuracy and cross-entropy need logits.
public struct ScoredJets: Sendable {
    /// One score a jet, none of them NaN.
    public let scores: [Double]
    /// True where the jet is signal (label 1: W, Z or top), in the order of `scores`.
    public let isSignal: [Bool]
    /// Number of signal jets, at least 1.
    public let signalCount: Int
    /// Number of background jets, at least 1.
    public var backgroundCount: Int { scores.count - signalCount }

    /// Pairs scores with classes. Cost: O(n).
    ///
    /// - Throws: ``StatisticsError`` where the counts differ, a score is NaN, or a class has no jets.
    public init(scores: [Double], isSignal: [Bool]) throws(StatisticsError) {
        guard scores.count == isSignal.count else {
            throw .countsDiffer(scores: scores.count, labels: isSignal.count)
        }
        if let index = scores.firstIndex(where: \.isNaN) { throw .notANumber(index: index) }
        let signalCount = isSignal.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        guard signalCount > 0 else { throw .missingClass(name: "signal", jets: scores.count) }
        guard signalCount < scores.count else { throw .missingClass(name: "background", jets: scores.count) }
        self.scores = scores
        self.isSignal = isSignal
        self.signalCount = signalCount
    }

    /// The scores of one class, in the jets' order. Cost: O(n).
    public func scores(signal: Bool) -> [Double] {
        var chosen = [Double]()
        chosen.reserveCapacity(signal ? signalCount : backgroundCount)
        for (score, label) in zip(scores, isSignal) where label == signal { chosen.append(score) }
        return chosen
    }
}
