import Foundation
import Support

extension Safetensors {
    /// The longest header that the reference reader accepts.
    static let longestHeader = 100_000_000

    /// Reads a file, strictly: a file that any rule of the format forbids is refused. Cost: one copy of the data.
    ///
    /// - Throws: ``SafetensorsError`` naming the file and the tensor at fault; `FileError` where the file can't be
    ///   read.
    public init(contentsOf path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError.cannotRead(path: path) }
        try self.init(data, file: path)
    }

    /// Reads the bytes of a file; `file` is the name that errors give.
    public init(_ data: Data, file: String) throws(SafetensorsError) {
        guard data.count >= 8 else { throw .tooShort(file: file, bytes: data.count) }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let allowed = min(data.count - 8, Self.longestHeader)
        guard length <= allowed else { throw .headerLength(file: file, length: length, allowed: allowed) }
        let start = data.startIndex + 8 + Int(length)
        let header = try Header(data[(data.startIndex + 8)..<start], file: file)
        metadata = header.metadata
        tensors = []
        var used = 0
        let available = data.endIndex - start
        // Empty tensors begin where they end, hence the second key.
        for (name, entry) in header.entries.sorted(by: { ($0.1.begin, $0.1.end, $0.0) < ($1.1.begin, $1.1.end, $1.0) })
        {
            guard let dataType = SafetensorsDataType(rawValue: entry.dtype) else {
                throw .dataType(file: file, tensor: name, value: entry.dtype)
            }
            guard entry.begin == used else {
                throw .offset(file: file, tensor: name, begin: entry.begin, expected: used)
            }
            let bytes = entry.end - entry.begin
            guard SafetensorsEntry.byteCount(shape: entry.shape, dataType: dataType) == bytes else {
                throw .size(file: file, tensor: name, shape: entry.shape, dataType: entry.dtype, bytes: bytes)
            }
            guard entry.end <= available else {
                throw .outOfBounds(file: file, tensor: name, end: entry.end, available: available)
            }
            let own = Data(data[(start + entry.begin)..<(start + entry.end)])
            tensors.append(SafetensorsEntry(name: name, dataType: dataType, shape: entry.shape, bytes: own))
            used = entry.end
        }
        guard used == available else { throw .uncovered(file: file, used: used, available: available) }
    }
}

/// The JSON header, each entry's fields present and of the right kind, no name twice.
private struct Header {
    struct Entry: Decodable {
        let dtype: String
        let shape: [Int]
        let offsets: [Int]
        var begin: Int { offsets[0] }
        var end: Int { offsets[1] }

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }

    let entries: [(String, Entry)]
    let metadata: [String: String]

    init(_ json: Data, file: String) throws(SafetensorsError) {
        guard json.first == UInt8(ascii: "{") else {
            throw .header(file: file, reason: "it does not begin with “{”")
        }
        // A decoder would take UTF-16 and UTF-32, too, which have zeros.
        guard !json.contains(0), String(validating: json, as: UTF8.self) != nil else {
            throw .header(file: file, reason: "it is no text in UTF-8")
        }
        let object: [String: Value]
        do {
            object = try JSONDecoder().decode([String: Value].self, from: json)
        } catch {
            throw .header(file: file, reason: "it is not a JSON object of objects")
        }
        // A decoder keeps one of two equal names and says nothing.
        if let name = repeatedName(in: json) { throw .repeated(file: file, name: name) }
        var entries = [(String, Entry)]()
        var metadata = [String: String]()
        for (name, value) in object {
            switch value {
            case .entry(let entry) where name != "__metadata__":
                guard entry.offsets.count == 2, entry.begin >= 0, entry.end >= entry.begin else {
                    throw .entry(
                        file: file, tensor: name,
                        reason: "data_offsets \(entry.offsets) are not a beginning and an end")
                }
                entries.append((name, entry))
            case .strings(let strings) where name == "__metadata__":
                metadata = strings
            case .other(let reason) where name != "__metadata__":
                throw .entry(file: file, tensor: name, reason: reason)
            case .strings where name != "__metadata__":
                throw .entry(file: file, tensor: name, reason: "shape and data_offsets are missing or no lists")
            default:
                throw .header(file: file, reason: "__metadata__ holds something other than strings")
            }
        }
        self.entries = entries
        self.metadata = metadata
    }

    /// What stands at a name: a tensor's entry, the metadata's strings, or neither.
    private enum Value: Decodable {
        case entry(Entry)
        case strings([String: String])
        case other(String)

        init(from decoder: any Decoder) throws {
            do {
                self = .entry(try Entry(from: decoder))
            } catch {
                if let strings = try? [String: String](from: decoder) {
                    self = .strings(strings)
                } else {
                    self = .other("dtype (a name), shape or data_offsets (lists of whole numbers) is missing or wrong")
                }
            }
        }
    }
}

/// The first name that stands twice in one object of a valid JSON text, at any depth. Cost: O(bytes).
private func repeatedName(in json: Data) -> String? {
    let bytes = [UInt8](json)
    var names = [Set<String>]()
    var i = 0
    while i < bytes.count {
        switch bytes[i] {
        case UInt8(ascii: "{"): names.append([])
        case UInt8(ascii: "}"): names.removeLast()
        case UInt8(ascii: "\""):
            let start = i
            i += 1
            while bytes[i] != UInt8(ascii: "\"") { i += bytes[i] == UInt8(ascii: "\\") ? 2 : 1 }
            var next = i + 1
            while next < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next]) { next += 1 }
            // A string before a colon is a name; decoded, since "\u0061" and "a" are the same one.
            if next < bytes.count, bytes[next] == UInt8(ascii: ":"),
                let name = try? JSONDecoder().decode(String.self, from: Data(bytes[start...i])),
                !names[names.count - 1].insert(name).inserted
            {
                return name
            }
        default: break
        }
        i += 1
    }
    return nil
}
