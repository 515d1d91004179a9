import Foundation
import HDF5
import Support

/// Named columns of numbers with one value a row, from an HDF5, CSV, `.npy` or `.npz` file. What a file is, its first
/// bytes tell, not its name.
///
/// Columns are called by the name of their dataset, array or CSV column. Of a table with two axes [rows, columns] they are
/// called `name:0`, `name:1`, …; of records (compound datasets, as PyTables and h5py write structured arrays) `name:field`.
/// Those of a pandas DataFrame have its columns' names. The array of a `.npy` file has the name of the file without its ending.
public struct ColumnFile: Sendable {
    /// The formats that are read.
    public enum Format: String, Sendable {
        case hdf5 = "HDF5"
        case csv = "CSV"
        case npy, npz
    }

    public let path: String
    public let format: Format
    /// The columns, in the file's order (of HDF5: by name).
    public let names: [String]
    private let columns: [String: Source]
    private let csv: CSVFile?
    private let hdf5: HDF5File?

    /// Where a column is, where the format has places of its own.
    private enum Source: Sendable {
        case csv
        case array(NumPyArray, column: Int)
        case member(NumPyArchive, name: String, column: Int)
        case dataset(HDF5Dataset, column: Int?)
        case field(HDF5Dataset, member: String, column: Int, of: Int)
        case frame(PandasFrame, PandasFrame.Block, column: Int)
    }

    /// The most columns of one table that are listed.
    private static let mostColumns = 10_000

