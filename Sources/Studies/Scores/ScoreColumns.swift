import Columns
import Foundation
import Statistics

/// What a column of scores holds.
public enum ScoreScale: String, Sendable, Codable, CaseIterable {
    /// Any number, the larger the more like signal; decided at 0.
    case logits
    /// A number p from 0 to 1; decided at ½. Its logit log(p / (1 − p)) is what is computed with.
    case probabilities

    /// How it was decided.
    public enum Reason: String, Sendable, Codable {
        /// It was said.
        case given
        /// The column's name has `logit` in it.
        case name
        /// Whether all values lie between 0 and 1.
        case values
    }
}

/// Which columns of a file hold what: the scores of one tagger or several, the label, and, where they are there, event
/// and place of each jet. For any file that `ColumnFile` reads.
public struct ScoreColumns: Sendable {
    /// The columns with a tagger's scores each. Empty: `logit` where there is a column of that name; else those that end in
    /// `_logit`; else all that aren't taken for something else.
    public var scores: [String] = []
    /// The column that is 1 for signal and 0 for background; nil takes the first of ``labelNames`` that is there.
    public var label: String?
    /// A file that has the labels; nil for the scores' own. With one column, that is taken whatever its name.
    public var labels: String?
    /// The column of event numbers; nil takes the first of ``eventNames``, where one is there.
    public var event: String?
    /// What scores are; nil decides for each column: logits where the name has `logit` in it or a value lies outside of
    /// [0, 1], else probabilities.
    public var scale: ScoreScale?
    /// Whether columns of weights are left aside; else they are refused.
    public var ignoresWeights = false

    /// All by default.
    public init() {}

    public static let labelNames = ["label", "labels", "is_signal", "is_signal_new", "target", "truth", "y", "y_true"]
    public static let eventNames = ["event", "eventIndex", "event_number", "eventNumber"]
    public static let weightNames = ["weight", "weights", "sample_weight", "event_weight"]
    static let indexName = "index"

    /// Reads the scores of each tagger in a file.
    ///
    /// - Throws: `ColumnsError`, `HDF5Error`, `FileError`; ``ScoreFileError``. All name the file, most the column and the row.
    public func read(_ path: String) throws -> [ScoreFile] {
        let file = try ColumnFile(path)
        if !ignoresWeights, let weights = ScoreColumns.weightNames.first(where: file.has) {
            throw ScoreFileError.weights(file: path, column: weights)
        }
        let labelFile = try labels.map { try ColumnFile($0) }
        let label = try labelColumn(of: labelFile ?? file, isOwn: labelFile == nil)
        let event = event ?? ScoreColumns.eventNames.first(where: file.has)
        let index = file.has(ScoreColumns.indexName) ? ScoreColumns.indexName : nil
        let taken = [labelFile == nil ? label : nil, event, index].compactMap(\.self) + ScoreColumns.weightNames
        let columns = try scoreColumns(of: file, taken: taken)
        let integers = [event, index].compactMap(\.self)
        let read = try file.read(numbers: columns + (labelFile == nil ? [label] : []), integers: integers)
        let labelValues: [Double] =
            if let labelFile { try labelFile.read(numbers: [label]).numbers[0] } else { read.numbers[columns.count] }
        let isSignal = try signal(labelValues, column: label, in: labels ?? path)
        return try columns.indices.map { place in
            let scores = read.numbers[place]
            guard scores.count == isSignal.count else {
                throw ScoreFileError.lengthsDiffer(
                    file: labels ?? path, column: label, rows: isSignal.count, scores: scores.count)
            }
            let (scale, reason) = ScoreColumns.scale(of: scores, column: columns[place], given: self.scale)
            let logits = try scale == .logits ? scores : ScoreColumns.logits(scores, column: columns[place], in: path)
            let jets: ScoredJets
            do throws(StatisticsError) {
                jets = try ScoredJets(scores: logits, isSignal: isSignal)
            } catch {
                throw ScoreFileError.unusable(file: path, reason: error)
            }
            return ScoreFile(
                path: path, column: columns[place], isOneOfSeveral: columns.count > 1,
                variant: file.attribute("variant"), seed: file.attribute("seed").flatMap(UInt64.init), scale: scale,
                reason: reason, jets: jets, index: index == nil ? nil : read.integers[integers.count - 1],
                events: event == nil ? nil : read.integers[0])
        }
    }

    private func labelColumn(of file: ColumnFile, isOwn: Bool) throws -> String {
        if let label { return label }
        if !isOwn, file.names.count == 1 { return file.names[0] }
        guard let found = ScoreColumns.labelNames.first(where: file.has) else {
            throw ScoreFileError.noLabels(file: file.path, columns: file.names)
        }
        return found
    }

    private func scoreColumns(of file: ColumnFile, taken: [String]) throws -> [String] {
        if !scores.isEmpty { return scores }
        if file.has("logit") { return ["logit"] }
        let logits = file.names.filter { $0.hasSuffix("_logit") }
        if !logits.isEmpty { return logits }
        let columns = file.names.filter { !taken.contains($0) }
        guard !columns.isEmpty else { throw ScoreFileError.noScores(file: file.path, columns: file.names) }
        return columns
    }

    private func signal(_ values: [Double], column: String, in path: String) throws -> [Bool] {
        if let row = values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
            throw ScoreFileError.label(file: path, column: column, row: row, label: values[row])
        }
        return values.map { $0 == 1 }
    }

    static func scale(
        of scores: [Double], column: String, given: ScoreScale?
    ) -> (ScoreScale, ScoreScale.Reason) {
        if let given { return (given, .given) }
        if column.lowercased().contains("logit") { return (.logits, .name) }
        return (scores.allSatisfy { (0...1).contains($0) } ? .probabilities : .logits, .values)
    }

    /// log(p / (1 − p)) of each; infinite at 0 and 1.
    private static func logits(_ scores: [Double], column: String, in path: String) throws -> [Double] {
        try scores.enumerated().map { row, p in
            guard (0...1).contains(p) else {
                throw ScoreFileError.notProbability(file: path, column: column, row: row, value: p)
            }
            return log(p) - log1p(-p)
        }
    }
}
