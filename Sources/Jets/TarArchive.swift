import CZlib
import Foundation

/// Goes through the members of a `.tar.gz` (or plain `.tar`) archive in one pass, without unpacking it to disk.
///
/// Format: POSIX.1-1988 ustar, with the GNU long-name (`L`) and POSIX.1-2001 (`x`) extensions, which longer names and
/// larger files need.
package struct TarArchive {
    let path: String
    /// More than any file of jets, and little enough to count with.
    private static let largestMember = 1 << 44

    /// The archive at a path; nothing is read yet.
    package init(path: String) { self.path = path }

    /// Calls `body` with the name and content of each regular file that `wanted` picks by name, in the order of the
    /// archive.
    ///
    /// - Complexity: memory is one member; time is that of unpacking the whole archive.
    /// - Throws: ``JetsError/damagedArchive(archive:reason:)``, and what `body` throws.
    package func forEachMember(where wanted: (String) -> Bool, _ body: (_ name: String, _ content: Data) throws -> Void)
        throws
    {
        guard let stream = gzopen(path, "rb") else { throw JetsError.missingFile(path: path) }
        defer { gzclose(stream) }
        gzbuffer(stream, 1 << 18)
        var extendedName: String?
        var extendedSize: Int?
        while let header = try block(stream) {
            // Zeros end the archive; what may follow is filling, but is still unpacked so that zlib checks its sums.
            if header.allSatisfy({ $0 == 0 }) { break }
            try verifyChecksum(header)
            let size = try extendedSize ?? number(header[124..<136])
            guard (0...TarArchive.largestMember).contains(size) else { throw damaged("a member claims \(size) bytes") }
            switch header[156] {
            case UInt8(ascii: "L"):
                extendedName = text(try longHeader(stream, size)[...])
            case UInt8(ascii: "x"):
                let records = try paxRecords(longHeader(stream, size))
                extendedName = records["path"] ?? extendedName
                if let size = records["size"] {
                    guard let number = Int(size) else {
                        throw damaged("a header holds the number “\(size.prefix(20))”")
                    }
                    extendedSize = number
                }
            case let kind:
                let prefix = header[257..<262].elementsEqual("ustar".utf8) ? text(header[345..<500]) : ""
                let name = extendedName ?? (prefix.isEmpty ? "" : prefix + "/") + text(header[0..<100])
                (extendedName, extendedSize) = (nil, nil)
                if kind == 0 || kind == UInt8(ascii: "0"), wanted(name) {
                    try body(name, content(stream, size))
                } else {
                    try skip(stream, padded(size))
                }
            }
        }
        while try block(stream) != nil {}
    }

    private func damaged(_ reason: String) -> JetsError { .damagedArchive(archive: path, reason: reason) }

    private func padded(_ size: Int) -> Int { (size + 511) / 512 * 512 }

    /// Fills the buffer, or fewer bytes at the end of the stream.
    private func read(_ stream: gzFile, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var done = 0
        while done < buffer.count {
            let part = UInt32(min(buffer.count - done, 1 << 30))
            let got = gzread(stream, buffer.baseAddress! + done, part)
            if got < 0 { throw damaged(zlibReason(stream)) }
            done += Int(got)
            if got == 0 || UInt32(got) < part { break }
        }
        // A stream that is cut short ends like a whole one; only the status tells.
        if done < buffer.count {
            var status: Int32 = 0
            gzerror(stream, &status)
            if status != Z_OK && status != Z_STREAM_END { throw damaged(zlibReason(stream)) }
        }
        return done
    }

    private func zlibReason(_ stream: gzFile) -> String {
        var status: Int32 = 0
        return gzerror(stream, &status).map { String(cString: $0) } ?? "zlib error \(status)"
    }

    /// The next 512 bytes, or nil at the end.
    private func block(_ stream: gzFile) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 512)
        let got = try bytes.withUnsafeMutableBytes { try read(stream, into: $0) }
        if got == 0 { return nil }
        guard got == 512 else { throw damaged("it ends in the middle of a block") }
        return bytes
    }

    /// A member's bytes. Memory grows with what is there, not with what the header claims.
    private func content(_ stream: gzFile, _ size: Int) throws -> Data {
        var data = Data()
        while data.count < size {
            let start = data.count, part = min(size - start, max(start, 1 << 20))
            data.count += part
            let got = try data.withUnsafeMutableBytes { try read(stream, into: .init(rebasing: $0[start...])) }
            guard got == part else { throw damaged("a member has \(start + got) of \(size) bytes") }
        }
        try skip(stream, padded(size) - size)
        return data
    }

    /// What stands in front of a member with a long name: a name, or a few records.
    private func longHeader(_ stream: gzFile, _ size: Int) throws -> Data {
        guard size <= 1 << 20 else { throw damaged("a name of \(size) bytes") }
        return try content(stream, size)
    }

    private func skip(_ stream: gzFile, _ size: Int) throws {
        var left = size
        var scratch = [UInt8](repeating: 0, count: min(max(size, 1), 1 << 20))
        while left > 0 {
            let part = min(left, scratch.count)
            let got = try scratch.withUnsafeMutableBytes { try read(stream, into: .init(rebasing: $0[..<part])) }
            guard got == part else { throw damaged("it ends in the middle of a member") }
            left -= part
        }
    }

    private func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// A number in octal digits, or, where the first bit is set, in binary.
    private func number(_ field: ArraySlice<UInt8>) throws -> Int {
        if let first = field.first, first & 0x80 != 0 {
            // The field has 12 bytes: what doesn't fit into 63 bits is no size.
            let value = field.dropFirst().reduce(UInt64(first & 0x7F)) {
                $0 >> 55 == 0 ? $0 << 8 | UInt64($1) : UInt64.max >> 1
            }
            return Int(min(value, UInt64(Int.max)))
        }
        let digits = text(field).trimmingCharacters(in: .whitespaces)
        guard let value = Int(digits.isEmpty ? "0" : digits, radix: 8), value >= 0 else {
            throw damaged("a header holds the number “\(digits)”")
        }
        return value
    }

    private func verifyChecksum(_ header: [UInt8]) throws {
        // The checksum's own field counts as blanks.
        let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        guard let stated = try? number(header[148..<156]), stated == sum else {
            throw damaged("a header's checksum does not match: this is no tar archive")
        }
    }

    /// Records of the form `length key=value\n`.
    private func paxRecords(_ data: Data) -> [String: String] {
        var records: [String: String] = [:]
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            guard let blank = line.firstIndex(of: " "), let equals = line.firstIndex(of: "="), blank < equals else {
                continue
            }
            records[String(line[line.index(after: blank)..<equals])] = String(line[line.index(after: equals)...])
        }
        return records
    }
}
