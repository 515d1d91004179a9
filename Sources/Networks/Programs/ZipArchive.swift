import CZlib
import Foundation

/// The entries of a zip archive that are stored as they are, which is how PyTorch writes its files.
///
/// Format: PKWARE's APPNOTE 6.3.9, with the zip64 extension. Only the central directory is believed, each entry's own
/// header must agree with it, and nothing is ever written to disk, so names such as `../x` do no harm. Sizes are bounded by
/// the file's own, since nothing is unpacked.
struct ZipArchive {
    /// The path, for errors.
    let file: String
    private let data: Data
    private let entries: [String: Entry]

    private struct Entry {
        let size: Int, header: Int
        let isPacked: Bool
        let checksum: UInt32
    }

    /// Entries that a file of PyTorch's may have: far more than any network has tensors.
    static let mostEntries = 1_000_000

    /// Reads the directory of a file. Cost: the directory; entries are read when they are asked for.
    ///
    /// - Throws: `ProgramError` where it is no zip archive, is damaged, or has an entry that is encrypted.
    init(contentsOf path: String) throws(ProgramError) {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
            try self.init(data, file: path)
        } catch let error as ProgramError {
            throw error
        } catch {
            throw .unreadable(file: path)
        }
    }

    /// As ``init(contentsOf:)``, from bytes.
    init(_ data: Data, file: String) throws(ProgramError) {
        self.data = data
        self.file = file
        let reader = Reader(data: data, file: file)
        let (count, start, end) = try reader.directory()
        guard count <= Self.mostEntries else { throw .damaged(file: file, reason: "it claims \(count) entries") }
        var entries: [String: Entry] = [:], at = start
        for _ in 0..<count {
            guard try reader.number(at, 4) == 0x0201_4B50 else {
                throw .damaged(file: file, reason: "its directory breaks off at byte \(at)")
            }
            let flags = try reader.number(at + 8, 2), method = try reader.number(at + 10, 2)
            let checksum = try reader.number(at + 16, 4)
            var packed = try reader.number(at + 20, 4), size = try reader.number(at + 24, 4)
            var header = try reader.number(at + 42, 4)
            let nameLength = try reader.number(at + 28, 2), extraLength = try reader.number(at + 30, 2)
            let next = at + 46 + nameLength + extraLength + (try reader.number(at + 32, 2))
            guard next <= end else { throw .damaged(file: file, reason: "its directory runs past its end") }
            let name = try reader.text(at + 46, nameLength)
            try reader.widen(at + 46 + nameLength, extraLength, &size, &packed, &header)
            guard flags & 1 == 0 else { throw .damaged(file: file, reason: "“\(name)” is encrypted") }
            let entry = Entry(
                size: size, header: header, isPacked: method != 0 || packed != size, checksum: UInt32(checksum))
            guard entries.updateValue(entry, forKey: name) == nil else {
                throw .damaged(file: file, reason: "“\(name)” is there twice")
            }
            at = next
        }
        self.entries = entries
    }

    /// The names of all entries.
    var names: [String] { entries.keys.sorted() }

    /// Whether there is an entry of that name.
    func has(_ name: String) -> Bool { entries[name] != nil }

    /// The size of an entry in bytes, or nil where there is none.
    func size(of name: String) -> Int? { entries[name]?.size }

    /// The bytes of an entry. Cost: a pass over them, to check their sum.
    ///
    /// - Parameter limit: the most bytes that make sense
    /// - Throws: `ProgramError` where it is missing, packed, too large or damaged.
    func bytes(of name: String, limit: Int = .max) throws(ProgramError) -> Data {
        guard let entry = entries[name] else { throw .damaged(file: file, reason: "“\(name)” is missing") }
        guard !entry.isPacked else {
            throw .damaged(
                file: file,
                reason: "“\(name)” is packed, which torch.export.save never does: write the file with it again")
        }
        guard entry.size <= limit else {
            throw .damaged(
                file: file, reason: "“\(name)” has \(entry.size) bytes, where at most \(limit) make sense")
        }
        let reader = Reader(data: data, file: file)
        guard try reader.number(entry.header, 4) == 0x0403_4B50 else {
            throw .damaged(file: file, reason: "“\(name)” does not begin where the directory says")
        }
        let nameLength = try reader.number(entry.header + 26, 2)
        guard try reader.text(entry.header + 30, nameLength) == name else {
            throw .damaged(file: file, reason: "“\(name)” has another name in its own header")
        }
        let start = entry.header + 30 + nameLength + (try reader.number(entry.header + 28, 2))
        let content = try reader.slice(start, entry.size)
        guard Self.checksum(content) == entry.checksum else {
            throw .damaged(file: file, reason: "“\(name)” is damaged: its checksum does not match; copy the file again")
        }
        return content
    }

    private static func checksum(_ content: Data) -> UInt32 {
        content.withUnsafeBytes { bytes in
            var sum: UInt = 0, done = 0
            while done < bytes.count {
                let part = min(bytes.count - done, 1 << 30)
                sum = crc32(sum, bytes.baseAddress!.assumingMemoryBound(to: UInt8.self) + done, UInt32(part))
                done += part
            }
            return UInt32(truncatingIfNeeded: sum)
        }
    }

    /// Little-endian numbers at places that may lie anywhere.
    private struct Reader {
        let data: Data
        let file: String

        func slice(_ start: Int, _ count: Int) throws(ProgramError) -> Data {
            guard start >= 0, count >= 0, start <= data.count, count <= data.count - start else {
                throw .damaged(file: file, reason: "it ends too early: it was cut off; copy it again")
            }
            return data[(data.startIndex + start)..<(data.startIndex + start + count)]
        }

        func number(_ start: Int, _ count: Int) throws(ProgramError) -> Int {
            let value = try slice(start, count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard let number = Int(exactly: value) else {
                throw .damaged(file: file, reason: "a size in it is impossible")
            }
            return number
        }

        func text(_ start: Int, _ count: Int) throws(ProgramError) -> String {
            String(decoding: try slice(start, count), as: UTF8.self)
        }

        /// How many entries the directory has, and where it begins and ends.
        func directory() throws(ProgramError) -> (count: Int, start: Int, end: Int) {
            // The record at the end may be followed by a comment of up to 65,535 bytes.
            var at = data.count - 22
            let last = max(0, at - 65_535)
            while at >= last, try number(at, 4) != 0x0605_4B50 { at -= 1 }
            guard data.count >= 22, at >= last else { throw .noArchive(file: file) }
            var count = try number(at + 10, 2), size = try number(at + 12, 4), start = try number(at + 16, 4)
            if at >= 20, try number(at - 20, 4) == 0x0706_4B50 {
                let wide = try number(at - 12, 8)
                guard try number(wide, 4) == 0x0606_4B50 else {
                    throw .damaged(file: file, reason: "its directory is not where its end says")
                }
                count = try number(wide + 32, 8)
                size = try number(wide + 40, 8)
                start = try number(wide + 48, 8)
            }
            guard start <= data.count, size <= data.count - start, count <= size / 46 else {
                throw .damaged(file: file, reason: "its directory does not fit into it")
            }
            return (count, start, start + size)
        }

        /// Replaces numbers that are too large for 32 bits by those of the zip64 field.
        func widen(_ start: Int, _ length: Int, _ size: inout Int, _ packed: inout Int, _ header: inout Int)
            throws(ProgramError)
        {
            let narrow = 0xFFFF_FFFF
            var at = start
            while at + 4 <= start + length {
                let kind = try number(at, 2), count = try number(at + 2, 2)
                if kind == 1 {
                    var field = at + 4
                    for part in 0..<3 {
                        let isWide = part == 0 ? size == narrow : part == 1 ? packed == narrow : header == narrow
                        guard isWide else { continue }
                        guard field + 8 <= at + 4 + count else {
                            throw .damaged(file: file, reason: "a size in its directory is missing")
                        }
                        let value = try number(field, 8)
                        switch part {
                        case 0: size = value
                        case 1: packed = value
                        default: header = value
                        }
                        field += 8
                    }
                }
                at += 4 + count
            }
        }
    }
}
