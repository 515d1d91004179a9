import CZlib
import Foundation

/// A zip archive with stored entries, read and written as plainly as the format allows, so that tests can damage one.
struct StoredArchive {
    var entries: [(name: String, content: [UInt8])]

    /// Reads an archive of PyTorch's by walking its entries' own headers.
    init(contentsOf path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        func number(_ at: Int, _ count: Int) -> Int {
            (0..<count).reversed().reduce(0) { $0 << 8 | Int(bytes[at + $1]) }
        }
        entries = []
        // From the directory, whose offsets are 32 bits wide in small files.
        var end = bytes.count - 22
        while number(end, 4) != 0x0605_4B50 { end -= 1 }
        var at = number(end + 16, 4)
        for _ in 0..<number(end + 10, 2) {
            let length = number(at + 28, 2), header = number(at + 42, 4), size = number(at + 24, 4)
            let name = String(decoding: bytes[(at + 46)..<(at + 46 + length)], as: UTF8.self)
            let start = header + 30 + number(header + 26, 2) + number(header + 28, 2)
            entries.append((name, Array(bytes[start..<(start + size)])))
            at += 46 + length + number(at + 30, 2) + number(at + 32, 2)
        }
    }

    init(_ entries: [(name: String, content: [UInt8])]) { self.entries = entries }

    /// The place of the one entry that ends so.
    func place(_ ending: String) -> Int { entries.firstIndex { $0.name.hasSuffix(ending) }! }

    /// The archive's bytes.
    ///
    /// - Parameters:
    ///   - size: states another size than an entry has
    ///   - method: 0 for stored
    func data(size: (Int, Int) -> Int = { $1 }, method: Int = 0) -> Data {
        var bytes: [UInt8] = [], directory: [UInt8] = []
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        for (place, entry) in entries.enumerated() {
            let sum = Int(crc32(0, entry.content, UInt32(entry.content.count))), name = Array(entry.name.utf8)
            let stated = size(place, entry.content.count)
            let common =
                number(20, 2) + number(0, 2) + number(method, 2) + number(0, 4) + number(sum, 4) + number(stated, 4)
                + number(stated, 4) + number(name.count, 2) + number(0, 2)
            directory += number(0x0201_4B50, 4) + number(20, 2) + common
            directory += number(0, 2) + number(0, 2) + number(0, 2) + number(0, 4) + number(bytes.count, 4) + name
            bytes += number(0x0403_4B50, 4) + common + name + entry.content
        }
        let start = bytes.count
        bytes += directory + number(0x0605_4B50, 4) + number(0, 4) + number(entries.count, 2) + number(entries.count, 2)
        bytes += number(directory.count, 4) + number(start, 4) + number(0, 2)
        return Data(bytes)
    }
}
