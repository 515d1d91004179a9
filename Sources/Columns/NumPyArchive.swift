import CZlib
import Foundation
import Support

/// The arrays of a `.npz` file, as `numpy.savez` and `numpy.savez_compressed` write them: a zip archive of `.npy` members,
/// each stored or deflated. Zip64 is read too.
///
/// Nothing is unpacked but the arrays that are asked for, and those only as far as the archive's directory says; a member
/// that claims more than deflate can pack into its bytes (1,032 times as much) is refused before. Each member's CRC-32 is
/// checked.
public struct NumPyArchive: Sendable {
    public let file: String
    /// The arrays' names, in the archive's order, without `.npy`.
    public var names: [String] { members.map(\.name) }
    private let members: [Member]
    private let data: Data

    private struct Member {
        let name: String
        let isDeflated: Bool
        let packed: Int
        let size: Int
        let checksum: UInt32
        /// Where the packed bytes begin.
        let start: Int
    }

    /// Reads the archive's directory. Cost: one copy of the file.
    ///
    /// - Throws: ``ColumnsError/archive(file:reason:)``; `FileError` where the file can't be read.
    public init(contentsOf path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError.cannotRead(path: path) }
        try self.init(data, file: path)
    }

    /// As ``init(contentsOf:)``, from the bytes of a file; `file` is what errors call it.
    public init(_ data: Data, file: String) throws(ColumnsError) {
        self.file = file
        let bytes = ZipBytes(data, file: file)
        self.data = bytes.data
        var members: [Member] = [], names = Set<String>()
        for entry in try bytes.directory() {
            guard entry.name.hasSuffix(".npy") else { continue }
            let name = String(entry.name.dropLast(4))
            guard names.insert(name).inserted else { throw .repeatedName(file: file, column: name) }
            guard entry.method == 0 || entry.method == 8 else {
                throw .archive(
                    file: file, reason: "\(name) is packed by method \(entry.method), not stored or deflated")
            }
            guard entry.flags & 1 == 0 else { throw .archive(file: file, reason: "\(name) is encrypted") }
            let isDeflated = entry.method == 8
            guard isDeflated ? entry.size / 1032 <= entry.packed : entry.size == entry.packed else {
                throw .archive(
                    file: file, reason: "\(name) claims \(entry.size) bytes out of \(entry.packed), which can't be")
            }
            members.append(
                Member(
                    name: name, isDeflated: isDeflated, packed: entry.packed, size: entry.size,
                    checksum: entry.checksum, start: try bytes.start(of: entry)))
        }
        self.members = members
    }

    /// The header of each array. Cost: the first bytes of each are unpacked.
    func header(of name: String) throws(ColumnsError) -> NumPyHeader {
        let member = try member(name)
        return try NumPyHeader(
            unpacked(member, atMost: min(member.size, 12 + NumPyHeader.longest)), file: "\(file): \(name)")
    }

    /// The array of that name. Cost: memory of the array.
    ///
    /// - Throws: ``ColumnsError``.
    public func array(_ name: String) throws(ColumnsError) -> NumPyArray {
        let member = try member(name)
        let content = try unpacked(member, atMost: member.size)
        let found = content.withUnsafeBytes { bytes -> UInt32 in
            UInt32(crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
        }
        guard found == member.checksum else {
            throw .archive(file: file, reason: "\(name) does not have the checksum that the archive states")
        }
        return try NumPyArray(content, file: "\(file): \(name)")
    }

    private func member(_ name: String) throws(ColumnsError) -> Member {
        guard let member = members.first(where: { $0.name == name }) else {
            throw .missingColumn(file: file, column: name, columns: names)
        }
        return member
    }

    /// The first bytes of a member.
    private func unpacked(_ member: Member, atMost limit: Int) throws(ColumnsError) -> Data {
        let packed = data[member.start..<member.start + member.packed]
        guard member.isDeflated, limit > 0 else { return Data(packed.prefix(limit)) }
        guard !packed.isEmpty else { throw .archive(file: file, reason: "\(member.name) has no bytes") }
        var stream = z_stream()
        guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .archive(file: file, reason: "zlib can't begin")
        }
        defer { inflateEnd(&stream) }
        var output = Data(count: limit), done = 0, status = Z_OK
        output.withUnsafeMutableBytes { output in
            packed.withUnsafeBytes { input in
                var taken = 0
                while status == Z_OK, done < limit {
                    // zlib counts in 32 bits.
                    let room = min(limit - done, 1 << 30), offered = min(input.count - taken, 1 << 30)
                    stream.next_out = output.baseAddress!.assumingMemoryBound(to: UInt8.self) + done
                    stream.avail_out = UInt32(room)
                    stream.next_in = UnsafeMutablePointer(
                        mutating: input.baseAddress!.assumingMemoryBound(to: UInt8.self) + taken)
                    stream.avail_in = UInt32(offered)
                    status = inflate(&stream, Z_NO_FLUSH)
                    done += room - Int(stream.avail_out)
                    taken += offered - Int(stream.avail_in)
                }
            }
        }
        guard status == Z_OK || status == Z_STREAM_END, done == limit else {
            throw .archive(
                file: file,
                reason: "\(member.name) can't be unpacked to its \(member.size) bytes: "
                    + (stream.msg.map { String(cString: $0) } ?? "its data end before"))
        }
        return output
    }
}

