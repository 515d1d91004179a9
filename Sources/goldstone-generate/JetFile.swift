import HDF5

/// Some jets, row by row, as they are stored.
struct JetBatch {
    /// [jets · constituents · 4]: (px, py, pz, E), zeros in empty slots.
    var momenta: [Float] = []
    /// [jets · 59], in the order of ``JetColumns/all``.
    var observables: [Float] = []
    var events: [Int64] = []
    /// 1 where all quarks of the decay lie within the jet's radius.
    var contained: [UInt8] = []
    var axes: [JetAxis] = []

    var count: Int { events.count }

    /// An empty batch with room for some rows, so that nothing moves as it fills.
    init(rows: Int, constituents: Int) {
        momenta.reserveCapacity(rows * 4 * constituents)
        observables.reserveCapacity(rows * JetColumns.all.count)
        events.reserveCapacity(rows)
        contained.reserveCapacity(rows)
        axes.reserveCapacity(rows)
    }

    /// The rows of a chunk's file.
    init(momenta: [Float], observables: [Float], events: [Int64], contained: [UInt8], axes: [JetAxis]) {
        (self.momenta, self.observables, self.events) = (momenta, observables, events)
        (self.contained, self.axes) = (contained, axes)
    }

    /// Appends one row of another batch.
    mutating func append(row: Int, of other: JetBatch, constituents: Int) {
        let (slots, columns) = (4 * constituents, JetColumns.all.count)
        momenta += other.momenta[row * slots..<(row + 1) * slots]
        observables += other.observables[row * columns..<(row + 1) * columns]
        events.append(other.events[row])
        contained.append(other.contained[row])
        axes.append(other.axes[row])
    }
}

/// Writes jets in the layout of the hls4ml LHC jets, with the number of the event and the containment beside them.
///
/// A chunk's file holds the momenta alone, and the jets' axes, from which the other columns are computed when the chunks
/// are joined: a tenth of the room and time.
struct JetFileWriter {
    private let file: HDF5Writer
    private let constituentList, observables: DatasetWriter<Float>
    private let events: DatasetWriter<Int64>
    private let contained: DatasetWriter<UInt8>
    private let axes: DatasetWriter<Double>?
    private let constituents: Int
    private let allColumns: Bool
    /// Rows that are compressed together; appending as many at a time packs each piece once.
    let pieceRows: Int

    /// - Parameter rows: how many jets there will be
    init(path: String, rows: Int, constituents: Int, allColumns: Bool, withAxes: Bool, deflate: Int) throws {
        self.constituents = constituents
        self.allColumns = allColumns
        let names = allColumns ? ConstituentColumns.all : ConstituentColumns.momenta
        // Pieces of about 1 MB: few enough to find fast, small enough to stay in HDF5's cache.
        pieceRows = min(rows, max((1 << 20) / (4 * constituents * names.count), 16), 1024)
        file = try HDF5Writer(path: path)
        constituentList = try file.addDataset(
            "jetConstituentList", of: Float.self, rowShape: [constituents, names.count], chunkRows: pieceRows,
            deflate: deflate)
        observables = try file.addDataset(
            "jets", of: Float.self, rowShape: [JetColumns.all.count], chunkRows: pieceRows, deflate: deflate)
        events = try file.addDataset("eventIndex", of: Int64.self, chunkRows: pieceRows, deflate: deflate)
        contained = try file.addDataset("contained", of: UInt8.self, chunkRows: pieceRows, deflate: deflate)
        axes =
            withAxes
            ? try file.addDataset("axes", of: Double.self, rowShape: [4], chunkRows: pieceRows, deflate: deflate) : nil
        try file.addStrings("particleFeatureNames", names)
        try file.addStrings("jetFeatureNames", JetColumns.all)
    }

    func append(_ batch: JetBatch) throws {
        if allColumns {
            let slots = 4 * constituents
            var values: [Float] = []
            values.reserveCapacity(batch.count * constituents * ConstituentColumns.all.count)
            for row in 0..<batch.count {
                ConstituentColumns.append(
                    batch.momenta[row * slots..<(row + 1) * slots], jet: batch.axes[row], to: &values)
            }
            try constituentList.append(values)
        } else {
            try constituentList.append(batch.momenta)
        }
        try observables.append(batch.observables)
        try events.append(batch.events)
        try contained.append(batch.contained)
        try axes?.append(batch.axes.flatMap { [$0.transverseMomentum, $0.pseudorapidity, $0.azimuth, $0.energy] })
    }

    func setAttribute(_ name: String, _ value: AttributeValue) throws {
        try file.setAttribute(name, value)
    }

    /// Gives the file its name; to be called once, last.
    func close() throws {
        try file.close()
    }
}

/// A chunk's file, read.
struct ChunkFile {
    let batch: JetBatch
    let yield: ChunkYield

    init(path: String) throws {
        let file = try HDF5File(path: path)
        let axes = try file.dataset("axes").read(Double.self)
        batch = JetBatch(
            momenta: try file.dataset("jetConstituentList").read(Float.self),
            observables: try file.dataset("jets").read(Float.self),
            events: try file.dataset("eventIndex").read(Int64.self),
            contained: try file.dataset("contained").read(UInt8.self),
            axes: stride(from: 0, to: axes.count, by: 4).map { start in
                JetAxis(
                    transverseMomentum: axes[start], pseudorapidity: axes[start + 1], azimuth: axes[start + 2],
                    energy: axes[start + 3])
            })
        yield = try ChunkYield(from: file)
    }
}
