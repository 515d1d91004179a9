import Columns
import Foundation
import HDF5

/// How scores are written.
public enum ScoreFormat: String, Sendable, CaseIterable {
    case hdf5 = "h5"
    case csv, npz

    /// `scores.h5`, `scores.csv` or `scores.npz`.
    public var fileName: String { "scores.\(rawValue)" }
}

/// The scores of taggers on the same jets, to be written.
public struct ScoreTable: Sendable {
    /// One tagger's logits.
    public struct Tagger: Sendable {
        /// What is put before `logit` and `score` in the columns' names; empty where there is one tagger.
        public let name: String
        public let logits: [Double]

        /// Logits under a name.
        public init(name: String = "", logits: [Double]) {
            self.name = name
            self.logits = logits
        }
    }

    public var taggers: [Tagger]
    public var isSignal: [Bool]
    public var index: [Int64]?
    public var events: [Int64]?
    /// Texts that HDF5 files get as attributes; the others have no place for them.
    public var attributes: [String: String]

    /// The table of taggers' logits on jets.
    public init(
        _ taggers: [Tagger], isSignal: [Bool], index: [Int64]? = nil, events: [Int64]? = nil,
        attributes: [String: String] = [:]
    ) {
        self.taggers = taggers
        self.isSignal = isSignal
        self.index = index
        self.events = events
        self.attributes = attributes
    }

    /// Writes `logit` and `score` = 1 / (1 + e^(−logit)) of each tagger, `label`, and `index` and `event` where they are
    /// known; one value a jet. Whole or not at all.
    ///
    /// - Throws: `HDF5Error`, `FileError` or `ColumnsError` where the file can't be written.
    public func write(to path: String, as format: ScoreFormat) throws {
        switch format {
        case .hdf5: try writeHDF5(to: path)
        case .csv: try CSVFile.write(columns, to: path)
        case .npz: try NumPyArchive.write(columns, to: path)
        }
    }

    private var columns: [NamedColumn] {
        taggers.flatMap { tagger in
            [
                NamedColumn(ScoreTable.name(tagger, "logit"), tagger.logits),
                NamedColumn(ScoreTable.name(tagger, "score"), tagger.logits.map(ScoreTable.probability)),
            ]
        } + [NamedColumn("label", isSignal.map { Int64($0 ? 1 : 0) })]
            + (index.map { [NamedColumn("index", $0)] } ?? []) + (events.map { [NamedColumn("event", $0)] } ?? [])
    }

    private func writeHDF5(to path: String) throws {
        let file = try HDF5Writer(path: path)
        for tagger in taggers {
            try file.addDataset(ScoreTable.name(tagger, "logit"), of: Double.self, chunkRows: 4096)
                .append(tagger.logits)
            try file.addDataset(ScoreTable.name(tagger, "score"), of: Double.self, chunkRows: 4096)
                .append(tagger.logits.map(ScoreTable.probability))
        }
        try file.addDataset("label", of: Int32.self, chunkRows: 4096).append(isSignal.map { $0 ? 1 : 0 })
        if let index { try file.addDataset("index", of: Int64.self, chunkRows: 4096).append(index) }
        if let events { try file.addDataset("event", of: Int64.self, chunkRows: 4096).append(events) }
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            try file.setAttribute(name, .string(value))
        }
        try file.close()
    }

    private static func name(_ tagger: Tagger, _ column: String) -> String {
        tagger.name.isEmpty ? column : "\(tagger.name)_\(column)"
    }

    private static func probability(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }
}
