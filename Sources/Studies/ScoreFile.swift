import HDF5
import Statistics

/// One tagger's scores of labelled jets, as `scores.h5` of a training has them, or a file of one's own.
public struct ScoreFile: Sendable {
    public let path: String
    /// The variant that the file names; nil where it names none.
    public let variant: String?
    /// Its seed, where the file names one.
    public let seed: UInt64?
    /// The logits and labels.
    public let jets: ScoredJets
    /// Each jet's place in the files that were read; nil where the file doesn't say.
    public let index: [Int64]?
    /// The collision that each jet comes from; nil where the file doesn't say.
    public let events: [Int64]?

    /// Reads the datasets `logit` and `label` (1 for signal, 0 for background), each [N], and `index` and `event` where
    /// they are there; the attributes `variant` and `seed` likewise.
    ///
    /// - Throws: `HDF5Error`; ``ScoreFileError`` naming the file where datasets don't fit together or scores are unusable.
    public init(contentsOf path: String) throws {
        let file = try HDF5File(path: path)
        let logits = try ScoreFile.column("logit", of: Double.self, in: file, path)
        let labels = try ScoreFile.column("label", of: Int32.self, in: file, path)
        func optional(_ name: String) throws -> [Int64]? {
            guard file.has(name) else { return nil }
            let values = try ScoreFile.column(name, of: Int64.self, in: file, path)
            guard values.count == logits.count else {
                throw ScoreFileError.lengthsDiffer(
                    file: path, dataset: name, entries: values.count, logits: logits.count)
            }
            return values
        }
        if let row = labels.firstIndex(where: { $0 != 0 && $0 != 1 }) {
            throw ScoreFileError.label(file: path, row: row, label: Int(labels[row]))
        }
        func text(_ attribute: String) -> String? {
            switch try? file.attribute(attribute) {
            case .string(let text): text
            case .integer(let number): "\(number)"
            default: nil
            }
        }
        do {
            jets = try ScoredJets(scores: logits, isSignal: labels.map { $0 == 1 })
        } catch {
            throw ScoreFileError.unusable(file: path, reason: error)
        }
        self.path = path
        variant = text("variant")
        seed = text("seed").flatMap(UInt64.init)
        index = try optional("index")
        events = try optional("event")
    }

    private static func column<Number: HDF5Number>(
        _ name: String, of type: Number.Type, in file: HDF5File, _ path: String
    ) throws -> [Number] {
        let dataset = try file.dataset(name)
        guard dataset.shape.count == 1 else {
            throw ScoreFileError.shape(file: path, dataset: name, shape: dataset.shape)
        }
        return try dataset.read(type)
    }

    /// What to call it: variant and seed, or the path.
    public var name: String {
        guard let variant else { return path }
        return seed.map { "\(variant), seed \($0)" } ?? variant
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
    case shape(file: String, dataset: String, shape: [Int])
    case lengthsDiffer(file: String, dataset: String, entries: Int, logits: Int)
    case label(file: String, row: Int, label: Int)
    case unusable(file: String, reason: StatisticsError)
    /// The scores are not of the same jets from `row` on.
    case jetsDiffer(file: String, other: String, row: Int)

    public var description: String {
        switch self {
        case .shape(let file, let dataset, let shape):
            "\(file): \(dataset) has shape \(shape), not one value a jet: write it as [N]"
        case .lengthsDiffer(let file, let dataset, let entries, let logits):
            "\(file): \(dataset) has \(entries) entries for \(logits) logits: write one for each jet"
        case .label(let file, let row, let label):
            "\(file): the label of row \(row) is \(label): labels are 1 for signal and 0 for background"
        case .unusable(let file, let reason): "\(file): \(reason)"
        case .jetsDiffer(let file, let other, let row):
            "\(file) and \(other) hold other jets from row \(row) on: a comparison needs the scores of the same jets in the "
                + "same order; evaluate both taggers on the same data"
        }
    }
}
