import Foundation
import Support
import Yams

/// Reads one mapping of a YAML file key by key, and complains of every key that nobody asked for.
final class SettingsReader {
    private let file: String
    private let path: String
    private let mapping: [(key: String, node: Node)]
    private var known: [String] = []

    /// The whole file.
    convenience init(file: String, text: String) throws {
        try SettingsReader.requireModest(text, file: file)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            // It quotes the line, which may be the whole file.
            let lines = "\(error)".split(separator: "\n", omittingEmptySubsequences: false)
            let reason = lines.map { $0.count > 200 ? "\($0.prefix(200))…" : String($0) }.joined(separator: "\n")
            throw SettingsError.notYAML(file: file, reason: reason)
        }
        try self.init(file: file, path: "", node: node ?? Node([(Node, Node)]()))
    }

    /// The most that a study file is read of.
    private static let mostBytes = 1 << 20
    /// Aliases stand for what they name: a few dozen of them, nested, for more than any machine can hold.
    private static let mostAliases = 20

    /// Refuses what would take endless time or memory to expand.
    private static func requireModest(_ text: String, file: String) throws {
        guard text.utf8.count <= mostBytes else {
            throw SettingsError.notYAML(
                file: file, reason: "it has \(text.utf8.count) bytes, and a study file at most \(mostBytes)")
        }
        // An alias's star stands behind a blank or a bracket; that of a pattern of files behind a letter.
        var beforeLast = UInt8(ascii: "\n"), last = beforeLast, aliases = 0
        for byte in text.utf8 {
            let isFirst = beforeLast <= 0x20 || "[]{},:-?\"'".utf8.contains(beforeLast)
            if last == UInt8(ascii: "*"), byte > 0x20, isFirst { aliases += 1 }
            (beforeLast, last) = (last, byte)
        }
        guard aliases <= mostAliases else {
            throw SettingsError.notYAML(
                file: file, reason: "it has \(aliases) aliases (*name), and at most \(mostAliases) are expanded")
        }
    }

    private init(file: String, path: String, node: Node) throws {
        self.file = file
        self.path = path
        guard case .mapping(let pairs) = node else {
            throw SettingsError.wrongType(
                file: file, line: node.mark?.line, field: path.isEmpty ? "the file" : path, value: node.text,
                wanted: "keys and values")
        }
        mapping = pairs.map { ($0.key.string ?? $0.key.text, $0.value) }
    }

    /// Whether the value under `key` is a list.
    func isList(_ key: String) -> Bool {
        if case .sequence = mapping.last(where: { $0.key == key })?.node { true } else { false }
    }

    /// Reads the settings under `key`; where it is missing, `body` is not called.
    func section(_ key: String, _ body: (SettingsReader) throws -> Void) throws {
        guard let node = take(key) else { return }
        let reader = try SettingsReader(file: file, path: full(key), node: node)
        try body(reader)
        try reader.finish()
    }

    /// Reads each item of the list under `key`; nil where it is missing. An item may be one of `names` instead of keys
    /// and values.
    func list<Item>(
        _ key: String, _ names: [String] = [], named: (String) -> Item? = { _ in nil },
        _ body: (SettingsReader) throws -> Item
    ) throws -> [Item]? {
        guard let node = take(key) else { return nil }
        guard case .sequence(let items) = node else { throw wrong(key, node, "a list") }
        return try items.enumerated().map { index, item in
            if !names.isEmpty, let name = item.string {
                if let value = named(name) { return value }
                let nearest = nearestName(to: name, in: names).map { " (the nearest is \($0))" } ?? ""
                throw wrong(
                    "\(key)[\(index + 1)]", item, "one of \(names.joined(separator: ", "))\(nearest), or settings")
            }
            let reader = try SettingsReader(file: file, path: "\(full(key))[\(index + 1)]", node: item)
            let value = try body(reader)
            try reader.finish()
            return value
        }
    }

    /// All keys under `key` with their numbers, in order: weights by name, for example.
    func numbers(_ key: String) throws -> [(name: String, value: Double)]? {
        guard let node = take(key) else { return nil }
        guard case .mapping(let pairs) = node else { throw wrong(key, node, "names with numbers") }
        return try pairs.map { pair in
            guard let number = pair.value.number else { throw wrong("\(key).\(pair.key.text)", pair.value, "a number") }
            return (pair.key.text, number)
        }
    }

    /// A list of numbers with a condition on it, given as a test and in words; `standard` for null, nil where the key is
    /// missing.
    func numbers(
        _ key: String, standard: [Double], _ wanted: String, where test: ([Double]) -> Bool
    ) throws -> [Double]? {
        guard let node = take(key) else { return nil }
        if node.isNull { return standard }
        let numbers = node.array().compactMap(\.number)
        guard case .sequence = node, numbers.count == node.array().count, test(numbers) else {
            throw wrong(key, node, "null or \(wanted)")
        }
        return numbers
    }

    func read(_ key: String, into value: inout Int, _ range: ClosedRange<Int>) throws {
        guard let node = take(key) else { return }
        guard let number = node.int, range.contains(number) else {
            throw wrong(key, node, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        value = number
    }

    func read(_ key: String, into value: inout Int?, _ range: ClosedRange<Int>) throws {
        guard let node = take(key) else { return }
        if node.isNull {
            value = nil
            return
        }
        guard let number = node.int, range.contains(number) else {
            throw wrong(key, node, "null or a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        value = number
    }

    /// A number with a condition on it, given as a test and in words.
    func read(_ key: String, into value: inout Double, _ wanted: String, where test: (Double) -> Bool) throws {
        guard let node = take(key) else { return }
        guard let number = node.number, number.isFinite, test(number) else { throw wrong(key, node, wanted) }
        value = number
    }

    func read(_ key: String, into value: inout Double?, _ wanted: String, where test: (Double) -> Bool) throws {
        guard let node = take(key) else { return }
        if node.isNull {
            value = nil
            return
        }
        guard let number = node.number, number.isFinite, test(number) else {
            throw wrong(key, node, "null or \(wanted)")
        }
        value = number
    }

    func read(_ key: String, into value: inout Bool) throws {
        guard let node = take(key) else { return }
        guard let flag = node.bool else { throw wrong(key, node, "true or false") }
        value = flag
    }

    func read(_ key: String, into value: inout String?) throws {
        var text = ""
        guard let node = mapping.last(where: { $0.key == key })?.node, !node.isNull else { return _ = take(key) }
        try read(key, into: &text)
        value = text
    }

    func read(_ key: String, into value: inout String) throws {
        guard let node = take(key) else { return }
        guard let text = node.string, !text.isEmpty else { throw wrong(key, node, "text") }
        value = text
    }

    /// One of an enumeration's names.
    func read<Choice: RawRepresentable & CaseIterable>(_ key: String, into value: inout Choice) throws
    where Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue)
        try read(key, into: &value, names) { Choice(rawValue: $0) }
    }

    /// One of the names given.
    func read<Choice>(_ key: String, into value: inout Choice, _ names: [String], _ make: (String) -> Choice?) throws {
        guard let node = take(key) else { return }
        guard let text = node.string, let choice = make(text) else {
            throw wrong(key, node, "one of \(names.joined(separator: ", "))")
        }
        value = choice
    }

    func read(_ key: String, into value: inout [Int], _ range: ClosedRange<Int>) throws {
        guard let node = take(key) else { return }
        let numbers = node.array().compactMap(\.int)
        guard case .sequence = node, numbers.count == node.array().count, numbers.allSatisfy(range.contains) else {
            throw wrong(key, node, "a list of whole numbers from \(range.lowerBound) to \(range.upperBound)")
        }
        value = numbers
    }

    /// A list of texts, or one text.
    func read(_ key: String, into value: inout [String]) throws {
        guard let node = take(key) else { return }
        if let text = node.string {
            value = [text]
            return
        }
        let texts = node.array().compactMap(\.string)
        guard case .sequence = node, texts.count == node.array().count else {
            throw wrong(key, node, "text, or a list of it")
        }
        value = texts
    }

    /// Whether the mapping has this key.
    func has(_ key: String) -> Bool { mapping.contains { $0.key == key } }

    /// Complains of keys that were never asked for.
    func finish() throws {
        for (key, node) in mapping where !known.contains(key) {
            throw SettingsError.unknownKey(
                file: file, line: node.mark?.line, field: full(key), nearest: nearestName(to: key, in: known).map(full),
                known: known.sorted())
        }
    }

    /// An error about the value under `key`.
    func invalid(_ key: String, _ wanted: String) -> SettingsError {
        let node = mapping.last { $0.key == key }?.node
        return .wrongType(file: file, line: node?.mark?.line, field: full(key), value: node?.text ?? "", wanted: wanted)
    }

    private func take(_ key: String) -> Node? {
        known.append(key)
        return mapping.last { $0.key == key }?.node
    }

    private func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func wrong(_ key: String, _ node: Node, _ wanted: String) -> SettingsError {
        .wrongType(file: file, line: node.mark?.line, field: full(key), value: node.text, wanted: wanted)
    }
}

extension Node {
    /// A number, whole or not; never one in quotes.
    fileprivate var number: Double? { float ?? int.map(Double.init) }

    fileprivate var isNull: Bool { self.null != nil }

    /// The value as a person wrote it, shortened.
    fileprivate var text: String { text(depth: 3) }

    private func text(depth: Int) -> String {
        switch self {
        case .scalar(let scalar):
            return scalar.string.count > 200 ? "\(scalar.string.prefix(200))…" : scalar.string
        case .mapping: return "keys and values"
        case .sequence(let items):
            guard depth > 0 else { return "[…]" }
            return "[" + items.prefix(10).map { $0.text(depth: depth - 1) }.joined(separator: ", ")
                + (items.count > 10 ? ", …]" : "]")
        default: return "an alias"
        }
    }
}

/// What can be wrong with a study file or the settings on the command line.
public enum SettingsError: Error, CustomStringConvertible, Equatable {
    case notYAML(file: String, reason: String)
    case unknownKey(file: String, line: Int?, field: String, nearest: String?, known: [String])
    case wrongType(file: String, line: Int?, field: String, value: String, wanted: String)
    case contradiction(file: String, reason: String)
    /// The shipped jets are asked for and are not there; `searched` are the folders from which the search went up.
    case missingSample(searched: [String])

    public var description: String {
        switch self {
        case .notYAML(let file, let reason): "\(file) is not YAML: \(reason)"
        case .unknownKey(let file, let line, let field, let nearest, let known):
            "\(SettingsError.place(file, line)): unknown key `\(field)`"
                + (nearest.map { "; the nearest valid key is `\($0)`" }
                    ?? "; valid keys there are \(known.joined(separator: ", "))")
        case .wrongType(let file, let line, let field, let value, let wanted):
            "\(SettingsError.place(file, line)): `\(field)` must be \(wanted), not `\(value)`"
        case .contradiction(let file, let reason): "\(file): \(reason)"
        case .missingSample(let searched):
            "sample: the shipped jets (Data/sample/jets.h5) are neither in nor above "
                + searched.joined(separator: " or ") + "; start in the project's folder, or give files"
        }
    }

    private static func place(_ file: String, _ line: Int?) -> String { line.map { "\(file), line \($0)" } ?? file }
}
