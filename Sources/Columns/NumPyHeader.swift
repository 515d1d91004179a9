import Foundation

/// The header of a `.npy` array: a Python dictionary with the numbers' type, their order and the shape.
///
/// Format (NumPy Enhancement Proposal 1, “A Simple File Format for NumPy Arrays”): the bytes `\x93NUMPY`, the version's
/// two bytes, the header's length (2 bytes little-endian in version 1, 4 in 2 and 3), and the header, for example
/// `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }`.
package struct NumPyHeader: Equatable, Sendable {
    /// What a number is in the file.
    enum Kind: Character {
        case boolean = "b"
        case signed = "i"
        case unsigned = "u"
        case float = "f"
    }

    let kind: Kind
    /// Bytes a number.
    let width: Int
    let isBigEndian: Bool
    /// Whether the first index runs fastest.
    let isFortranOrder: Bool
    let shape: [Int]
    /// Where the numbers begin.
    let start: Int

    /// The first bytes of every such array.
    package static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// The longest header that is read. NumPy itself stops at 10,000 characters unless it is told to trust the file.
    static let longest = 1 << 16

    /// How many numbers there are. Never negative, never overflows: the reader checks.
    var count: Int { shape.reduce(1, *) }
    var byteCount: Int { count * width }

    /// Reads the beginning of an array; `bytes` may end behind the header.
    ///
    /// - Throws: ``ColumnsError/array(file:reason:)``.
    init(_ bytes: some Collection<UInt8>, file: String) throws(ColumnsError) {
        func wrong(_ reason: String) -> ColumnsError { .array(file: file, reason: reason) }
        let bytes = Array(bytes.prefix(12 + NumPyHeader.longest))
        guard bytes.count >= 10, bytes.starts(with: NumPyHeader.magic) else {
            throw wrong("this is no .npy array: it does not begin with \\x93NUMPY")
        }
        let version = bytes[6], wide = version > 1
        guard (1...3).contains(version), bytes[7] == 0 else {
            throw wrong("its format's version is \(version).\(bytes[7]), and 1.0, 2.0 and 3.0 can be read")
        }
        guard !wide || bytes.count >= 12 else { throw wrong("it ends in the middle of the header") }
        let length = bytes[8..<(wide ? 12 : 10)].reversed().reduce(0) { $0 << 8 | Int($1) }
        start = (wide ? 12 : 10) + length
        guard length <= NumPyHeader.longest else {
            throw wrong("its header claims \(length) bytes, and at most \(NumPyHeader.longest) are read")
        }
        guard bytes.count >= start else { throw wrong("it ends in the middle of the header") }
        var literal = PythonLiteral(Array(bytes[(start - length)..<start]))
        guard let fields = literal.dictionary() else {
            throw wrong("its header is no Python dictionary of names with strings, numbers and tuples")
        }
        guard case .string(let type)? = fields["descr"] else {
            throw wrong(
                fields["descr"] == nil
                    ? "its header lacks descr"
                    : "it holds records of several fields; save each field as an array of its own")
        }
        guard case .boolean(let isFortranOrder)? = fields["fortran_order"], case .numbers(let shape)? = fields["shape"]
        else { throw wrong("its header lacks fortran_order (True or False) or shape (a tuple of whole numbers)") }
        self.isFortranOrder = isFortranOrder
        self.shape = shape
        (kind, width, isBigEndian) = try NumPyHeader.type(type, wrong)
        var size = width
        for length in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { throw wrong("no array can have the shape \(shape)") }
            size = product
        }
    }

    private static func type(
        _ text: String, _ wrong: (String) -> ColumnsError
    ) throws(ColumnsError) -> (Kind, Int, Bool) {
        let characters = Array(text)
        if characters.contains("O") {
            throw wrong("it holds Python objects, which are pickled: reading them can run code, so they are refused")
        }
        guard characters.count == 3, "<>|=".contains(characters[0]), let kind = Kind(rawValue: characters[1]),
            let width = characters[2].wholeNumberValue, characters[2].isASCII
        else {
            throw wrong(
                "its numbers are of type “\(text.prefix(40))”, and b1, i1 to i8, u1 to u8, f2, f4 and f8 can be read")
        }
        let widths: [Int] =
            switch kind {
            case .boolean: [1]
            case .signed, .unsigned: [1, 2, 4, 8]
            case .float: [2, 4, 8]
            }
        guard widths.contains(width) else { throw wrong("its numbers are of type “\(text)”, which can't be read") }
        return (kind, width, characters[0] == ">")
    }
}

/// Reads the few forms of Python's syntax that headers have. Nothing is evaluated.
private struct PythonLiteral {
    enum Value {
        case string(String)
        case boolean(Bool)
        case numbers([Int])
        /// A list, such as the fields of a record: not looked into.
        case list
    }

    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The whole text as a dictionary; nil where it isn't one.
    mutating func dictionary() -> [String: Value]? {
        guard skip("{") else { return nil }
        var fields: [String: Value] = [:]
        while !skip("}") {
            guard let name = string(), skip(":"), fields[name] == nil, let value = value() else { return nil }
            fields[name] = value
            guard skip(",") || peek() == UInt8(ascii: "}") else { return nil }
        }
        return peek() == nil ? fields : nil
    }

    private mutating func value() -> Value? {
        switch peek() {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return string().map(Value.string)
        case UInt8(ascii: "("): return tuple().map(Value.numbers)
        case UInt8(ascii: "["): return skipList() ? .list : nil
        default:
            if word("True") { return .boolean(true) }
            return word("False") ? .boolean(false) : nil
        }
    }

    /// The next byte that is no blank; nil at the end.
    private mutating func peek() -> UInt8? {
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
        return place < bytes.count ? bytes[place] : nil
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func word(_ text: String) -> Bool {
        guard bytes[place...].starts(with: text.utf8) else { return false }
        place += text.utf8.count
        return true
    }

    private mutating func string() -> String? {
        guard let mark = peek(), mark == UInt8(ascii: "'") || mark == UInt8(ascii: "\""),
            let end = bytes[(place + 1)...].firstIndex(of: mark)
        else { return nil }
        let text = bytes[(place + 1)..<end]
        guard !text.contains(UInt8(ascii: "\\")) else { return nil }
        place = end + 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func tuple() -> [Int]? {
        guard skip("(") else { return nil }
        var numbers: [Int] = []
        while !skip(")") {
            _ = peek()
            let digits = bytes[place...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let number = Int(String(decoding: digits, as: UTF8.self)), numbers.count < 64 else { return nil }
            place += digits.count
            // Python 2 wrote lengths as 3L.
            if place < bytes.count, bytes[place] == UInt8(ascii: "L") { place += 1 }
            numbers.append(number)
            guard skip(",") || peek() == UInt8(ascii: ")") else { return nil }
        }
        return numbers
    }

    private mutating func skipList() -> Bool {
        var depth = 0
        while let byte = peek() {
            if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                guard string() != nil else { return false }
                continue
            }
            if byte == UInt8(ascii: "[") { depth += 1 }
            if byte == UInt8(ascii: "]") { depth -= 1 }
            place += 1
            if depth == 0 { return true }
        }
        return false
    }
}
