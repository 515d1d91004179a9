import Columns
import HDF5

/// One file of jets, whatever its layout: what it holds, and its jets block by block.
protocol JetFile {
    var name: String { get }
    var rows: Int { get }
    /// Constituents that the file stores for each jet.
    var slots: Int { get }

    /// Calls `body` with all jets in order, a block at a time.
    func forEachBlock(_ body: (JetBlock) throws -> Void) throws
}

/// The layouts of jet files that are read, and what they call things.
enum JetLayout {
    /// That of the hls4ml LHC jet data set, and of Goldstone's own files.
    case hls4ml
    /// That of the top-tagging reference data set; the dataset's name, and that of the truth.
    case topTagging(dataset: String, labels: String)

    /// What tells a jet's class.
    enum Labels {
        /// One column a class, 1 for the jet's own and 0 for the others.
        case oneHot([JetClass])
        /// One column, 1 for the one class and 0 for the other.
        case flag(column: String, one: JetClass, zero: JetClass)

        var columns: [String] {
            switch self {
            case .oneHot(let classes): classes.map(\.column)
            case .flag(let column, _, _): [column]
            }
        }
    }

    /// Opens a file in the layout that it has: a pandas table is one of the top-tagging reference data set. No jets are
    /// read.
    ///
    /// - Parameter needed: classes that are asked for, nil for all that the layout has
    /// - Throws: ``JetsError`` and `HDF5Error` where it is in neither layout.
    static func open(_ file: HDF5File, needed: [JetClass]?) throws -> any JetFile {
        if !file.has(HLS4MLFile.constituentDataset), let frame = try PandasFrame(file) {
            return try TopTaggingFile(frame, needed: needed)
        }
        return try HLS4MLFile(file, needed: needed)
    }

    var constituentDataset: String {
        switch self {
        case .hls4ml: HLS4MLFile.constituentDataset
        case .topTagging(let dataset, _): dataset
        }
    }

    var labelDataset: String {
        switch self {
        case .hls4ml: HLS4MLFile.jetDataset
        case .topTagging(_, let labels): labels
        }
    }

    /// The columns of px, py, pz and E of a constituent.
    func momentumColumns(_ slot: Int) -> [String] {
        switch self {
        case .hls4ml: HLS4MLFile.momentumColumns
        case .topTagging: TopTaggingFile.momentumColumns(slot)
        }
    }

    /// The columns that pT comes from.
    func transverseColumns(_ slot: Int) -> String { momentumColumns(slot).prefix(2).joined(separator: ", ") }
}
