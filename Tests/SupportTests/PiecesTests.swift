import Foundation
import Support
import Testing

@Suite struct PiecesTests {
    private let folder = NSTemporaryDirectory() + "goldstone-\(UUID().uuidString)"
    private var path: String { "\(folder)/deeper/pieces.jsonl" }

    private struct Stop: Error {}

    /// Numbers whose digits are hard to write: all must come back to the last bit.
    private static func piece(_ number: Int) -> [Double] {
        [1 / (Double(number) + 3), .infinity, -.infinity, .nan, -0.0, .leastNonzeroMagnitude, 1e300 / 7]
    }

    private func bits(_ pieces: [[Double]]) -> [[UInt64]] { pieces.map { $0.map(\.bitPattern) } }

    /// Computes ten pieces, stopping at one where it is given, and says which ones were computed.
    private func run(stopAt: Int? = nil, identity: String = "a", keptIn path: String?) throws -> ([[Double]], [Int]) {
        var computed: [Int] = []
        let pieces = try inPieces(10, label: nil, keptIn: path, identity: identity) { number in
            if number == stopAt { throw Stop() }
            computed.append(number)
            return Self.piece(number)
        }
        return (pieces, computed)
    }

    @Test func `Work that was stopped goes on where it was, and ends with the same bits`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let whole = try run(keptIn: nil).0
        #expect(throws: Stop.self) { try run(stopAt: 4, keptIn: path) }
        let (pieces, computed) = try run(keptIn: path)
        #expect(computed == Array(4..<10))
        #expect(bits(pieces) == bits(whole))
        #expect(try run(keptIn: path).1.isEmpty)
    }

    @Test func `Pieces of numbers that there are none of are left alone`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let whole = try run(keptIn: path).0
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try Data(text.replacing("\"number\":3,", with: "\"number\":-3,").utf8).write(to: URL(fileURLWithPath: path))
        let (pieces, computed) = try run(keptIn: path)
        #expect(computed == [3] && bits(pieces) == bits(whole))
    }

    @Test func `A line that was cut short anywhere is computed again`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let whole = try run(keptIn: path).0
        let file = try #require(FileManager.default.contents(atPath: path))
        let lines = file.split(separator: UInt8(ascii: "\n")).map { Data($0) }
        let start = file.count - lines.last!.count - 1
        for length in [
            0, 1, 20, lines[0].count, lines[0].count + 1, lines[0].count + 5, start, start + 7, file.count - 1,
        ] {
            try file.prefix(length).write(to: URL(fileURLWithPath: path))
            let (pieces, computed) = try run(keptIn: path)
            #expect(bits(pieces) == bits(whole))
            #expect(computed.isEmpty == (length >= file.count - 1), "\(length)")
            // The file is whole again.
            #expect(try run(keptIn: path).1.isEmpty)
        }
    }

    @Test func `Pieces of other work are not taken`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try run(keptIn: path)
        #expect(try run(identity: "b", keptIn: path).1 == Array(0..<10))
    }

    @Test func `A file that can't be written is an error that names it`() {
        #expect(throws: FileError.self) { try run(keptIn: "/proc/pieces/file") }
    }
}