/// A zip archive's bytes, and the numbers in them (PKWARE's “.ZIP File Format Specification”).
private struct ZipBytes {
    struct Entry {
        let name: String
        let flags: Int, method: Int
        let checksum: UInt32
        let packed: Int, size: Int
        /// Where its own header is.
        let header: Int
    }

    let data: Data
    let file: String

    init(_ data: Data, file: String) {
        // Indices from 0.
        self.data = data.startIndex == 0 ? data : Data(data)
        self.file = file
    }

    private func wrong(_ reason: String) -> ColumnsError { .archive(file: file, reason: reason) }

    /// A little-endian number that has to lie inside; one of 8 bytes has to fit into 63 bits.
    private func number(_ at: Int, _ width: Int) throws(ColumnsError) -> Int {
        guard at >= 0, width <= data.count, at <= data.count - width else { throw wrong("it ends too early") }
        let value = (0..<width).reduce(UInt64(0)) { $0 | UInt64(data[at + $1]) << (8 * UInt64($1)) }
        guard let number = Int(exactly: value) else { throw wrong("it states a size of \(value) bytes") }
        return number
    }

    /// The members that the directory at the end lists.
    func directory() throws(ColumnsError) -> [Entry] {
        // The end's record has 22 bytes and a comment of up to 65,535 behind it.
        var end = data.count - 22
        let first = max(0, end - 65_535)
        while end >= first, !isSignature(end, 0x0605_4B50) { end -= 1 }
        guard end >= first else { throw wrong("the directory at its end is missing: it was cut short") }
        var count = try number(end + 10, 2), size = try number(end + 12, 4), start = try number(end + 16, 4)
        if count == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF, isSignature(end - 20, 0x0706_4B50) {
            let record = try number(end - 12, 8)
            guard isSignature(record, 0x0606_4B50) else { throw wrong("its directory's second record is missing") }
            count = try number(record + 32, 8)
            size = try number(record + 40, 8)
            start = try number(record + 48, 8)
        }
        // An entry has 46 bytes at least, which bounds what a count can make us do.
        guard start <= data.count, size <= data.count - start, count <= size / 46 else {
            throw wrong("its directory lies outside of it")
        }
        var entries: [Entry] = [], place = start
        for _ in 0..<count {
            guard isSignature(place, 0x0201_4B50) else { throw wrong("an entry of its directory is damaged") }
            let (entry, next) = try entry(at: place)
            entries.append(entry)
            place = next
        }
        return entries
    }

    private func isSignature(_ at: Int, _ value: Int) -> Bool { (try? number(at, 4)) == value }

    private func entry(at place: Int) throws(ColumnsError) -> (Entry, next: Int) {
        let nameLength = try number(place + 28, 2), extraLength = try number(place + 30, 2)
        let next = place + 46 + nameLength + extraLength + (try number(place + 32, 2))
        guard next <= data.count else { throw wrong("an entry of its directory is cut short") }
        let name = String(decoding: data[place + 46..<place + 46 + nameLength], as: UTF8.self)
        var packed = try number(place + 20, 4), size = try number(place + 24, 4), header = try number(place + 42, 4)
        // Numbers that don't fit into 4 bytes stand in the extra field 1, in this order.
        var extra = place + 46 + nameLength
        let end = extra + extraLength
        while extra + 4 <= end {
            let length = try number(extra + 2, 2)
            guard extra + 4 + length <= end else { throw wrong("an extra field of \(name) is cut short") }
            if try number(extra, 2) == 1 {
                var at = extra + 4
                func wide(_ value: inout Int) throws(ColumnsError) {
                    guard value == 0xFFFF_FFFF else { return }
                    guard at + 8 <= extra + 4 + length else { throw wrong("an extra field of \(name) is cut short") }
                    value = try number(at, 8)
                    at += 8
                }
                try wide(&size)
                try wide(&packed)
                try wide(&header)
            }
            extra += 4 + length
        }
        return (
            Entry(
                name: name, flags: try number(place + 8, 2), method: try number(place + 10, 2),
                checksum: UInt32(try number(place + 16, 4)), packed: packed, size: size, header: header), next
        )
    }

    /// Where a member's bytes begin: behind its own header, which has a name and extra fields of its own.
    func start(of entry: Entry) throws(ColumnsError) -> Int {
        guard isSignature(entry.header, 0x0403_4B50) else {
            throw wrong("\(entry.name) is not where its directory says")
        }
        let start = entry.header + 30 + (try number(entry.header + 26, 2)) + (try number(entry.header + 28, 2))
        guard start <= data.count, entry.packed <= data.count - start else {
            throw wrong("\(entry.name) lies outside of it: it was cut short")
        }
        return start
    }
}
