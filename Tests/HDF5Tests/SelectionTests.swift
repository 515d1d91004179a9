import HDF5
import Testing

/// Boxes and columns against picking the same elements out of the whole.
@Suite struct SelectionTests {
    static let shape = [11, 6, 7]
    static let values = (0..<11 * 6 * 7).map { Double($0) }

    func withDataset(_ body: (HDF5Dataset) throws -> Void) throws {
        try withScratchFolder { folder in
            let writer = try HDF5Writer(path: folder + "/box.h5")
            try writer.addDataset("box", of: Double.self, rowShape: [6, 7], chunkRows: 4).append(Self.values)
            try writer.close()
            try body(HDF5File(path: folder + "/box.h5").dataset("box"))
        }
    }

    static func pick(_ rows: Range<Int>, _ middle: Range<Int>, _ columns: some Sequence<Int>) -> [Double] {
        rows.flatMap { row in middle.flatMap { slot in columns.map { values[(row * 6 + slot) * 7 + $0] } } }
    }

    @Test(arguments: [
        (0..<11, 0..<6, 0..<7), (3..<9, 1..<4, 2..<3), (10..<11, 5..<6, 6..<7), (2..<2, 0..<6, 0..<7),
    ])
    func boxes(rows: Range<Int>, middle: Range<Int>, last: Range<Int>) throws {
        try withDataset { dataset in
            let read = try dataset.read(Double.self, [rows, middle, last])
            #expect(read == Self.pick(rows, middle, last))
        }
    }

    @Test(arguments: [[0, 1, 2, 3], [3, 0], [6], [5, 1, 1, 4], [2, 3, 4]])
    func columns(_ columns: [Int]) throws {
        try withDataset { dataset in
            let read = try dataset.read(Double.self, [2..<9, 0..<5], columns: columns)
            #expect(read == Self.pick(2..<9, 0..<5, columns))
        }
    }

    @Test func noColumns() throws {
        try withDataset { dataset in
            let read = try dataset.read(Double.self, [0..<1, 0..<1], columns: [])
            #expect(read == [])
        }
    }

    @Test(arguments: [[0..<12, 0..<6, 0..<7], [0..<11, 0..<6], [-1..<3, 0..<6, 0..<7]])
    func selectionsOutsideAreErrors(_ selection: [Range<Int>]) throws {
        try withDataset { dataset in
            #expect(
                throws: HDF5Error.outside(file: dataset.file, dataset: "box", selection: selection, shape: Self.shape)
            ) {
                try dataset.read(Double.self, selection)
            }
        }
    }
}
