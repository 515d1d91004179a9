import Networks
import Objectives
import Report

extension StudySettings {
    /// One kind of training: the objective's terms, and what it has of its own instead of the study's.
    public struct VariantSettings: Sendable, Hashable {
        public var name: String
        /// The objective's terms by name, with their weights, in a fixed order: a term's random numbers depend on its
        /// place, and a study file's keys have none.
        public let terms: [TermDescription]
        /// A network of its own; nil for the study's.
        public var network: TaggerNetwork.Settings?
        /// Seeds of its own; nil for the study's.
        public var seeds: [UInt64]?
        /// The measures that it takes part in; nil for all.
        public var measures: [StudyMeasure]?

        public init(
            name: String, terms: [TermDescription], network: TaggerNetwork.Settings? = nil, seeds: [UInt64]? = nil,
            measures: [StudyMeasure]? = nil
        ) {
            func place(_ term: TermDescription) -> Int { Terms.names.firstIndex(of: term.name) ?? Terms.names.count }
            self.name = name
            self.terms = terms.sorted { place($0) < place($1) }
            self.network = network
            self.seeds = seeds
            self.measures = measures
        }

        /// Whether ``StudySettings/symmetry`` has a say in it.
        var hasSymmetryTerms: Bool { terms.contains { $0.name != "bce" } }

        /// Whether it takes part in a measure.
        public func takesPart(in measure: StudyMeasure) -> Bool { measures?.contains(measure) ?? true }

        /// Binary cross-entropy alone.
        public static let unconstrained = VariantSettings(
            name: "unconstrained", terms: [TermDescription(name: "bce", weight: 1)])

        /// The paper's soft symmetry: binary cross-entropy and a tenth of the group loss.
        public static let constrained = VariantSettings(
            name: "constrained",
            terms: [TermDescription(name: "bce", weight: 1), TermDescription(name: "group", weight: 0.1)])

        /// Cross-entropy and one term more, under the name `term-weight`: a point of a sweep over weights.
        public static func sweeping(
            _ term: String, weight: Double, seeds: [UInt64]? = nil, measures: [StudyMeasure]? = nil
        ) -> VariantSettings {
            VariantSettings(
                name: "\(term)-\(SweptPoints.text(ofWeight: weight))",
                terms: [TermDescription(name: "bce", weight: 1), TermDescription(name: term, weight: weight)],
                seeds: seeds, measures: measures)
        }
    }

    /// The network of a variant: its own, or the study's.
    public func network(of variant: VariantSettings) -> TaggerNetwork.Settings {
        variant.network ?? .transformer(network)
    }

    /// Every training of the study in order: the variants in theirs, each with its seeds in theirs.
    public var trainings: [(variant: VariantSettings, seed: UInt64)] {
        variants.flatMap { variant in (variant.seeds ?? seeds).map { (variant, $0) } }
    }
}

/// What a study measures of its trainings.
public enum StudyMeasure: String, Sendable, Codable, CaseIterable {
    case evaluation, statistics, curvature, landscape, invariance, robustness, transfer, distillation, frontier
}
