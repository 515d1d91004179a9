import Foundation

/// How a network is trained. The defaults are the paper's, but for the learning rate (see ``learningRate``).
public struct TrainingSettings: Sendable, Codable, Hashable {
    /// How the learning rate goes over the epochs.
    public enum Schedule: String, Sendable, Codable, CaseIterable {
        /// The same throughout.
        case constant
        /// Half a cosine, from the full rate down to 0 at the last step.
        case cosine
    }

    /// Which validation loss decides which weights are kept.
    public enum Selection: String, Sendable, Codable, CaseIterable {
        /// The whole objective, the penalty included.
        case objective
        /// The binary cross-entropy alone.
        case bce
    }

    /// The type in which matrix products are done. Parameters and the optimiser's state are float32 always.
    public enum Precision: String, Sendable, Codable, CaseIterable {
        case float32
        case bfloat16
        /// On a GPU products of numbers rounded to 10 bits of mantissa; on the CPU float32.
        case tf32
    }

    public var epochs = 100
    public var batchSize = 256
    /// Adam's step. The paper's is 0.005, at which this network was seen to collapse to a constant.
    public var learningRate = 0.0005
    /// The L2 kind: weightDecay·θ is added to the gradient.
    public var weightDecay = 0.0005
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var epsilon = 1e-8
    /// The gradient is scaled down to this norm where it is larger; nil leaves it.
    public var gradientClip: Double? = 1
    public var schedule = Schedule.constant
    /// Epochs over which the learning rate rises from 0, step by step.
    public var warmUpEpochs = 0.0
    /// Training stops after so many epochs without a better validation loss; nil trains to the end.
    public var patience: Int?
    public var selectBy = Selection.objective
    public var precision = Precision.float32
    /// Jets that a worker takes at a time (`Reducer.sliceSize`).
    public var sliceSize = 32

    /// The defaults.
    public init() {}

    /// The learning rate of step `step` (from 0 on) with `stepsPerEpoch` steps in an epoch.
    public func learningRate(step: Int, stepsPerEpoch: Int) -> Double {
        let warmUp = warmUpEpochs * Double(stepsPerEpoch), total = Double(epochs * stepsPerEpoch)
        if Double(step) < warmUp { return learningRate * Double(step + 1) / warmUp }
        switch schedule {
        case .constant: return learningRate
        case .cosine:
            let part = (Double(step) - warmUp) / max(1, total - warmUp)
            return learningRate * (1 + cos(Double.pi * part)) / 2
        }
    }
}
