/// Cuts a text into records and those into fields, one record at a time.
struct CSVRecords {
    /// Where a field lies, its quotation marks left out.
    struct Field {
        let start: Int, end: Int
        /// Whether it stood in quotation marks that have others in them, each written twice.
        let hasDoubledQuotes: Bool

        /// Without blanks at its ends.
        func trimmed(_ bytes: [UInt8]) -> Range<Int> {
            var (start, end) = (start, end)
            while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
            while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
            return start..<end
        }
    }

    /// The fields of the record that ``next()`` found.
    private(set) var fields: [Field] = []
    /// Where the next record begins.
    private(set) var place: Int
    /// The line that the next record begins in, from 1.
    var line = 1
    /// The line that the last record began in.
    private(set) var startLine = 1
    private let bytes: [UInt8]
    private let file: String
    private let separator: UInt8
    /// Behind the last byte: a 0 that belongs to no field stands there.
    private let end: Int
    /// Behind the last byte that isn't a blank or the end of a line.
    private let lastText: Int

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")

    /// - Parameter bytes: the text, and a 0 behind it
    init(_ bytes: [UInt8], file: String, separator: UInt8, start: Int) {
        self.bytes = bytes
        self.file = file
        self.separator = separator
        place = start
        end = bytes.count - 1
        var last = end
        while last > 0, [0x20, 0x09, CSVRecords.lineFeed, CSVRecords.carriageReturn].contains(bytes[last - 1]) {
            last -= 1
        }
        lastText = last
    }

    /// A field as text.
    func text(_ field: Field) -> String {
        let text = String(decoding: bytes[field.trimmed(bytes)], as: UTF8.self)
        return field.hasDoubledQuotes ? text.replacing("\"\"", with: "\"") : text
    }

    /// Goes to the next record; false at the end of the text. Empty lines at the end are none, others are records of one
    /// empty field.
    mutating func next() throws(ColumnsError) -> Bool {
        fields.removeAll(keepingCapacity: true)
        startLine = line
        guard place < lastText else { return false }
        let mergesBlanks = separator == 0x20
        while true {
            if mergesBlanks { skipBlanks() }
            fields.append(try field())
            if mergesBlanks { skipBlanks() }
            guard place < end else { break }
            let byte = bytes[place]
            if byte == separator && !mergesBlanks {
                place += 1
                continue
            }
            if byte == CSVRecords.lineFeed || byte == CSVRecords.carriageReturn {
                try endLine()
                break
            }
            if !mergesBlanks {
                throw .quotation(file: file, line: line, reason: "something follows the end of a quoted field")
            }
        }
        return true
    }

    private mutating func skipBlanks() {
        while place < end, bytes[place] == 0x20 || bytes[place] == 0x09 { place += 1 }
    }

    private mutating func endLine() throws(ColumnsError) {
        if bytes[place] == CSVRecords.carriageReturn {
            guard bytes[place + 1] == CSVRecords.lineFeed else {
                throw .notText(file: file, line: line, reason: "a carriage return stands alone")
            }
            place += 1
        }
        place += 1
        line += 1
    }

    private mutating func field() throws(ColumnsError) -> Field {
        // Blanks before a quotation mark, as in “a, "b"”.
        var first = place
        while first < end, bytes[first] == 0x20, separator != 0x20 { first += 1 }
        if first < end, bytes[first] == CSVRecords.quote {
            place = first
            return try quotedField()
        }
        let start = place
        while place < end {
            let byte = bytes[place]
            if byte == separator || byte == CSVRecords.lineFeed || byte == CSVRecords.carriageReturn { break }
            if separator == 0x20, byte == 0x09 { break }
            if byte == 0 { throw .notText(file: file, line: line, reason: "a byte is 0") }
            if byte == CSVRecords.quote {
                throw .quotation(file: file, line: line, reason: "a quotation mark stands inside a field without any")
            }
            place += 1
        }
        return Field(start: start, end: place, hasDoubledQuotes: false)
    }

    private mutating func quotedField() throws(ColumnsError) -> Field {
        let opening = line
        place += 1
        let start = place
        var hasDoubledQuotes = false
        while place < end {
            switch bytes[place] {
            case CSVRecords.quote:
                if bytes[place + 1] == CSVRecords.quote {
                    hasDoubledQuotes = true
                    place += 1
                } else {
                    let field = Field(start: start, end: place, hasDoubledQuotes: hasDoubledQuotes)
                    place += 1
                    if separator != 0x20 { while place < end, bytes[place] == 0x20 { place += 1 } }
                    return field
                }
            case CSVRecords.lineFeed: line += 1
            case 0: throw .notText(file: file, line: line, reason: "a byte is 0")
            default: break
            }
            place += 1
        }
        throw .quotation(file: file, line: opening, reason: "a quotation mark is opened and never closed")
    }
}
