import CZlib
import Foundation
import Support

/// A column to be written.
public struct NamedColumn: Sendable {
    /// What its values are.
    public enum Values: Sendable {
        case numbers([Double])
        case integers([Int64])

        var count: Int {
            switch self {
            case .numbers(let values): values.count
            case .integers(let values): values.count
            }
        }
    }

    public let name: String
    public let values: Values

    /// Numbers under a name.
    public init(_ name: String, _ values: [Double]) {
        self.name = name
        self.values = .numbers(values)
    }

    /// Whole numbers under a name.
    public init(_ name: String, _ values: [Int64]) {
        self.name = name
        self.values = .integers(values)
    }
}

extension CSVFile {
    /// Writes columns of one length as a text with commas, whole or not at all. Numbers have as many digits as it takes to
    /// read the same ones again.
    ///
    /// - Throws: `FileError`.
    public static func write(_ columns: [NamedColumn], to path: String) throws {
        let rows = columns.first?.values.count ?? 0
        precondition(columns.allSatisfy { $0.values.count == rows }, "columns of unequal lengths")
        var text = Data(columns.map(\.name).joined(separator: ",").utf8)
        text.append(UInt8(ascii: "\n"))
        var line = ""
        for row in 0..<rows {
            line.removeAll(keepingCapacity: true)
            for (place, column) in columns.enumerated() {
                if place > 0 { line += "," }
                switch column.values {
                case .numbers(let values): line += "\(values[row])"
                case .integers(let values): line += "\(values[row])"
                }
            }
            line += "\n"
            text.append(contentsOf: line.utf8)
        }
        try writeAtomically(text, to: path)
    }
}

extension NumPyArray {
    /// The bytes of a `.npy` file with one axis, of format version 1.0: float64 or int64, little-endian.
    package static func bytes(of values: NamedColumn.Values) -> Data {
        let type: String, numbers: Data
        switch values {
        case .numbers(let values): (type, numbers) = ("<f8", values.withUnsafeBytes { Data($0) })
        case .integers(let values): (type, numbers) = ("<i8", values.withUnsafeBytes { Data($0) })
        }
        var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(values.count),), }"
        // The numbers begin at a multiple of 64 bytes.
        let unpadded = NumPyHeader.magic.count + 4 + header.utf8.count + 1
        header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        let length = UInt16(header.utf8.count)
        return Data(NumPyHeader.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(header.utf8)) + numbers
    }
}

extension NumPyArchive {
    /// Writes columns as `numpy.savez` does: a zip archive of stored `.npy` members, whole or not at all. Equal columns give
    /// equal bytes.
    ///
    /// - Throws: ``ColumnsError/cannotWrite(file:reason:)`` for 4 GB and more; `FileError`.
    public static func write(_ columns: [NamedColumn], to path: String) throws {
        let members = columns.map { (name: "\($0.name).npy", content: NumPyArray.bytes(of: $0.values)) }
        guard members.reduce(0, { $0 + $1.content.count + 2 * $1.name.utf8.count + 76 }) + 22 < Int(UInt32.max) else {
            throw ColumnsError.cannotWrite(
                file: path, reason: "a .npz of 4 GB or more is not written; write HDF5 instead")
        }
        var archive = Data(), directory = Data()
        func append(_ value: Int, _ width: Int, to data: inout Data) {
            for place in 0..<width { data.append(UInt8(truncatingIfNeeded: value >> (8 * place))) }
        }
        for (name, content) in members {
            let start = archive.count
            let checksum = content.withUnsafeBytes { bytes in
                Int(crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
            }
            // Version 2.0, UTF-8 names, stored; 1 January 1980.
            func fields(to data: inout Data) {
                for (value, width) in [(20, 2), (1 << 11, 2), (0, 2), (0, 2), (0x21, 2), (checksum, 4)] {
                    append(value, width, to: &data)
                }
                append(content.count, 4, to: &data)
                append(content.count, 4, to: &data)
                append(name.utf8.count, 2, to: &data)
                append(0, 2, to: &data)
            }
            append(0x0403_4B50, 4, to: &archive)
            fields(to: &archive)
            archive.append(contentsOf: name.utf8)
            archive.append(content)
            append(0x0201_4B50, 4, to: &directory)
            append(20, 2, to: &directory)
            fields(to: &directory)
            for (value, width) in [(0, 2), (0, 2), (0, 2), (0, 4), (start, 4)] { append(value, width, to: &directory) }
            directory.append(contentsOf: name.utf8)
        }
        let start = archive.count
        archive.append(directory)
        append(0x0605_4B50, 4, to: &archive)
        for (value, width) in [
            (0, 2), (0, 2), (members.count, 2), (members.count, 2), (directory.count, 4), (start, 4), (0, 2),
        ] {
            append(value, width, to: &archive)
        }
        try writeAtomically(archive, to: path)
    }
}
