import CZlib
import Foundation

/// The entries of a zip archive, stored or deflated: PyTorch's and NumPy's files are such archives.
///
/// Format: PKWARE's APPNOTE 6.3.9, with the zip64 extension. Only the directory at the end is believed, each entry's own
/// header must agree with it, and nothing is ever written to disk, so names such as `../x` do no harm. An entry that claims
/// more than deflate can pack into its bytes (1,032 times as much) is refused before anything is unpacked.
package struct ZipArchive: Sendable {
    /// The path, for errors.
    package let file: String
    /// In the directory's order.
    package let entries: [Entry]
    private let places: [String: Int]
    private let data: Data

    /// An entry of the directory.
    package struct Entry: Sendable {
        package let name: String
        /// Bytes, packed and not.
        package let packed: Int, size: Int
        package let isDeflated: Bool
        let checksum: UInt32
        /// Where its own header is.
        let header: Int
    }

    /// Reads the directory of a file. Cost: the directory; entries are read when they are asked for.
    package init(contentsOf path: String) throws(ZipError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw .unreadable(file: path)
        }
        try self.init(data, file: path)
    }

    /// As ``init(contentsOf:)``, from bytes; `file` is what errors call them.
    package init(_ data: Data, file: String) throws(ZipError) {
        // Indices from 0.
        self.data = data.startIndex == 0 ? data : Data(data)
        self.file = file
        let reader = ZipReader(data: self.data, file: file)
        let (count, start, end) = try reader.directory()
        var entries: [Entry] = [], places: [String: Int] = [:], at = start
        for _ in 0..<count {
            let (entry, next) = try reader.entry(at: at)
            guard next <= end else { throw reader.damaged("its directory runs past its end") }
            guard places.updateValue(entries.count, forKey: entry.name) == nil else {
                throw reader.damaged("“\(entry.name)” is there twice")
            }
            entries.append(entry)
            at = next
        }
        self.entries = entries
        self.places = places
    }

    /// The entry of that name, or nil.
    package subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

    /// The first bytes of an entry, unpacked; of all of them the checksum is checked. Cost: memory for them.
    package func bytes(of entry: Entry, atMost limit: Int = .max) throws(ZipError) -> Data {
        let reader = ZipReader(data: data, file: file), wanted = min(entry.size, limit)
        let start = try reader.start(of: entry), packed = data[start..<start + entry.packed]
        let content = entry.isDeflated ? try inflated(packed, entry, to: wanted) : packed.prefix(wanted)
        guard wanted < entry.size || ZipArchive.checksum(content) == entry.checksum else {
            throw reader.damaged("“\(entry.name)” is damaged: its checksum does not match; copy the file again")
        }
        return content
    }

    private static func checksum(_ content: Data) -> UInt32 {
        content.withUnsafeBytes { bytes in
            UInt32(crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
        }
    }

    private func inflated(_ packed: Data, _ entry: Entry, to limit: Int) throws(ZipError) -> Data {
        guard limit > 0 else { return Data() }
        var stream = z_stream()
        guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .damaged(file: file, reason: "zlib can't begin")
        }
        defer { inflateEnd(&stream) }
        var output = Data(count: limit), done = 0, status = packed.isEmpty ? Z_BUF_ERROR : Z_OK
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
            throw .damaged(
                file: file,
                reason: "“\(entry.name)” can't be unpacked to its \(entry.size) bytes: "
                    + (stream.msg.map { String(cString: $0) } ?? "its data end before"))
        }
        return output
    }
}

/// What can be wrong with a zip archive.
package enum ZipError: Error, Equatable {
    case unreadable(file: String)
    /// It is no zip archive at all, or one that was cut short.
    case noArchive(file: String)
    case damaged(file: String, reason: String)
}

/// Little-endian numbers at places that may lie anywhere, and what they mean.
private struct ZipReader {
    let data: Data
    let file: String

    func damaged(_ reason: String) -> ZipError { .damaged(file: file, reason: reason) }

    /// A number that has to lie inside; one of 8 bytes has to fit into 63 bits.
    func number(_ at: Int, _ width: Int) throws(ZipError) -> Int {
        guard at >= 0, width <= data.count, at <= data.count - width else {
            throw damaged("it ends too early: it was cut off; copy it again")
        }
        let value = (0..<width).reduce(UInt64(0)) { $0 | UInt64(data[at + $1]) << (8 * UInt64($1)) }
        guard let number = Int(exactly: value) else { throw damaged("it states a size of \(value) bytes") }
        return number
    }

