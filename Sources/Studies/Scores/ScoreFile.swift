import Columns
import Statistics

/// One tagger's scores of labelled jets: as `scores.h5` of a training has them, or a column of any file that
/// ``ScoreColumns`` reads.
public struct ScoreFile: Sendable {
    public let path: String
    /// The column of the file that holds the scores.
    public let column: String
    /// Whether the file was asked for more than one column, so that the column is a part of the name.
    let isOneOfSeveral: Bool
    /// The variant that the file names; nil where it names none.
    public let variant: String?
    /// Its seed, where the file names one.
    public let seed: UInt64?
    /// What the column holds.
    public let scale: ScoreScale
    /// Why it is taken to hold that.
    public let reason: ScoreScale.Reason
    /// The logits and labels.
    public let jets: ScoredJets
    /// Each jet's place in the files that were read; nil where the file doesn't say.
    public let index: [Int64]?
    /// The collision that each jet comes from; nil where the file doesn't say.
    public let events: [Int64]?

    /// Reads the columns `logit` and `label` (1 for signal, 0 for background), and `index` and `event` where they are there;
    /// of an HDF5 file also the attributes `variant` and `seed`. Where there is no `logit`, the only column of scores that
    /// there is.
    ///
    /// - Throws: `HDF5Error`, `ColumnsError`; ``ScoreFileError`` naming the file where columns don't fit together or scores
    ///   are unusable.
    public init(contentsOf path: String) throws {
        let all = try ScoreColumns().read(path)
        guard all.count == 1 else {
            throw ScoreFileError.severalColumns(file: path, columns: all.map(\.column))
        }
        self = all[0]
    }

    init(
        path: String, column: String, isOneOfSeveral: Bool, variant: String?, seed: UInt64?, scale: ScoreScale,
        reason: ScoreScale.Reason, jets: ScoredJets, index: [Int64]?, events: [Int64]?
    ) {
        self.path = path
        self.column = column
        self.isOneOfSeveral = isOneOfSeveral
        self.variant = variant
        self.seed = seed
        self.scale = scale
        self.reason = reason
        self.jets = jets
        self.index = index
        self.events = events
    }

    /// What to call it: variant and seed; the column, where the file has several; else the path.
    public var name: String {
        if isOneOfSeveral { return column }
        guard let variant else { return path }
        return seed.map { "\(variant), seed \($0)" } ?? variant
    }

    /// Each file's name; with its path and column where those are needed to tell them apart.
    public static func names(_ files: [ScoreFile]) -> [String] {
        files.map { file in
            files.count { $0.name == file.name } > 1
                ? "\(file.name) (\(file.path)\(file.isOneOfSeveral || file.name != file.path ? "" : ", \(file.column)"))"
                : file.name
        }
    }

    /// - Throws: ``ScoreFileError/jetsDiffer(file:other:row:)`` where another file's scores are not of the same jets in
    ///   the same order, as far as the files tell: by label, place and event.
    func requireSameJets(as other: ScoreFile) throws {
        let all = min(jets.scores.count, other.jets.scores.count)
        func differs(_ row: Int) -> Bool {
            jets.isSignal[row] != other.jets.isSignal[row]
                || index.flatMap { own in other.index.map { own[row] != $0[row] } } ?? false
                || events.flatMap { own in other.events.map { own[row] != $0[row] } } ?? false
        }
        if let row = (0..<all).first(where: differs) {
            throw ScoreFileError.jetsDiffer(file: path, other: other.path, row: row)
        }
        guard jets.scores.count == other.jets.scores.count else {
            throw ScoreFileError.jetsDiffer(file: path, other: other.path, row: all)
        }
    }
}

/// What can be wrong with a file of scores.
public enum ScoreFileError: Error, Equatable, CustomStringConvertible, Sendable {
    /// Columns of another length than the scores', or labels of another file.
    case lengthsDiffer(file: String, column: String, rows: Int, scores: Int)
    case label(file: String, column: String, row: Int, label: Double)
    case unusable(file: String, reason: StatisticsError)
    /// The scores are not of the same jets from `row` on.
    case jetsDiffer(file: String, other: String, row: Int)
    /// Nothing that could be a label.
    case noLabels(file: String, columns: [String])
    /// Nothing that could be a score.
    case noScores(file: String, columns: [String])
    /// Several taggers, where one is wanted.
    case severalColumns(file: String, columns: [String])
    /// A column of weights.
    case weights(file: String, column: String)
    /// Numbers outside of [0, 1] that are said to be probabilities.
    case notProbability(file: String, column: String, row: Int, value: Double)

    public var description: String {
        switch self {
        case .lengthsDiffer(let file, let column, let rows, let scores):
            "\(file): \(column) has \(rows) rows for \(scores) scores: give one for each jet"
        case .label(let file, let column, let row, let label):
            "\(file): \(column) of row \(row) is \(label): labels are 1 for signal and 0 for background"
        case .unusable(let file, let reason): "\(file): \(reason)"
        case .jetsDiffer(let file, let other, let row):
            "\(file) and \(other) hold other jets from row \(row) on: a comparison needs the scores of the same jets in the "
                + "same order; evaluate both taggers on the same data"
        case .noLabels(let file, let columns):
            "\(file): no column is called \(ScoreColumns.labelNames.joined(separator: ", ")): name the one with 1 for signal "
                + "and 0 for background by --label, or a file that has it by --labels; there are "
                + columns.joined(separator: ", ")
        case .noScores(let file, let columns):
            "\(file): no column is left for scores; the file has \(columns.joined(separator: ", "))"
        case .severalColumns(let file, let columns):
            "\(file) holds the scores of several taggers, \(columns.joined(separator: ", ")): name one of them"
        case .weights(let file, let column):
            "\(file) has weights (\(column)), and the statistics here count every jet once: with weights, their errors would "
                + "be others. Give --unweighted to leave the weights aside, or unweight the jets first"
        case .notProbability(let file, let column, let row, let value):
            "\(file): \(column) of row \(row) is \(value), and a probability lies between 0 and 1; give --scale logits if "
                + "these are logits or other scores that are cut at 0"
        }
    }
}