    /// Opens a file and finds its columns.
    ///
    /// - Throws: ``ColumnsError``, `HDF5Error`; `FileError` where it can't be read.
    public init(_ path: String) throws {
        self.path = path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            let file = FileHandle(forReadingAtPath: path)
        else { throw FileError.cannotRead(path: path) }
        let first = try file.read(upToCount: 8) ?? Data()
        try file.close()
        var found: [(String, Source)] = []
        var csv: CSVFile?
        if first.starts(with: NumPyHeader.magic) {
            format = .npy
            let array = try NumPyArray(contentsOf: path)
            let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
            found = ColumnFile.places(array.shape).map { (ColumnFile.name(name, $0), .array(array, column: $0 ?? 0)) }
            if found.isEmpty {
                throw ColumnsError.array(
                    file: path,
                    reason: "its shape is \(array.shape), and one or two axes (rows, or rows and columns) are read")
            }
        } else if first.starts(with: [0x50, 0x4B, 3, 4]) || first.starts(with: [0x50, 0x4B, 5, 6]) {
            format = .npz
            let archive = try NumPyArchive(contentsOf: path)
            for name in archive.names {
                found += ColumnFile.places(try archive.header(of: name).shape).map {
                    (ColumnFile.name(name, $0), .member(archive, name: name, column: $0 ?? 0))
                }
            }
        } else if first.elementsEqual([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) || path.hasSuffix(".h5")
            || path.hasSuffix(".hdf5")
        {
            format = .hdf5
            let file = try HDF5File(path: path)
            if let frame = try PandasFrame(file) {
                found = frame.blocks.flatMap { block in
                    block.columns.enumerated().map { ($1, .frame(frame, block, column: $0)) }
                }
            } else {
                for name in file.datasets { found += ColumnFile.columns(of: try file.dataset(name)) }
            }
            hdf5 = file
            self.csv = nil
            names = found.map(\.0)
            columns = Dictionary(found) { first, _ in first }
            return
        } else {
            format = .csv
            let text = try CSVFile(contentsOf: path)
            found = text.names.map { ($0, .csv) }
            csv = text
        }
        hdf5 = nil
        self.csv = csv
        names = found.map(\.0)
        columns = Dictionary(found) { first, _ in first }
    }

    /// The places of the columns of an array of that shape: nil for the only one of an array with one axis.
    private static func places(_ shape: [Int]) -> [Int?] {
        switch shape.count {
        case 1: [nil]
        case 2: shape[1] == 1 ? [nil] : (0..<min(shape[1], mostColumns)).map { $0 }
        default: []
        }
    }

    private static func name(_ name: String, _ place: Int?) -> String { place.map { "\(name):\($0)" } ?? name }

    private static func columns(of dataset: HDF5Dataset) -> [(String, Source)] {
        if dataset.type.isNumber {
            return places(dataset.shape).map { place in
                (name(dataset.name, place), .dataset(dataset, column: dataset.shape.count == 2 ? place ?? 0 : nil))
            }
        }
        guard dataset.shape.count == 1 else { return [] }
        return dataset.members.filter(\.type.isNumber).flatMap { member -> [(String, Source)] in
            let width = member.shape.reduce(1, *)
            guard member.shape.count <= 1, width > 0 else { return [] }
            return (0..<min(width, mostColumns)).map { place in
                (
                    name("\(dataset.name):\(member.name)", width == 1 ? nil : place),
                    .field(dataset, member: member.name, column: place, of: width)
                )
            }
        }
    }

    /// Whether there is a column of that name.
    public func has(_ name: String) -> Bool { columns[name] != nil }

    /// An attribute of an HDF5 file as text; nil where there is none, or the file is of another format.
    public func attribute(_ name: String) -> String? {
        switch try? hdf5?.attribute(name) {
        case .string(let text): text
        case .integer(let number): "\(number)"
        default: nil
        }
    }

    /// Reads columns: some as numbers, some as whole numbers. All have one length.
    ///
    /// - Complexity: memory is 8 bytes a value, and the array or dataset that a column is a part of.
    /// - Throws: ``ColumnsError`` naming column, row (or line) and value for what is missing, NaN or not whole;
    ///   `HDF5Error`.
    public func read(
        numbers: [String], integers: [String] = []
    ) throws -> (numbers: [[Double]], integers: [[Int64]]) {
        if let csv { return try csv.read(numbers: numbers, integers: integers) }
        // An array that several columns are a part of is unpacked once.
        var arrays: [String: NumPyArray] = [:]
        func source(_ name: String) throws -> Source {
            guard let source = columns[name] else {
                throw ColumnsError.missingColumn(file: path, column: name, columns: names)
            }
            guard case .member(let archive, let member, let column) = source else { return source }
            let array = try arrays[member] ?? archive.array(member)
            arrays[member] = array
            return .array(array, column: column)
        }
        let read = try numbers.map { name -> [Double] in
            let values = try ColumnFile.numbers(source(name))
            if let row = values.firstIndex(where: \.isNaN) { throw wrong(name, row, "nan", "a number") }
            return values
        }
        let whole = try integers.map { name -> [Int64] in
            let source = try source(name)
            let values = try ColumnFile.integers(source)
            return try values.enumerated().map { row, value in
                guard let value else {
                    throw wrong(name, row, "\(try ColumnFile.numbers(source)[row])", "a whole number")
                }
                return value
            }
        }
        let lengths = zip(numbers + integers, read.map(\.count) + whole.map(\.count))
        if let first = lengths.first(where: { _ in true }), let other = lengths.first(where: { $0.1 != first.1 }) {
            throw ColumnsError.lengthsDiffer(
                file: path, column: other.0, rows: other.1, other: first.0, otherRows: first.1)
        }
        if lengths.contains(where: { $0.1 == 0 }) { throw ColumnsError.empty(file: path) }
        return (read, whole)
    }

    private func wrong(_ column: String, _ row: Int, _ value: String, _ wanted: String) -> ColumnsError {
        .value(file: path, place: "row \(row)", column: column, value: value, wanted: wanted)
    }

    private static func numbers(_ source: Source) throws -> [Double] {
        switch source {
        case .array(let array, let column): array.numbers(column: column)
        case .dataset(let dataset, let column): try values(dataset, column)
        case .field(let dataset, let member, let column, let width):
            try every(width, from: column, dataset.read(Double.self, member: member, 0..<dataset.shape[0]))
        case .frame(let frame, let block, let column):
            try every(block.columns.count, from: column, block.read(Double.self, 0..<frame.rows))
        case .csv, .member: preconditionFailure("read elsewhere")
        }
    }

    private static func integers(_ source: Source) throws -> [Int64?] {
        switch source {
        case .array(let array, let column): return array.integers(column: column)
        case .dataset(let dataset, _) where dataset.type.isFloat:
            return try numbers(source).map { Int64(exactly: $0) }
        case .dataset(let dataset, let column): return try values(dataset, column)
        case .field(let dataset, let member, let column, let width):
            if dataset.members.contains(where: { $0.name == member && $0.type.isFloat }) {
                return try numbers(source).map { Int64(exactly: $0) }
            }
            return try every(width, from: column, dataset.read(Int64.self, member: member, 0..<dataset.shape[0]))
        case .frame(_, let block, _) where block.isFloat: return try numbers(source).map { Int64(exactly: $0) }
        case .frame(let frame, let block, let column):
            return try every(block.columns.count, from: column, block.read(Int64.self, 0..<frame.rows))
        case .csv, .member: preconditionFailure("read elsewhere")
        }
    }

    private static func values<Number: HDF5Number>(_ dataset: HDF5Dataset, _ column: Int?) throws -> [Number] {
        guard let column else { return try dataset.read(Number.self) }
        return try dataset.read(Number.self, [0..<dataset.shape[0], column..<column + 1])
    }

    private static func every<Number>(_ width: Int, from column: Int, _ values: [Number]) -> [Number] {
        width == 1 ? values : stride(from: column, to: values.count, by: width).map { values[$0] }
    }
}
