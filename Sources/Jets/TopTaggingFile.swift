import Columns

/// One file in the layout of the top-tagging reference data set: a pandas table with a row for each jet.
///
/// Columns E_i, PX_i, PY_i, PZ_i hold constituent i = 0, 1, …, 199 by descending pT in GeV, zeros behind the last;
/// `is_signal_new` is 1 for top jets and 0 for QCD. The others (truthE, truthPX, truthPY, truthPZ, ttv) are not read.
/// Source: Kasieczka, Plehn, Thompson and Russell, Zenodo, doi:10.5281/zenodo.2603256; arXiv:1902.09914.
struct TopTaggingFile: JetFile {
    static let classes: [JetClass] = [.top, .qcd]
    /// The label's names: the first that a file has.
    static let labelColumns = ["is_signal_new", "is_signal"]

    let rows: Int
    let slots: Int
    var name: String { frame.file }
    private let frame: PandasFrame
    private let momenta: PandasFrame.Block
    /// [slots, 4] flat: the places of px, py, pz, E in a row of ``momenta``.
    private let momentumPlaces: [Int]
    private let label: (block: PandasFrame.Block, place: Int, column: String)
    /// Rows that are read at once.
    private let blockRows: Int

    static func momentumColumns(_ slot: Int) -> [String] { ["PX", "PY", "PZ", "E"].map { "\($0)_\(slot)" } }

    /// Finds the columns by name. No jets are read.
    ///
    /// - Throws: ``JetsError`` where columns are missing, or other classes than top and QCD are wanted.
    init(_ frame: PandasFrame, needed: [JetClass]?) throws {
        self.frame = frame
        rows = frame.rows
        for jetClass in needed ?? [] where !TopTaggingFile.classes.contains(jetClass) {
            throw JetsError.classNotInLayout(file: frame.file, jetClass: jetClass, classes: TopTaggingFile.classes)
        }
        guard let first = frame.block(of: "E_0") else {
            throw JetsError.missingColumn(
                file: frame.file, dataset: frame.group, column: "E_0", columns: frame.someColumns)
        }
        momenta = first
        let places = Dictionary(zip(first.columns, first.columns.indices)) { first, _ in first }
        var found: [Int] = [], slot = 0
        while places["E_\(slot)"] != nil {
            for column in TopTaggingFile.momentumColumns(slot) {
                guard let place = places[column] else {
                    throw JetsError.missingColumn(
                        file: frame.file, dataset: first.name, column: column, columns: frame.someColumns)
                }
                found.append(place)
            }
            slot += 1
        }
        slots = slot
        momentumPlaces = found
        guard let column = TopTaggingFile.labelColumns.first(where: { frame.block(of: $0) != nil }),
            let block = frame.block(of: column), let place = block.columns.firstIndex(of: column)
        else {
            throw JetsError.missingColumn(
                file: frame.file, dataset: frame.group, column: TopTaggingFile.labelColumns[0],
                columns: frame.someColumns)
        }
        label = (block, place, column)
        // About 2,000 jets at once, in whole pieces of the file, so that none is unpacked twice.
        let piece = max(first.dataset.chunkShape?[0] ?? 1, 1)
        blockRows = max(2048 / piece, 1) * min(piece, max(rows, 1))
    }

    func forEachBlock(_ body: (JetBlock) throws -> Void) throws {
        let width = momenta.columns.count, labelWidth = label.block.columns.count
        let layout = JetLayout.topTagging(dataset: momenta.name, labels: label.block.name)
        for first in stride(from: 0, to: rows, by: blockRows) {
            let range = first..<min(first + blockRows, rows)
            let values = try momenta.read(Double.self, range)
            let labels = label.block.name == momenta.name ? values : try label.block.read(Double.self, range)
            let components = [Double](unsafeUninitializedCapacity: range.count * momentumPlaces.count) {
                buffer, count in
                values.withUnsafeBufferPointer { values in
                    for row in 0..<range.count {
                        for (component, place) in momentumPlaces.enumerated() {
                            buffer[row * momentumPlaces.count + component] = values[row * width + place]
                        }
                    }
                }
                count = range.count * momentumPlaces.count
            }
            try body(
                JetBlock(
                    file: name, rows: range, slots: slots, layout: layout,
                    labels: .flag(column: label.column, one: .top, zero: .qcd), momenta: components,
                    classValues: range.indices.map { [labels[($0 - first) * labelWidth + label.place]] },
                    pt: nil, eta: nil, mass: nil, multiplicity: nil, events: nil))
        }
    }
}
