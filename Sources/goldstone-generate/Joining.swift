import Foundation
import HDF5
import Support

/// Joins the chunks into one file. The classes alternate in proportion to their numbers, so that any stretch of the file
/// is a fair sample; within a class the order is the order of generation, so the jets of an event stay close.
struct Joining {
    let settings: Settings
    let record: [String: String]
    let output: String
    let folder: String

    /// - Returns: what the chunks of each class took.
    /// - Complexity: memory is one chunk of each class.
    /// - Throws: ``HDF5Error``, for a full disk above all; the chunks stay.
    func run(_ chunks: [Chunk]) throws -> [(jetClass: JetClass, count: Int, yield: ChunkYield)] {
        let constituents = settings.storage.constituents
        var streams = settings.counts.byClass.map { jetClass, count in
            ClassStream(jetClass, count: count, chunks: chunks.filter { $0.jetClass == jetClass }, folder: folder)
        }
        let total = streams.reduce(0) { $0 + $1.count }
        let file = try JetFileWriter(
            path: output, rows: total, constituents: constituents, allColumns: settings.storage.columns == .all,
            withAxes: false,
            deflate: settings.storage.deflate)
        let progress = ProgressLine("writing \(output)", total: Double(total), unit: "jets")
        var piece = JetBatch(rows: file.pieceRows, constituents: constituents)
        for row in 0..<total {
            // The class that is most behind its share; the first of those that are level.
            let share = Double(row + 1) / Double(total)
            var next = 0
            var most = -Double.infinity
            for (index, stream) in streams.enumerated() where share * Double(stream.count) - Double(stream.taken) > most
            {
                (next, most) = (index, share * Double(stream.count) - Double(stream.taken))
            }
            try streams[next].appendNext(to: &piece, constituents: constituents)
            if piece.count == file.pieceRows || row + 1 == total {
                try file.append(piece)
                progress.advance(by: Double(piece.count))
                piece = JetBatch(rows: file.pieceRows, constituents: constituents)
            }
        }
        try describe(file, streams)
        try file.close()
        progress.finish()
        return streams.map { ($0.jetClass, $0.count, $0.yield) }
    }

    private func describe(_ file: JetFileWriter, _ streams: [ClassStream]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try file.setAttribute("settings", .string(String(decoding: encoder.encode(record), as: UTF8.self)))
        try file.setAttribute("generator", .string(Citations.versions(record)))
        try file.setAttribute("seed", .integer(Int64(settings.seed)))
        try file.setAttribute("columnsNotComputed", .strings(JetColumns.notComputed))
        try file.setAttribute("citations", .strings(Citations.all))
        try file.setAttribute("classes", .strings(streams.map(\.jetClass.rawValue)))
        try file.setAttribute("jetsOfClass", .integers(streams.map { Int64($0.count) }))
        try file.setAttribute("eventsTriedOfClass", .integers(streams.map { Int64($0.yield.events) }))
        try file.setAttribute("crossSectionOfClass", .numbers(streams.map(\.yield.crossSection)))
        try file.setAttribute("crossSectionErrorOfClass", .numbers(streams.map(\.yield.crossSectionError)))
        try file.setAttribute("units", .string("GeV; cross-sections in pb, of the hard process within its pT window"))
    }
}

/// The jets of one class, chunk after chunk, one chunk in memory.
private struct ClassStream {
    let jetClass: JetClass
    let count: Int
    private(set) var taken = 0
    private(set) var yield = ChunkYield.zero
    private var waiting: ArraySlice<Chunk>
    private let folder: String
    private var batch = JetBatch(rows: 0, constituents: 0)
    private var row = 0

    init(_ jetClass: JetClass, count: Int, chunks: [Chunk], folder: String) {
        self.jetClass = jetClass
        self.count = count
        self.folder = folder
        waiting = chunks[...]
    }

    mutating func appendNext(to piece: inout JetBatch, constituents: Int) throws {
        if row == batch.count {
            let chunk = try ChunkFile(path: "\(folder)/\(waiting.removeFirst().fileName)")
            (batch, row) = (chunk.batch, 0)
            yield = yield + chunk.yield
        }
        piece.append(row: row, of: batch, constituents: constituents)
        row += 1
        taken += 1
    }
}
