import Foundation
import Support

/// An array as `numpy.save` writes it: numbers of one type with a shape. Versions 1 to 3 of the format, both byte orders,
/// C and Fortran order; types b1, i1–i8, u1–u8, f2, f4, f8. Arrays of Python objects are refused: reading them would run
/// code.
public struct NumPyArray: Sendable {
    /// What errors call it.
    public let file: String
    let header: NumPyHeader
    /// The numbers, as they lie in the file.
    private let bytes: Data

    /// The length of each axis.
    public var shape: [Int] { header.shape }

    /// Reads a file. Cost: one copy of its bytes.
    ///
    /// - Throws: ``ColumnsError/array(file:reason:)``; `FileError` where it can't be read.
    public init(contentsOf path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError.cannotRead(path: path) }
        try self.init(data, file: path)
    }

    /// Reads the bytes of a file; `file` is what errors call it.
    ///
    /// - Throws: ``ColumnsError/array(file:reason:)``.
    public init(_ data: Data, file: String) throws(ColumnsError) {
        header = try NumPyHeader(data, file: file)
        self.file = file
        let available = data.count - header.start
        guard available == header.byteCount else {
            throw .array(
                file: file,
                reason:
                    "the shape \(header.shape) needs \(header.byteCount) bytes of numbers and there are \(available)"
                    + (available < header.byteCount ? ": it was cut short" : ": there is more behind it"))
        }
        bytes = data.dropFirst(header.start)
    }

    /// The numbers of one column, in order: the whole of an array with one axis, `array[:, column]` of one with two.
    ///
    /// Whole numbers beyond 2⁵³ are rounded to the nearest Double.
    public func numbers(column: Int = 0) -> [Double] {
        values(column) { bits, kind, width -> Double in
            switch kind {
            case .boolean: bits == 0 ? 0 : 1
            case .unsigned: Double(bits)
            case .signed: Double(NumPyArray.signed(bits, width))
            case .float:
                switch width {
                case 2: NumPyArray.half(UInt16(truncatingIfNeeded: bits))
                case 4: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
                default: Double(bitPattern: bits)
                }
            }
        }
    }

    /// The same as whole numbers; nil for each that isn't one, or that 64 bits with a sign can't hold.
    public func integers(column: Int = 0) -> [Int64?] {
        values(column) { bits, kind, width -> Int64? in
            switch kind {
            case .boolean: bits == 0 ? 0 : 1
            case .unsigned: Int64(exactly: bits)
            case .signed: NumPyArray.signed(bits, width)
            case .float:
                switch width {
                case 2: Int64(exactly: NumPyArray.half(UInt16(truncatingIfNeeded: bits)))
                case 4: Int64(exactly: Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
                default: Int64(exactly: Double(bitPattern: bits))
                }
            }
        }
    }

    private func values<Value>(_ column: Int, _ convert: (UInt64, NumPyHeader.Kind, Int) -> Value) -> [Value] {
        precondition((1...2).contains(shape.count), "an array of shape \(shape) has no columns")
        let rows = shape[0], columns = shape.count == 2 ? shape[1] : 1, width = header.width
        precondition((0..<max(columns, 1)).contains(column), "column \(column) of \(columns)")
        guard rows > 0, columns > 0 else { return [] }
        let kind = header.kind, isBigEndian = header.isBigEndian
        let (first, step) = header.isFortranOrder ? (column * rows, 1) : (column, columns)
        return bytes.withUnsafeBytes { bytes in
            (0..<rows).map { row in
                let at = (first + row * step) * width
                var bits: UInt64 = 0
                for place in 0..<width {
                    bits = bits << 8 | UInt64(bytes[isBigEndian ? at + place : at + width - 1 - place])
                }
                return convert(bits, kind, width)
            }
        }
    }

    private static func signed(_ bits: UInt64, _ width: Int) -> Int64 {
        let unused = 64 - 8 * width
        return Int64(bitPattern: bits << unused) >> unused
    }

    /// A half-precision number (IEEE 754 binary16): a sign, 5 bits of exponent, 10 of mantissa.
    package static func half(_ bits: UInt16) -> Double {
        let mantissa = Double(bits & 0x3FF), exponent = Int(bits >> 10 & 0x1F)
        let magnitude =
            switch exponent {
            case 0: scalbn(mantissa, -24)
            case 31: mantissa == 0 ? Double.infinity : Double.nan
            default: scalbn(1024 + mantissa, exponent - 25)
            }
        return bits & 0x8000 == 0 ? magnitude : -magnitude
    }
}
