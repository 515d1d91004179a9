import Foundation

extension ScoredJets {
    /// The fraction of jets on the right side of `threshold` (signal: score > threshold), with Wilson's interval.
    ///
    /// The default, logit 0, is probability ½. Cost: O(n).
    public func accuracy(threshold: Double = 0, confidence: Double = 0.95) -> Estimate {
        var right = 0
        for (score, signal) in zip(scores, isSignal) where (score > threshold) == signal { right += 1 }
        return .fraction(right, of: scores.count, confidence: confidence)
    }

    /// Mean binary cross-entropy in nats, the scores being logits z and y the labels:
    /// mean of max(z, 0) − z·y + log(1 + e^(−|z|)).
    ///
    /// This form neither overflows nor loses digits for large |z|. Cost: O(n).
    public func binaryCrossEntropy() -> Double {
        var sum = 0.0
        for (logit, signal) in zip(scores, isSignal) {
            // log(1 + e^(−m)) with m the margin: the logit on the true class's side.
            let margin = signal ? logit : -logit
            sum += max(-margin, 0) + log1p(exp(-abs(margin)))
        }
        return sum / Double(scores.count)
    }
}
