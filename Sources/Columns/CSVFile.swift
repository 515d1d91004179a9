import Foundation
import Support

/// A text with a line for each row and fields between commas, semicolons, tabs or blanks: what pandas, NumPy's `savetxt`
/// and spreadsheets write. Read strictly: a line with another number of fields, or a value in a column that is asked for
/// which is no number, is an error that names the line.
///
/// - The first line names the columns, unless all its fields are numbers: then the columns are called 0, 1, …. A `#`
///   before it is dropped.
/// - The separator is the first of `,`, `;`, tab and blank that the first line has outside of quotation marks. Of blanks,
///   several count as one.
/// - Fields may stand in quotation marks (RFC 4180); blanks around a value don't count; lines end with `\n` or `\r\n`.
/// - A column without a name, such as the index that pandas writes, can't be asked for.
public struct CSVFile: Sendable {
    public let file: String
    /// The columns, in order; nil for one without a name.
    let allNames: [String?]
    /// The columns that have names.
    public var names: [String] { allNames.compactMap(\.self) }
    /// The text with a 0 behind it, which ends the last number.
    private let bytes: [UInt8]
    private let separator: UInt8
    /// Where the rows begin, and in which line.
    private let start: Int, firstLine: Int

    /// Reads the file and its first line. Cost: memory is the file's bytes.
    ///
    /// - Throws: ``ColumnsError``; `FileError` where the file can't be read.
    public init(contentsOf path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError.cannotRead(path: path) }
        try self.init(data, file: path)
    }

    /// As ``init(contentsOf:)``, from the bytes of a file; `file` is what errors call it.
    public init(_ data: Data, file: String) throws(ColumnsError) {
        self.file = file
        let bytes = [UInt8](data) + [0]
        self.bytes = bytes
        // UTF-8's byte order mark, which some programs write.
        var begin = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if bytes[begin] == UInt8(ascii: "#") { begin += 1 }
        separator = CSVFile.separator(bytes, from: begin)
        var records = CSVRecords(bytes, file: file, separator: separator, start: begin)
        guard try records.next() else { throw .empty(file: file) }
        let fields = records.fields.map { field in
            (text: records.text(field), isNumber: CSVFile.number(bytes, field) != nil)
        }
        let isHeaderless = fields.allSatisfy(\.isNumber)
        allNames =
            isHeaderless ? fields.indices.map { "\($0)" } : fields.map { $0.text.isEmpty ? nil : $0.text }
        (start, firstLine) = isHeaderless ? (begin, 1) : (records.place, records.line)
        var seen = Set<String>()
        for name in names where !seen.insert(name).inserted { throw .repeatedName(file: file, column: name) }
    }

    /// Reads columns in one pass: some as numbers, some as whole numbers.
    ///
    /// `true` and `false` (as Python writes them, too) are 1 and 0; `inf` is a number, `nan` and an empty field aren't.
    ///
    /// - Complexity: one pass over the text, about 50 ns a number; memory is 8 bytes for each.
    /// - Throws: ``ColumnsError`` naming line, column and value.
    public func read(
        numbers: [String], integers: [String] = []
    ) throws(ColumnsError) -> (numbers: [[Double]], integers: [[Int64]]) {
        func place(_ name: String) throws(ColumnsError) -> Int {
            guard let place = allNames.firstIndex(of: name) else {
                throw .missingColumn(file: file, column: name, columns: names)
            }
            return place
        }
        var numberPlaces: [Int] = [], integerPlaces: [Int] = []
        for name in numbers { numberPlaces.append(try place(name)) }
        for name in integers { integerPlaces.append(try place(name)) }
        var numberColumns = [[Double]](repeating: [], count: numbers.count)
        var integerColumns = [[Int64]](repeating: [], count: integers.count)
        var records = CSVRecords(bytes, file: file, separator: separator, start: start)
        records.line = firstLine
        var rows = 0
        while try records.next() {
            guard records.fields.count == allNames.count else {
                throw .fieldCount(
                    file: file, line: records.startLine, found: records.fields.count, wanted: allNames.count)
            }
            rows += 1
            for (column, place) in numberPlaces.enumerated() {
                let field = records.fields[place]
                guard let value = CSVFile.number(bytes, field), !value.isNaN else {
                    throw self.value(records, place, "a number")
                }
                numberColumns[column].append(value)
            }
            for (column, place) in integerPlaces.enumerated() {
                guard let value = CSVFile.integer(bytes, records.fields[place]) else {
                    throw self.value(records, place, "a whole number")
                }
                integerColumns[column].append(value)
            }
        }
        guard rows > 0 else { throw .empty(file: file) }
        return (numberColumns, integerColumns)
    }

    private func value(_ records: CSVRecords, _ place: Int, _ wanted: String) -> ColumnsError {
        .value(
            file: file, place: "line \(records.startLine)", column: allNames[place] ?? "\(place)",
            value: String(records.text(records.fields[place]).prefix(60)), wanted: wanted)
    }

    /// The first separator of the first line.
    private static func separator(_ bytes: [UInt8], from begin: Int) -> UInt8 {
        var isQuoted = false, found = Set<UInt8>()
        for byte in bytes[begin...] {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
            found.insert(byte)
        }
        return [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: " ")].first(
            where: found.contains)
            ?? UInt8(ascii: ",")
    }

    /// A field as a number; nil where it is none.
    static func number(_ bytes: [UInt8], _ field: CSVRecords.Field) -> Double? {
        let range = field.trimmed(bytes)
        guard let first = range.first else { return nil }
        let isPlain = bytes[range].allSatisfy {
            switch $0 {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard isPlain else { return word(bytes[range]) }
        return bytes.withUnsafeBytes { buffer in
            let text = buffer.baseAddress!.assumingMemoryBound(to: CChar.self) + first
            var end: UnsafeMutablePointer<CChar>?
            let value = strtod(text, &end)
            return end == UnsafeMutablePointer(mutating: text) + range.count ? value : nil
        }
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> Double? {
        guard bytes.count <= 9 else { return nil }
        switch String(decoding: bytes, as: UTF8.self).lowercased() {
        case "true": return 1
        case "false": return 0
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        case "nan", "+nan", "-nan": return .nan
        default: return nil
        }
    }

    private static func integer(_ bytes: [UInt8], _ field: CSVRecords.Field) -> Int64? {
        let range = field.trimmed(bytes)
        guard range.count <= 20 else { return nil }
        if let whole = Int64(String(decoding: bytes[range], as: UTF8.self)) { return whole }
        // pandas writes whole numbers as 3.0 where a column once lacked a value.
        return number(bytes, field).flatMap { Int64(exactly: $0) }
    }
}
