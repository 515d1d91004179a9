import HDF5

/// One file in the hls4ml layout: where its columns are, and its jets block by block.
struct HLS4MLFile: JetFile {
    static let constituentDataset = "jetConstituentList"
    static let jetDataset = "jets"
    static let eventDataset = "eventIndex"
    static let momentumColumns = ["j1_px", "j1_py", "j1_pz", "j1_e"]
    /// Columns of `jets` that are used where the file has them: pT, pseudorapidity, mass, multiplicity.
    static let observableColumns = ["j_pt", "j_eta", "j_mass", "j_multiplicity"]

    let name: String
    let rows: Int
    /// Constituents that the file stores for each jet.
    let slots: Int
    /// Rows that are read at once.
    let blockRows: Int
    /// The classes that have a column.
    let classes: [JetClass]
    private let constituents: HDF5Dataset
    private let jets: HDF5Dataset
    private let events: HDF5Dataset?
    private let momentumPlaces: [Int]
    private let observablePlaces: [Int?]
    private let classPlaces: [Int]

    /// Opens the datasets and finds the columns by name. No jets are read.
    ///
    /// - Parameter needed: classes whose columns must be there, nil for the data set's five (where the file has a column
    ///   for QCD, those that there are); one at least is needed anyway
    /// - Throws: ``JetsError`` and `HDF5Error` where the layout is another one.
    init(_ file: HDF5File, needed: [JetClass]?) throws {
        name = file.name
        constituents = try HLS4MLFile.dataset(HLS4MLFile.constituentDataset, of: file, rank: 3)
        jets = try HLS4MLFile.dataset(HLS4MLFile.jetDataset, of: file, rank: 2)
        events =
            file.has(HLS4MLFile.eventDataset) ? try HLS4MLFile.dataset(HLS4MLFile.eventDataset, of: file, rank: 1) : nil
        rows = jets.shape[0]
        slots = constituents.shape[1]
        for other in [constituents, events].compactMap({ $0 }) where other.shape[0] != rows {
            throw JetsError.rowsDiffer(
                file: name, dataset: other.name, rows: other.shape[0], other: jets.name, otherRows: rows)
        }
        // Names without a stored column are normal: the data set names 17 of 16.
        let particleNames = try HLS4MLFile.names("particleFeatureNames", of: file, columns: constituents.shape[2])
        momentumPlaces = try HLS4MLFile.momentumColumns.map { column in
            guard let place = particleNames.firstIndex(of: column) else {
                throw JetsError.missingColumn(
                    file: file.name, dataset: HLS4MLFile.constituentDataset, column: column, columns: particleNames)
            }
            return place
        }
        let jetNames = try HLS4MLFile.names("jetFeatureNames", of: file, columns: jets.shape[1])
        let standard = jetNames.contains(JetClass.qcd.column) ? [] : JetClass.published
        for jetClass in needed ?? standard where !jetNames.contains(jetClass.column) {
            throw JetsError.missingColumn(
                file: name, dataset: HLS4MLFile.jetDataset, column: jetClass.column, columns: jetNames)
        }
        classes = JetClass.allCases.filter { jetNames.contains($0.column) }
        guard !classes.isEmpty else {
            throw JetsError.missingColumn(
                file: name, dataset: HLS4MLFile.jetDataset, column: JetClass.gluon.column, columns: jetNames)
        }
        classPlaces = classes.map { jetNames.firstIndex(of: $0.column)! }
        observablePlaces = HLS4MLFile.observableColumns.map { jetNames.firstIndex(of: $0) }
        // About 2,000 jets at once, in whole pieces of the file, so that none is unpacked twice.
        let piece = max(constituents.chunkShape?[0] ?? 1, 1)
        blockRows = max(2048 / piece, 1) * piece
    }

    private static func dataset(_ dataset: String, of file: HDF5File, rank: Int) throws -> HDF5Dataset {
        let opened = try file.dataset(dataset)
        guard opened.shape.count == rank else {
            throw JetsError.wrongRank(file: file.name, dataset: dataset, shape: opened.shape, rank: rank)
        }
        return opened
    }

    private static func names(_ dataset: String, of file: HDF5File, columns: Int) throws -> [String] {
        Array(try self.dataset(dataset, of: file, rank: 1).readStrings().prefix(columns))
    }

    /// Calls `body` with all jets in order, a block at a time.
    func forEachBlock(_ body: (JetBlock) throws -> Void) throws {
        for first in stride(from: 0, to: rows, by: blockRows) {
            let range = first..<min(first + blockRows, rows)
            let places = classPlaces + observablePlaces.compactMap { $0 }
            let values = try jets.read(Double.self, [range], columns: places)
            var next = classPlaces.count
            let observables = observablePlaces.map { place -> [Double]? in
                guard place != nil else { return nil }
                defer { next += 1 }
                return stride(from: next, to: values.count, by: places.count).map { values[$0] }
            }
            try body(
                JetBlock(
                    file: name, rows: range, slots: slots, layout: .hls4ml, labels: .oneHot(classes),
                    momenta: constituents.read(Double.self, [range, 0..<slots], columns: momentumPlaces),
                    classValues: range.map { row in
                        Array(values[(row - first) * places.count..<(row - first) * places.count + classPlaces.count])
                    },
                    pt: observables[0], eta: observables[1], mass: observables[2], multiplicity: observables[3],
                    events: events?.read(Int64.self, [range])))
        }
    }
}
