import Columns
import Foundation
import Jets
import Networks
import Report
import Studies
import Support
import Training

extension FuzzTarget {
    /// Every parser of ours. What HDF5, YAML's and JSON's libraries parse is theirs; what we make of it is here.
    static let all: [FuzzTarget] = [
        safetensors, npy, npz, csv, pickle, study, archive, checkpoint, weights, record, figure, pieces,
    ]

    private static func fixture(_ name: String) -> Data {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return (try? Data(contentsOf: tests.appendingPathComponent(name))) ?? Data()
    }

    /// The bytes that something writes into a file.
    private static func written(_ write: (String) throws -> Void) -> Data {
        let path = NSTemporaryDirectory() + "goldstone-fuzz-seed-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            try write(path)
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            fatalError("a seed can't be written: \(error)")
        }
    }

    // MARK: Arrays and columns

    static let safetensors = FuzzTarget(
        "safetensors",
        seeds: [SafetensorsSeed.plain, SafetensorsSeed.types].map { seed in written { try seed.write(to: $0) } },
        dictionary: [
            "\"dtype\"", "\"shape\"", "\"data_offsets\"", "__metadata__", "\"F32\"", "\"BF16\"", "[0,0]", "\\\"",
            "\\u0061",
        ], errors: [SafetensorsError.self], repair: SafetensorsSeed.repaired
    ) { data, _ in
        let file = try Safetensors(data, file: "x.file")
        for tensor in file.tensors {
            _ = try? tensor.floats()
            _ = try? tensor.doubles()
            _ = try? tensor.integers()
        }
        try file.check(SafetensorsSeed.plain.tensors.map { ($0.name, $0.shape) }, file: "x.file")
    }

    static let npy = FuzzTarget(
        "npy",
        seeds: (1...3).map { fixture("ColumnsTests/Fixtures/version\($0).npy") }
            + [NumPyArray.bytes(of: .integers([1, 2, .max]))],
        dictionary: [
            "'descr'", "'fortran_order'", "'shape'", "True", "(2, 2)", "(3,)", "'>f4'", "'|b1'", "'<f2'", "|O",
            "[('a', '<f4')]",
        ], errors: [ColumnsError.self]
    ) { data, _ in
        let array = try NumPyArray(data, file: "x.file")
        guard (1...2).contains(array.shape.count) else { return }
        for column in 0..<(array.shape.count == 2 ? min(array.shape[1], 3) : 1) {
            _ = array.numbers(column: column)
            _ = array.integers(column: column)
        }
    }

    static let npz = FuzzTarget(
        "npz",
        seeds: [
            fixture("ColumnsTests/Fixtures/deflated.npz"),
            written {
                try NumPyArchive.write([.init("logit", [0.5, 1]), .init("label", [0, 1] as [Int64])], to: $0)
            },
        ], dictionary: ["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}", ".npy"],
        errors: [ColumnsError.self]
    ) { data, _ in
        let archive = try NumPyArchive(data, file: "x.file")
        for name in archive.names { _ = try archive.array(name).shape }
    }

    static let csv = FuzzTarget(
        "csv",
        seeds: [
            "name,logit,label,event\nfirst,0.25,1,3\n\"b, \"\"c\"\"\",-1e-3,0,-4\n", "1 0.5\n0 0.75\n",
            "# a;b\r\n1;2\r\n3;4\r\n",
            "a\tname\n1\t\"two\nlines\"\n3\t4", "a,b\n1,2\n3,4\n",
        ].map { Data($0.utf8) },
        dictionary: [",", ";", "\"", "\"\"", "\r\n", "\n", "\t", "#", "nan", "inf", "True", "0x10"],
        errors: [ColumnsError.self]
    ) { data, _ in
        let file = try CSVFile(data, file: "x.file")
        for name in file.names where name == "name" { _ = try file.read(numbers: file.names.filter { $0 != name }) }
        _ = try file.read(numbers: file.names.filter { $0 != "name" }, integers: file.names.filter { $0 == "event" })
    }

    /// The list of names of a pandas table, which throws nothing.
    static let pickle = FuzzTarget(
        "pickle",
        seeds: [Data("(lp0\nVE_0\np1\naVPX_0\np2\nag1\na.".utf8), Data("(lp0\nS'E_0'\np1\naS'PX_0'\np2\na.".utf8)],
        dictionary: ["(lp0\n", "V", "S'", "p1\n", "g1\n", "a", ".", "cos\nsystem\n", "tR"], errors: [PickleRefused.self]
    ) { data, _ in
        let text = String(decoding: data, as: UTF8.self)
        guard let names = pickledStrings(text) else { throw PickleRefused(kind: text.unicodeScalars.count % 7) }
        // A list can't be longer than what it is read from: no bomb of references.
        guard names.reduce(0, { $0 + $1.utf8.count }) <= data.count * data.count else {
            throw CocoaError(.fileReadTooLarge)
        }
    }

    private struct PickleRefused: Error, CustomStringConvertible {
        let kind: Int
        var description: String { "x.file is refused, kind \("abcdefg".dropFirst(kind).prefix(1))" }
    }

    // MARK: Settings and archives

    static let study = FuzzTarget(
        "study",
        seeds: Preset.allCases.map { Data((try? $0.settings.yaml())?.utf8 ?? "".utf8) } + [
            fixture("Check/study.yaml"), Data("a: &a [1, 2]\n".replacing("a:", with: "seeds:").utf8),
            Data("preset: smoke\nname: x\ndata: {files: [a.h5, 'b*.h5'], trainingJets: 100}\nseeds: [1, 2]\n".utf8),
        ],
        dictionary: [
            "&a ", "*a", "- ", ": ", "{", "}", "[", "]", "|\n", "!!int ", "<<: ", "? ", "preset: quick\n", "1e300", "~",
            "---\n",
            "variants:\n", "seeds: ", "data:\n",
        ], errors: [SettingsError.self]
    ) { data, _ in
        let settings = try StudySettings(yaml: String(decoding: data, as: UTF8.self), file: "x.file")
        _ = try settings.yaml()
    }

    static let archive = FuzzTarget(
        "archive", seeds: [TarSeed.plain, TarSeed.extended],
        dictionary: ["ustar", "L", "x", "12 size=9999\n", "11 path=a\n"],
        needsFile: true, errors: [JetsError.self], repair: TarSeed.repaired
    ) { _, path in
        var bytes = 0
        try TarArchive(path: path).forEachMember(where: { !$0.hasSuffix(".txt") }) { bytes += $0.utf8.count + $1.count }
    }

    // MARK: What runs leave behind

    static let checkpoint = FuzzTarget(
        "checkpoint", seeds: [CheckpointSeed.whole],
        dictionary: ["theta", "first_moment", "\"epoch\":", "\"step\":", "\\\""],
        needsFile: true, errors: [SafetensorsError.self, FileError.self], repair: CheckpointSeed.repaired
    ) { _, path in _ = try Checkpoint(contentsOf: path) }

    static let weights = FuzzTarget(
        "weights", seeds: WeightsSeed.all,
        dictionary: [
            "\\\"width\\\":", "\\\"heads\\\":0", "\\\"kind\\\":\\\"deepSets\\\"", "\\\"kind\\\":\\\"mlp\\\"",
            "\\\"layers\\\":-1",
            "\\\"dropout\\\":2", "goldstone",
        ], needsFile: true, errors: [SafetensorsError.self, FileError.self], repair: SafetensorsSeed.repaired
    ) { _, path in _ = try TrainedTagger(contentsOf: path) }

    static let record = FuzzTarget(
        "record", seeds: [RecordSeed.done, RecordSeed.failed],
        dictionary: [
            "{\"text\":\"a\"}", "{\"count\":3}", "{\"number\":1,\"digits\":4}", "{\"value\":1,\"error\":0}", "{}",
            "\"nan\"",
            "{\"value\":1,\"lower\":0,\"upper\":\"inf\",\"confidence\":0.95}", "{\"verdict\":\"undecided\"}",
            "\"digits\":-1",
        ], needsFile: true, errors: [FileError.self]
    ) { _, path in
        let record: StepRecord = try readJSON(from: path)
        // What `goldstone report` and `goldstone status` do with it.
        for table in record.shownTables { _ = (table.plain, table.markdown, table.latex) }
    }

    static let figure = FuzzTarget(
        "figure",
        seeds: [Data(#"{"mark":"line","data":{"values":[{"x":1,"y":null},{"x":1e300,"y":true}]},"width":380}"#.utf8)],
        dictionary: ["{\"a\":", "[", "]", "}", "null", "1e400", "\\uD800"], needsFile: true, errors: [FileError.self]
    ) { _, path in
        let value: JSONValue = try readJSON(from: path)
        _ = try json(value)
    }

    /// Work that goes on with the pieces that are there, and makes anew what can't be read.
    static let pieces = FuzzTarget(
        "pieces", seeds: [written { path in try piecesOfWork(keptIn: path) }],
        dictionary: ["{\"number\":", "\"piece\":", "-1", "\n"], needsFile: true, errors: []
    ) { _, path in try piecesOfWork(keptIn: path) }

    private static func piecesOfWork(keptIn path: String) throws {
        _ = try inPieces(4, label: nil, keptIn: path, identity: "a") { [Double($0), 0.5] }
    }
}
