import HDF5

/// One file in the hls4ml layout: where its columns are, and its jets block by block.
struct JetFile {
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
    /// - Parameter needed: classes whose columns must be there, nil for all five; one at least is needed anyway
    /// - Throws: ``JetsError`` and `HDF5Error` where the layout is another one.
    init(_ file: HDF5File, needed: [JetClass]?) throws {
        name = file.name
        constituents = try JetFile.dataset(JetFile.constituentDataset, of: file, rank: 3)
        jets = try JetFile.dataset(JetFile.jetDataset, of: file, rank: 2)
        events = file.has(JetFile.eventDataset) ? try JetFile.dataset(JetFile.eventDataset, of: file, rank: 1) : nil
        rows = jets.shape[0]
        slots = constituents.shape[1]
        for other in [constituents, events].compactMap({ $0 }) where other.shape[0] != rows {
            throw JetsError.rowsDiffer(
                file: name, dataset: other.name, rows: other.shape[0], other: jets.name, otherRows: rows)
        }
        // Names without a stored column are normal: the data set names 17 of 16.
        let particleNames = try JetFile.names("particleFeatureNames", of: file, columns: constituents.shape[2])
        momentumPlaces = try JetFile.momentumColumns.map { column in
            guard let place = particleNames.firstIndex(of: column) else {
                throw JetsError.missingColumn(
                    file: file.name, dataset: JetFile.constituentDataset, column: column, columns: particleNames)
            }
            return place
        }
        let jetNames = try JetFile.names("jetFeatureNames", of: file, columns: jets.shape[1])
        for jetClass in needed ?? JetClass.allCases where !jetNames.contains(jetClass.column) {
            throw JetsError.missingColumn(
                file: name, dataset: JetFile.jetDataset, column: jetClass.column, columns: jetNames)
        }
        classes = JetClass.allCases.filter { jetNames.contains($0.column) }
        guard !classes.isEmpty else {
            throw JetsError.missingColumn(
                file: name, dataset: JetFile.jetDataset, column: JetClass.gluon.column, columns: jetNames)
        }
        classPlaces = classes.map { jetNames.firstIndex(of: $0.column)! }
        observablePlaces = JetFile.observableColumns.map { jetNames.firstIndex(of: $0) }
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
                    file: name, rows: range, slots: slots, classes: classes,
                    momenta: constituents.read(Double.self, [range, 0..<slots], columns: momentumPlaces),
                    classValues: range.map { row in
                        Array(values[(row - first) * places.count..<(row - first) * places.count + classPlaces.count])
                    },
                    pt: observables[0], eta: observables[1], mass: observables[2], multiplicity: observables[3],
                    events: events?.read(Int64.self, [range])))
        }
    }
}

/// Some successive jets of a file, as stored.
struct JetBlock {
    let file: String
    /// The rows of the file that these are.
    let rows: Range<Int>
    let slots: Int
    /// The classes that have a column, in the order of ``classValues``.
    let classes: [JetClass]
    /// [rows, slots, 4] flat, (px, py, pz, E).
    let momenta: [Double]
    /// [rows][classes].
    let classValues: [[Double]]
    let pt: [Double]?
    let eta: [Double]?
    let mass: [Double]?
    let multiplicity: [Double]?
    let events: [Int64]?

    /// What one jet is: its class, its constituents in the file, and how many there were before the file cut them.
    struct Jet {
        let jetClass: JetClass
        let stored: Int
        let count: Int
    }

    /// Looks at jet `jet` (from 0 in this block) and tells what it is. Faults are added to `faults`, the first of each
    /// kind; a jet with any has no class to rely on and gives nil.
    func examine(_ jet: Int, faults: inout [JetFault]) -> Jet? {
        let before = faults.count
        let jetClass = classOf(jet, faults: &faults)
        let stored = constituentsOf(jet, faults: &faults)
        guard let jetClass, faults.count == before else { return nil }
        // A file may keep fewer constituents than the jet had; where its list is full the multiplicity tells.
        let told = multiplicity.map { $0[jet] } ?? .nan
        let count = stored == slots && told.isFinite && told < 1e6 ? max(stored, Int(told)) : stored
        return Jet(jetClass: jetClass, stored: stored, count: count)
    }

    private func classOf(_ jet: Int, faults: inout [JetFault]) -> JetClass? {
        let values = classValues[jet]
        let set = values.indices.filter { values[$0] != 0 }
        if set.count == 1, values[set[0]] == 1 { return classes[set[0]] }
        faults.append(
            JetFault(
                kind: set.count > 1 ? .severalClasses : .noClass, file: file, dataset: JetFile.jetDataset,
                row: rows.lowerBound + jet, constituent: nil, column: classes.map(\.column).joined(separator: ", "),
                value: values.map { "\($0)" }.joined(separator: ", ")))
        return nil
    }

    /// How many constituents the jet has before its padding.
    private func constituentsOf(_ jet: Int, faults: inout [JetFault]) -> Int {
        let first = faults.count
        func fault(_ kind: JetFault.Kind, _ constituent: Int?, _ column: String, _ value: Double) {
            guard !faults[first...].contains(where: { $0.kind == kind }) else { return }
            faults.append(
                JetFault(
                    kind: kind, file: file, dataset: JetFile.constituentDataset, row: rows.lowerBound + jet,
                    constituent: constituent, column: column, value: "\(value)"))
        }
        return momenta.withUnsafeBufferPointer { momenta in
            var stored = 0
            var ended = false
            var lastPt = Double.infinity
            for slot in 0..<slots {
                let at = 4 * (jet * slots + slot)
                let px = momenta[at]
                let py = momenta[at + 1]
                let pz = momenta[at + 2]
                let energy = momenta[at + 3]
                if px == 0, py == 0, pz == 0, energy == 0 {
                    ended = true
                    continue
                }
                if !ended { stored = slot + 1 }
                guard px.isFinite, py.isFinite, pz.isFinite, energy.isFinite else {
                    let bad = (0..<4).first { !momenta[at + $0].isFinite }!
                    fault(.notFinite, slot, JetFile.momentumColumns[bad], momenta[at + bad])
                    continue
                }
                let pt = (px * px + py * py).squareRoot()
                if ended { fault(.gap, slot, "j1_px, j1_py", pt) }
                if energy <= 0 { fault(.energyNotPositive, slot, "j1_e", energy) }
                if pt == 0 { fault(.noTransverseMomentum, slot, "j1_px, j1_py", pz) }
                if pt > lastPt * (1 + JetFault.orderTolerance) { fault(.unsorted, slot, "j1_px, j1_py", pt) }
                lastPt = pt
            }
            if stored == 0 { fault(.empty, nil, JetFile.momentumColumns.joined(separator: ", "), 0) }
            return stored
        }
    }
}
