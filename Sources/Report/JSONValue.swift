import Foundation

/// A JSON value, written in Swift as it reads in JSON: what a figure's specification is made of.
///
/// Numbers that JSON lacks (NaN, ±∞) are encoded as null, which Vega-Lite draws as a gap.
public enum JSONValue: Sendable, Equatable, Codable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(String.self) {
            // Before numbers: a decoder that reads "nan" as one would take it for one.
            self = .string(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let values = try? container.decode([JSONValue].self) {
            self = .array(values)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): value.isFinite ? try container.encode(value) : try container.encodeNil()
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let values): try container.encode(values)
        }
    }

    /// The value at a key of an object; nil for a missing key or another kind of value.
    public subscript(key: String) -> JSONValue? {
        if case .object(let values) = self { values[key] } else { nil }
    }

    /// The value with its numbers in so many significant digits, for what is drawn and not computed with.
    func rounded(digits: Int) -> JSONValue {
        switch self {
        case .number(let value): .number(JSONValue.rounded(value, digits: digits))
        case .array(let values): .array(values.map { $0.rounded(digits: digits) })
        case .object(let values): .object(values.mapValues { $0.rounded(digits: digits) })
        default: self
        }
    }

    /// The double next to `value` written in so many significant digits.
    static func rounded(_ value: Double, digits: Int) -> Double {
        guard value.isFinite, value != value.rounded() || abs(value) > 1e6 else { return value }
        return Double(String(format: "%.\(digits - 1)e", value)) ?? value
    }

    /// An object with the keys of both; `other` wins.
    func merging(_ other: JSONValue) -> JSONValue {
        guard case .object(let a) = self, case .object(let b) = other else { return other }
        return .object(a.merging(b) { $1 })
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(uniqueKeysWithValues: elements))
    }
}
