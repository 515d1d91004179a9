import Foundation
import Report
import Support

/// One training of a study, by its name.
public struct TrainingName: Sendable, Hashable, Codable {
    public let variant: String
    public let seed: UInt64

    public init(_ variant: String, _ seed: UInt64) {
        self.variant = variant
        self.seed = seed
    }

    /// Where its files lie in a run's folder, and in those of analyses: `variant/seed-n`.
    public var path: String { "\(variant)/seed-\(seed)" }
    /// For tables and messages: `variant, seed n`.
    public var words: String { "\(variant), seed \(seed)" }
}

/// A step of a study's plan: one piece of work with files of its own. Steps are connected by what they need, so that one
/// that fails stops those alone that build on it, and a changed setting redoes what depends on it and nothing else.
package struct StudyStep {
    /// What kinds of work there are, in the plan's order.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case jets, training, evaluation, statistics, curvature, landscape, invariance, robustness, transfer
        case distillation, frontier, claims, report
    }

    package let kind: Kind
    /// What tells it from others of its kind: a training, a part of the landscape; nil where it is the only one.
    package let part: String?
    /// The steps that must be done before it.
    package let needs: [String]
    /// Steps whose results it puts together: as many as are done, at least one where there are any.
    package let joins: [String]
    /// The settings that decide its result, beside what it builds on.
    package let settings: String
    /// Files that it writes, in the run's folder.
    package let outputs: [String]
    package let work: (StudyWork) throws -> Findings

    /// `training/constrained/seed-1`, `claims`.
    package var name: String { StudyStep.name(kind, part) }

    package static func name(_ kind: Kind, _ part: String? = nil) -> String {
        part.map { "\(kind.rawValue)/\($0)" } ?? kind.rawValue
    }

    package init(
        _ kind: Kind, _ part: String? = nil, needs: [String] = [], joins: [String] = [], settings: [any Encodable],
        outputs: [String], work: @escaping (StudyWork) throws -> Findings
    ) throws {
        self.kind = kind
        self.part = part
        self.needs = needs
        self.joins = joins
        self.settings = Digest.of(try settings.map { String(decoding: try json($0), as: UTF8.self) })
        self.outputs = outputs
        self.work = work
    }
}

/// What a piece of work has to show: for the terminal, and for the report.
public struct Findings: Sendable, Codable {
    public var tables: [Table]
    /// Drawn figures, by the path of their files in the folder that was written to, without an ending.
    public var figures: [String]
    /// What a reader of the results must know first.
    public var warnings: [String]
    /// What steps that build on this one depend on: a digest of its results. Nil where its own identity says it.
    public var digest: String?

    public init(tables: [Table] = [], figures: [String] = [], warnings: [String] = [], digest: String? = nil) {
        self.tables = tables
        self.figures = figures
        self.warnings = warnings
        self.digest = digest
    }

    /// The same, the figures' paths beginning with a folder.
    func inFolder(_ folder: String) -> Findings {
        var findings = self
        findings.figures = figures.map { "\(folder)/\($0)" }
        return findings
    }
}

extension Findings {
    /// Writes tables as `name.md` and `name.tex` and figures into a folder.
    ///
    /// - Parameter figuresIn: the figures' own folder within it; nil puts them beside the tables
    /// - Throws: `FileError`.
    static func write(
        _ tables: [Table], _ figures: [Figure], name: String, to folder: String, figuresIn: String? = nil,
        formats: [FigureRenderer.Format] = FigureRenderer.Format.allCases
    ) throws -> Findings {
        try write(tables, to: "\(folder)/\(name)")
        let place = figuresIn.map { "\(folder)/\($0)" } ?? folder
        let warnings = try FigureRenderer().write(figures, to: place, formats: formats).warnings
        return Findings(
            tables: tables, figures: figures.map { (figuresIn.map { "\($0)/" } ?? "") + $0.name }, warnings: warnings)
    }

    /// Writes tables as Markdown and LaTeX; `path` is what comes before the endings.
    ///
    /// - Throws: `FileError`.
    static func write(_ tables: [Table], to path: String) throws {
        try writeAtomically(Data(tables.map(\.markdown).joined(separator: "\n").utf8), to: "\(path).md")
        try writeAtomically(Data(tables.map(\.latex).joined(separator: "\n").utf8), to: "\(path).tex")
    }
}
