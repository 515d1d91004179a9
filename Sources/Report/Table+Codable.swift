import Foundation
import Statistics

extension Table: Codable {
    private enum Key: CodingKey {
        case caption, label, columns, rows
    }

    /// - Throws: `DecodingError` also where a row has not one cell a column.
    public init(from decoder: any Decoder) throws {
        let table = try decoder.container(keyedBy: Key.self)
        caption = try table.decode(String.self, forKey: .caption)
        label = try table.decode(String.self, forKey: .label)
        columns = try table.decode([Column].self, forKey: .columns)
        rows = try table.decode([[Cell]].self, forKey: .rows)
        for (index, row) in rows.enumerated() where row.count != columns.count {
            throw DecodingError.dataCorruptedError(
                forKey: .rows, in: table,
                debugDescription: "row \(index + 1) has \(row.count) cells for \(columns.count) columns")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var table = encoder.container(keyedBy: Key.self)
        try table.encode(caption, forKey: .caption)
        try table.encode(label, forKey: .label)
        try table.encode(columns, forKey: .columns)
        try table.encode(rows, forKey: .rows)
    }
}

/// An object whose keys tell the kind: `{"text": "a"}`, `{"count": 3}`, `{"number": 0.5, "digits": 4}`,
/// `{"value": 1, "error": 0.1}`, `{"value": 1, "lower": 0, "upper": 2, "confidence": 0.95}`, `{"verdict": "undecided"}`,
/// and `{}` where there is nothing to show. Numbers that JSON lacks are the strings `"nan"`, `"inf"` and `"-inf"`, with
/// any encoder.
extension Table.Cell: Codable {
    private enum Key: CodingKey {
        case text, count, number, digits, value, error, lower, upper, confidence, verdict
    }

    public init(from decoder: any Decoder) throws {
        let cell = try decoder.container(keyedBy: Key.self)
        func number(_ key: Key) throws -> Double { try cell.decode(AnyNumber.self, forKey: key).value }
        if cell.contains(.text) {
            self = .text(try cell.decode(String.self, forKey: .text))
        } else if cell.contains(.count) {
            self = .count(try cell.decode(Int.self, forKey: .count))
        } else if cell.contains(.number) {
            let digits = try cell.decode(Int.self, forKey: .digits)
            // More than a Double has would be written out, a gigabyte of them too.
            guard (1...17).contains(digits) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .digits, in: cell, debugDescription: "\(digits) digits; a number has 1 to 17")
            }
            self = .number(try number(.number), digits: digits)
        } else if cell.contains(.error) {
            self = .measured(try number(.value), error: try number(.error))
        } else if cell.contains(.value) {
            self = .estimate(
                Estimate(
                    value: try number(.value), lower: try number(.lower), upper: try number(.upper),
                    confidence: try number(.confidence)))
        } else if cell.contains(.verdict) {
            self = .verdict(try cell.decode(Verdict.self, forKey: .verdict))
        } else if cell.allKeys.isEmpty {
            self = .missing
        } else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a cell of no known kind: \(cell.allKeys)"))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var cell = encoder.container(keyedBy: Key.self)
        func number(_ value: Double, _ key: Key) throws { try cell.encode(AnyNumber(value: value), forKey: key) }
        switch self {
        case .text(let text): try cell.encode(text, forKey: .text)
        case .count(let count): try cell.encode(count, forKey: .count)
        case .number(let value, let digits):
            try number(value, .number)
            try cell.encode(digits, forKey: .digits)
        case .measured(let value, let error):
            try number(value, .value)
            try number(error, .error)
        case .estimate(let estimate):
            try number(estimate.value, .value)
            try number(estimate.lower, .lower)
            try number(estimate.upper, .upper)
            try number(estimate.confidence, .confidence)
        case .verdict(let verdict): try cell.encode(verdict, forKey: .verdict)
        case .missing: break
        }
    }
}

/// A number that may be one that JSON lacks.
private struct AnyNumber: Codable {
    let value: Double

    init(value: Double) { self.value = value }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let name = try? container.decode(String.self) else {
            value = try container.decode(Double.self)
            return
        }
        switch name {
        case "nan": value = .nan
        case "inf": value = .infinity
        case "-inf": value = -.infinity
        default:
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "“\(name)” is no number")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if value.isFinite {
            try container.encode(value)
        } else {
            try container.encode(value.isNaN ? "nan" : value > 0 ? "inf" : "-inf")
        }
    }
}
