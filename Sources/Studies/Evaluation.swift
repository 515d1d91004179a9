import Foundation
import Statistics

/// How well a tagger does on labelled jets, with errors from the number of jets.
public struct Evaluation: Sendable, Codable, Equatable {
    /// Jets of each kind.
    public let signalJets: Int, backgroundJets: Int
    /// The fraction decided rightly at logit 0, with Wilson's 95 % interval.
    public let accuracy: Estimate
    /// The area under the ROC curve, with DeLong's 95 % interval.
    public let rocAUC: Estimate
    public let rocAUCStandardError: Double
    /// Mean binary cross-entropy in nats.
    public let binaryCrossEntropy: Double
    /// Background rejection at signal efficiencies 0.3, 0.5 and 0.8.
    public let operatingPoints: [OperatingPoint]
    /// The standard deviation of the logits.
    public let logitStandardDeviation: Double

    /// The signal efficiencies at which the background rejection is given.
    public static let signalEfficiencies = [0.3, 0.5, 0.8]

    /// - Throws: `StatisticsError` where one class is missing or a logit is NaN.
    public init(_ jets: ScoredJets) throws {
        let area = try AreaUnderROC(jets), curve = ROCCurve(jets)
        signalJets = jets.signalCount
        backgroundJets = jets.backgroundCount
        accuracy = jets.accuracy()
        rocAUC = area.interval()
        rocAUCStandardError = area.standardError
        binaryCrossEntropy = jets.binaryCrossEntropy()
        operatingPoints = Evaluation.signalEfficiencies.map { curve.operatingPoint(signalEfficiency: $0) }
        let mean = jets.scores.reduce(0, +) / Double(jets.scores.count)
        logitStandardDeviation =
            (jets.scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(jets.scores.count)).squareRoot()
    }

    /// Whether a training has collapsed to a constant: its cross-entropy is within 1 % of the best constant's, or its
    /// logits hardly vary.
    public var hasCollapsed: Bool {
        let p = Double(signalJets) / Double(signalJets + backgroundJets)
        let constant = -p * log(p) - (1 - p) * log(1 - p)
        return binaryCrossEntropy > 0.99 * constant || logitStandardDeviation < 0.01
    }
}
