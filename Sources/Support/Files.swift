import Foundation

/// Writes `data` to `path` so that a reader sees the old file or the new one whole, never a part: the bytes go to a
/// temporary name in the same folder, are flushed to disk, and the name is then changed.
///
/// - Throws: ``FileError`` naming the path (a missing folder that can't be made, a full disk, no permission). The old
///   file stays as it was.
public func writeAtomically(_ data: Data, to path: String) throws {
    if Writing.isLeftToAnother { return }
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError.cannotWrite(path: folder, reason: error.localizedDescription)
        }
    }
    let temporary = "\(path).part-\(ProcessInfo.processInfo.processIdentifier)"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw FileError.cannotWrite(path: path, reason: String(cString: strerror(errno))) }
    func fail() -> FileError {
        let reason = String(cString: strerror(errno))
        close(descriptor)
        unlink(temporary)
        return .cannotWrite(path: path, reason: reason)
    }
    try data.withUnsafeBytes { bytes in
        var done = 0
        while done < bytes.count {
            let written = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if written < 0 {
                if errno == EINTR { continue }
                throw fail()
            }
            done += written
        }
    }
    guard fsync(descriptor) == 0 else { throw fail() }
    close(descriptor)
    guard rename(temporary, path) == 0 else {
        let reason = String(cString: strerror(errno))
        unlink(temporary)
        throw FileError.cannotWrite(path: path, reason: reason)
    }
}

/// Who writes files, where several processes do the same work.
package enum Writing {
    /// Whether another process writes what this one would. Set once, before the work begins.
    package nonisolated(unsafe) static var isLeftToAnother = false
}

/// Writes a value as JSON (see ``json(_:)``), atomically.
public func writeJSON(_ value: some Encodable, to path: String) throws {
    try writeAtomically(json(value) + Data("\n".utf8), to: path)
}

/// A value as JSON with sorted keys, so that equal values give equal bytes.
///
/// Numbers that JSON lacks are written as the strings `"nan"`, `"inf"` and `"-inf"`.
public func json(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(value)
}

/// Reads a value that ``writeJSON(_:to:)`` wrote.
///
/// - Throws: ``FileError`` naming the file and the key at fault.
public func readJSON<Value: Decodable>(_ type: Value.Type = Value.self, from path: String) throws -> Value {
    guard let data = FileManager.default.contents(atPath: path) else { throw FileError.cannotRead(path: path) }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
        return try decoder.decode(type, from: data)
    } catch {
        throw FileError.malformed(path: path, reason: "\(error)")
    }
}

/// What can be wrong with a file that is read or written whole.
public enum FileError: Error, CustomStringConvertible, Equatable {
    case cannotWrite(path: String, reason: String)
    case cannotRead(path: String)
    case malformed(path: String, reason: String)

    public var description: String {
        switch self {
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .cannotRead(let path): "cannot read \(path): there is no such file, or it may not be read"
        case .malformed(let path, let reason): "\(path) is damaged or of another version: \(reason)"
        }
    }
}
