import Objectives

/// What one epoch of training came to.
public struct EpochRecord: Sendable, Codable, Equatable {
    /// From 1 on.
    public let epoch: Int
    /// Means over the epoch's batches, dropout on, weights changing: each term's, and their weighted sum.
    public let trainingTerms: [Double], training: Double
    /// Means over the validation samples after the epoch, dropout off.
    public let validationTerms: [Double], validation: Double
    /// The mean norm of the gradient before clipping.
    public let gradientNorm: Double
    /// The learning rate of the epoch's last step.
    public let learningRate: Double
    /// The values after the epoch, dropout off, of the objectives that are watched (``Trainer/watched``), in their
    /// order; nil where there are none.
    public let watched: [Double]?
}

/// What a training came to.
public struct TrainingHistory: Sendable, Codable, Equatable {
    /// The objective's terms, which the records' lists follow.
    public var terms: [TermDescription]
    /// One record an epoch.
    public var epochs: [EpochRecord] = []
    /// The epoch whose weights are kept.
    public var bestEpoch = 0
    /// The validation loss (of the kind that selects) of that epoch.
    public var bestValidation = Double.infinity
    /// Whether the training stopped before its last epoch for want of improvement.
    public var stoppedEarly = false
}