    private func isSignature(_ at: Int, _ value: Int) -> Bool { (try? number(at, 4)) == value }

    /// How many entries the directory has, and where it begins and ends.
    func directory() throws(ZipError) -> (count: Int, start: Int, end: Int) {
        // The end's record has 22 bytes, and a comment of up to 65,535 behind it.
        var end = data.count - 22
        let first = max(0, end - 65_535)
        while end >= first, !isSignature(end, 0x0605_4B50) { end -= 1 }
        guard end >= first else { throw .noArchive(file: file) }
        var count = try number(end + 10, 2), size = try number(end + 12, 4), start = try number(end + 16, 4)
        if isSignature(end - 20, 0x0706_4B50) {
            let record = try number(end - 12, 8)
            guard isSignature(record, 0x0606_4B50) else {
                throw damaged("its directory is not where its end says")
            }
            count = try number(record + 32, 8)
            size = try number(record + 40, 8)
            start = try number(record + 48, 8)
        }
        // An entry has 46 bytes at least, which bounds what a count can make us do.
        guard start <= data.count, size <= data.count - start, count <= size / 46 else {
            throw damaged("its directory does not fit into it")
        }
        return (count, start, start + size)
    }

    func entry(at place: Int) throws(ZipError) -> (ZipArchive.Entry, next: Int) {
        guard isSignature(place, 0x0201_4B50) else { throw damaged("its directory breaks off at byte \(place)") }
        let nameLength = try number(place + 28, 2), extraLength = try number(place + 30, 2)
        let next = place + 46 + nameLength + extraLength + (try number(place + 32, 2))
        guard next <= data.count else { throw damaged("its directory runs past its end") }
        let name = String(decoding: data[place + 46..<place + 46 + nameLength], as: UTF8.self)
        guard try number(place + 8, 2) & 1 == 0 else { throw damaged("“\(name)” is encrypted") }
        let method = try number(place + 10, 2)
        guard method == 0 || method == 8 else {
            throw damaged("“\(name)” is packed by method \(method), not stored or deflated")
        }
        var packed = try number(place + 20, 4), size = try number(place + 24, 4), header = try number(place + 42, 4)
        // Numbers that don't fit into 4 bytes stand in the extra field 1, in this order.
        var extra = place + 46 + nameLength
        let end = extra + extraLength
        while extra + 4 <= end {
            let length = try number(extra + 2, 2)
            guard extra + 4 + length <= end else { throw damaged("an extra field of “\(name)” is cut short") }
            if try number(extra, 2) == 1 {
                var at = extra + 4
                func wide(_ value: inout Int) throws(ZipError) {
                    guard value == 0xFFFF_FFFF else { return }
                    guard at + 8 <= extra + 4 + length else {
                        throw damaged("an extra field of “\(name)” is cut short")
                    }
                    value = try number(at, 8)
                    at += 8
                }
                try wide(&size)
                try wide(&packed)
                try wide(&header)
            }
            extra += 4 + length
        }
        guard method == 8 ? size / 1032 <= packed : size == packed else {
            throw damaged("“\(name)” claims \(size) bytes out of \(packed), which can't be")
        }
        return (
            ZipArchive.Entry(
                name: name, packed: packed, size: size, isDeflated: method == 8,
                checksum: UInt32(try number(place + 16, 4)), header: header), next
        )
    }

    /// Where an entry's bytes begin: behind its own header, which has a name and extra fields of its own.
    func start(of entry: ZipArchive.Entry) throws(ZipError) -> Int {
        guard isSignature(entry.header, 0x0403_4B50) else {
            throw damaged("“\(entry.name)” does not begin where the directory says")
        }
        let nameLength = try number(entry.header + 26, 2), start = entry.header + 30 + nameLength
        guard start <= data.count,
            String(decoding: data[entry.header + 30..<start], as: UTF8.self) == entry.name
        else { throw damaged("“\(entry.name)” has another name in its own header") }
        let begin = start + (try number(entry.header + 28, 2))
        guard begin <= data.count, entry.packed <= data.count - begin else {
            throw damaged("it ends too early: it was cut off; copy it again")
        }
        return begin
    }
}
