import Foundation

/// Does a long piece of work in pieces and keeps each in a file as soon as it is there: work that is killed at any
/// moment, or stopped by Ctrl-C, goes on with the pieces that it lacks, and ends with the same bits.
///
/// The file has a line of JSON that says what the pieces belong to, and then one a piece. A line that a kill has cut
/// short is dropped, and so are the pieces of other work.
///
/// - Parameters:
///   - count: how many pieces there are
///   - label: what is done, for the line of progress; nil shows none
///   - unit: the plural noun of a piece
///   - path: the file; nil keeps nothing
///   - identity: a digest of everything that decides what the pieces are
///   - compute: makes a piece of its number
/// - Returns: all pieces in order.
/// - Throws: `FileError` where the file can't be written; `Interrupted` on Ctrl-C, after the piece in work.
public func inPieces<Piece: Codable>(
    _ count: Int, label: String?, unit: String = "points", keptIn path: String?, identity: String,
    _ compute: (Int) throws -> Piece
) throws -> [Piece] {
    let file = try path.map { try PieceFile<Piece>($0, identity: identity) }
    var pieces = (file?.found ?? [:]).filter { (0..<count).contains($0.key) }
    guard pieces.count < count else { return (0..<count).map { pieces[$0]! } }
    let progress = label.map { ProgressLine($0, total: Double(count), done: Double(pieces.count), unit: unit) }
    for number in 0..<count where pieces[number] == nil {
        let piece = try compute(number)
        pieces[number] = piece
        try file?.append(piece, number)
        progress?.advance(by: 1)
        if Interruption.isRequested, pieces.count < count { throw Interrupted(state: path) }
    }
    progress?.finish()
    return (0..<count).map { pieces[$0]! }
}

/// The file of ``inPieces(_:label:unit:keptIn:identity:_:)``.
private final class PieceFile<Piece: Codable> {
    private struct Header: Codable {
        let identity: String
    }

    private struct Line: Codable {
        let number: Int
        let piece: Piece
    }

    private let path: String
    /// The pieces of an earlier start.
    let found: [Int: Piece]

    init(_ path: String, identity: String) throws {
        self.path = path
        let header = try Self.encoder.encode(Header(identity: identity)) + Data("\n".utf8)
        var kept = header, found: [Int: Piece] = [:]
        if let old = FileManager.default.contents(atPath: path), old.starts(with: header) {
            for line in old.dropFirst(header.count).split(separator: UInt8(ascii: "\n")) {
                guard let read = try? Self.decoder.decode(Line.self, from: Data(line)) else { continue }
                found[read.number] = read.piece
                kept += Data(line) + Data("\n".utf8)
            }
        }
        self.found = found
        // What a kill cut short must not be continued by the next line.
        try writeAtomically(kept, to: path)
    }

    func append(_ piece: Piece, _ number: Int) throws {
        let line = try Self.encoder.encode(Line(number: number, piece: piece)) + Data("\n".utf8)
        let descriptor = open(path, O_WRONLY | O_APPEND)
        guard descriptor >= 0 else { throw FileError.cannotWrite(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        // One call: a line is there whole, or was cut short by a full disk or the machine's end.
        let written = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == line.count, fsync(descriptor) == 0 else {
            throw FileError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }
}
