import Foundation
import Report
import Statistics
import Support

/// Accuracy against simplicity: what a term's weight λ in the loss does to ROC-AUC, invariance, curvature, and how easily
/// the network is distilled. Networks of a study that differ in nothing but one term's weight make the frontier; the
/// controls and the hard-invariant network stand beside it.
public struct Frontier: Sendable, Codable {
    /// The run in a few words, for captions.
    public let shown: String
    /// In the order of the study's variants.
    public let points: [Point]
    /// The student by which distillation is judged; nil where none was.
    public let student: String?
    /// What was not found in the run's folder.
    public let missing: [String]
    /// Variants that are no part of it, and why; collapsed seeds.
    public let notes: [String]

    /// What a network is among the others.
    public enum Arm: String, Sendable, Codable, CaseIterable {
        /// Cross-entropy alone, λ = 0.
        case unconstrained
        /// Cross-entropy and λ times a symmetry's penalty.
        case soft
        /// A variant that is to tell whether it is the symmetry: the penalty of what is no symmetry, or augmentation.
        case control
        /// Symmetric by construction.
        case hard
    }

    /// One variant's quantities over its seeds.
    public struct Point: Sendable, Codable, Equatable {
        public let variant: String
        public let arm: Arm
        /// The term beside cross-entropy, and its weight; nil for a network that has no such term.
        public let term: String?
        public let weight: Double?
        /// The test jets' ROC-AUC.
        public var rocAUC: OverSeeds?
        /// The mean squared change of the score under boosts of the largest speed measured.
        public var scoreChange: OverSeeds?
        /// The Hessian's largest eigenvalue, in nats.
        public var leadingEigenvalue: OverSeeds?
        /// The Hessian's trace, in nats.
        public var trace: OverSeeds?
        /// The student's mean squared error on the test jets over the variance of the teacher's logits.
        public var distillationError: OverSeeds?

        /// A point without values.
        public init(variant: String, arm: Arm, term: String?, weight: Double?) {
            self.variant = variant
            self.arm = arm
            self.term = term
            self.weight = weight
        }
    }

    /// A quantity, seed by seed.
    public struct OverSeeds: Sendable, Codable, Equatable {
        public let seeds: [UInt64]
        /// One a seed.
        public let values: [Double]
        public let mean: Double
        /// The standard deviation over the seeds, divisor n − 1; nil for a single one.
        public let deviation: Double?

        /// nil where there are no seeds.
        public init?(_ values: [(seed: UInt64, value: Double)]) {
            guard !values.isEmpty else { return nil }
            let n = Double(values.count), mean = values.reduce(0) { $0 + $1.value } / n
            seeds = values.map(\.seed)
            self.values = values.map(\.value)
            self.mean = mean
            let squares = values.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) }
            deviation = values.count > 1 ? (squares / (n - 1)).squareRoot() : nil
        }
    }

    /// From points, wherever they come from.
    public init(shown: String, points: [Point], student: String? = nil, missing: [String] = [], notes: [String] = []) {
        self.shown = shown
        self.points = points
        self.student = student
        self.missing = missing
        self.notes = notes
    }

    /// Writes `frontier.json`, `frontier.md`, `frontier.tex` and the figures.
    ///
    /// - Throws: `FileError`.
    public func write(to folder: String) throws -> Findings {
        try writeJSON(self, to: "\(folder)/frontier.json")
        return try .write([table], figures, name: "frontier", to: folder)
    }
}
