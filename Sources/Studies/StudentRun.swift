import Foundation
import Networks
import Statistics

/// One student trained on one teacher's logits with one seed, and how close to its teacher it has come.
public struct StudentRun: Sendable, Codable, Equatable {
    /// The student's name, and its network in a few words.
    public let student: String, network: String
    public let kind: TaggerNetwork.Kind
    /// How many numbers the student is made of.
    public let parameters: Int
    public let seed: UInt64
    /// One entry an epoch.
    public let epochs: [Epoch]
    /// The epoch with the lowest error on the validation jets, whose weights are kept.
    public let bestEpoch: Int
    /// How well the kept weights tell the test jets apart.
    public let test: Evaluation
    /// How far the kept weights say of the test jets what the teacher says.
    public let agreement: Agreement
    /// ``epochs(to:)`` for the settings' threshold; nil where it was never reached.
    public private(set) var epochsToThreshold: Double?

    public init(
        student: String, network: String, kind: TaggerNetwork.Kind, parameters: Int, seed: UInt64, epochs: [Epoch],
        bestEpoch: Int, test: Evaluation, agreement: Agreement, threshold: Double
    ) {
        self.student = student
        self.network = network
        self.kind = kind
        self.parameters = parameters
        self.seed = seed
        self.epochs = epochs
        self.bestEpoch = bestEpoch
        self.test = test
        self.agreement = agreement
        epochsToThreshold = self.epochs(to: threshold)
    }

    /// The same run with its epochs counted to another threshold.
    func counted(to threshold: Double) -> StudentRun {
        var run = self
        run.epochsToThreshold = epochs(to: threshold)
        return run
    }

    /// How far from the teacher a student is after an epoch, dropout off.
    public struct Epoch: Sendable, Codable, Equatable {
        /// From 1 on.
        public let epoch: Int
        public let training: Distance, validation: Distance, test: Distance

        public init(epoch: Int, training: Distance, validation: Distance, test: Distance) {
            self.epoch = epoch
            self.training = training
            self.validation = validation
            self.test = test
        }
    }

    /// The mean squared difference between a student's logits and its teacher's on some jets.
    public struct Distance: Sendable, Codable, Equatable {
        public let meanSquaredError: Double
        /// Over the variance of the teacher's logits on the same jets: 1 is what the best constant comes to, 0 a copy.
        public let relative: Double

        public init(meanSquaredError: Double, logitVariance: Double) {
            self.meanSquaredError = meanSquaredError
            relative = meanSquaredError / logitVariance
        }
    }

    /// The epochs after which the relative error on the test jets first was at `threshold` or below, the logarithm of the
    /// error taken to fall evenly between two epochs; 1 where the first epoch was enough, nil where it never was.
    public func epochs(to threshold: Double) -> Double? {
        guard let first = epochs.firstIndex(where: { $0.test.relative <= threshold }) else { return nil }
        guard first > 0 else { return Double(epochs[0].epoch) }
        let before = log(epochs[first - 1].test.relative), after = log(epochs[first].test.relative)
        // An error of exactly 0 has no logarithm.
        guard after.isFinite else { return Double(epochs[first].epoch) }
        return Double(epochs[first - 1].epoch) + (before - log(threshold)) / (before - after)
    }
}

/// How far two taggers say the same of the same jets.
public struct Agreement: Sendable, Codable, Equatable {
    /// The fraction of jets that both decide alike (logit above 0 or not), with Wilson's 95 % interval.
    public let decisions: Estimate
    /// Pearson's correlation of the logits; NaN where one of them is constant.
    public let correlation: Double

    /// - Precondition: there are as many logits of the one as of the other, and at least one.
    public init(_ first: [Double], _ second: [Double]) {
        precondition(first.count == second.count, "\(first.count) logits can't be compared with \(second.count)")
        decisions = .fraction(zip(first, second).count { ($0 > 0) == ($1 > 0) }, of: first.count)
        let (meanFirst, varianceFirst) = meanAndVariance(of: first)
        let (meanSecond, varianceSecond) = meanAndVariance(of: second)
        let covariance = zip(first, second).reduce(0) { $0 + ($1.0 - meanFirst) * ($1.1 - meanSecond) }
        correlation = covariance / Double(first.count) / (varianceFirst * varianceSecond).squareRoot()
    }
}

/// The mean, and the mean squared distance from it.
func meanAndVariance(of values: [Double]) -> (mean: Double, variance: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
}
