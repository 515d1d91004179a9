import Foundation

/// One quantity of the two trainings that share a seed.
public struct SeedPair: Sendable, Codable, Equatable {
    public let seed: UInt64
    public let unconstrained: Measurement, constrained: Measurement

    public init(seed: UInt64, unconstrained: Measurement, constrained: Measurement) {
        self.seed = seed
        self.unconstrained = unconstrained
        self.constrained = constrained
    }

    /// What was found for one training, and what is to be said of it.
    public struct Measurement: Sendable, Codable, Equatable {
        /// Not finite where nothing was found.
        public let value: Double
        /// Whether the training has collapsed to a constant output: then its value says nothing about its kind.
        public let isCollapsed: Bool
        /// Whether what gave the value had converged: the training, the student's, the eigenpair's iteration.
        public let isConverged: Bool
        /// Whether the true value is this or larger, as for an epoch that was not reached in the epochs that there were.
        public let isLowerBound: Bool

        public init(_ value: Double, isCollapsed: Bool = false, isConverged: Bool = true, isLowerBound: Bool = false) {
            self.value = value
            self.isCollapsed = isCollapsed
            self.isConverged = isConverged
            self.isLowerBound = isLowerBound
        }
    }

    /// The two measurements under their variants' names.
    var both: [(variant: String, measurement: Measurement)] {
        [("unconstrained", unconstrained), ("constrained", constrained)]
    }

    /// What is to be said of a pair that is averaged in, variant by variant.
    var remarks: [String] {
        both.flatMap { variant, measurement in
            (measurement.isConverged ? [] : ["\(variant) not converged"])
                + (measurement.isLowerBound
                    ? ["\(variant) only known to be at least \(String(format: "%.3g", measurement.value))"] : [])
        }
    }

    /// Constrained minus unconstrained, or the logarithm of constrained over unconstrained.
    func difference(asRatio: Bool) -> Double {
        asRatio ? log(constrained.value) - log(unconstrained.value) : constrained.value - unconstrained.value
    }

    /// Why a pair can't be averaged in; nil where it can.
    func fault(asRatio: Bool) -> String? {
        if unconstrained.isLowerBound && constrained.isLowerBound { return "both trainings' values are only bounds" }
        for (variant, measurement) in both {
            if measurement.isCollapsed { return "the \(variant) training has collapsed to a constant output" }
            if !measurement.value.isFinite { return "the \(variant) training has no value (\(measurement.value))" }
            if asRatio, measurement.value <= 0 {
                return "the \(variant) training's value \(measurement.value) is not positive and has no logarithm"
            }
        }
        return nil
    }
}
