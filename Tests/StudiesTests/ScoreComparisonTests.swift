import Foundation
import HDF5
import Report
import Statistics
import Studies
import Testing

/// Invented score files in a folder that goes with the test.
private final class ScoreFolder {
    let path = NSTemporaryDirectory() + "scores-\(UUID())"
    private var state: UInt64

    init(seed: UInt64 = 1) throws {
        state = seed
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A uniform number (a linear congruential generator's upper bits).
    func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (Double(state >> 33) + 0.5) / Double(1 << 31)
    }

    /// An almost normal number.
    func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }

    /// Writes datasets as given.
    func write(
        _ name: String, logits: [Double], labels: [Int32], index: [Int64]? = nil, events: [Int64]? = nil,
        variant: String? = nil, seed: UInt64? = nil
    ) throws -> String {
        let file = try HDF5Writer(path: "\(path)/\(name)")
        try file.addDataset("logit", of: Double.self, chunkRows: 64).append(logits)
        try file.addDataset("label", of: Int32.self, chunkRows: 64).append(labels)
        if let index { try file.addDataset("index", of: Int64.self, chunkRows: 64).append(index) }
        if let events { try file.addDataset("event", of: Int64.self, chunkRows: 64).append(events) }
        if let variant { try file.setAttribute("variant", .string(variant)) }
        if let seed { try file.setAttribute("seed", .string("\(seed)")) }
        try file.close()
        return "\(path)/\(name)"
    }

    /// Two variants with three seeds each, on 400 jets in 200 events.
    func study() throws -> [String] {
        let labels = (0..<400).map { _ in Int32(uniform() < 0.5 ? 1 : 0) }
        let common = labels.map { Double($0) * 1.5 + normal() }
        return try ["unconstrained", "constrained"].flatMap { variant in
            try (1...3).map { seed in
                let noise = variant == "constrained" ? 0.4 : 0.9
                return try write(
                    "\(variant)-\(seed).h5", logits: common.map { $0 - 0.75 + noise * normal() }, labels: labels,
                    index: (0..<400).map { Int64($0) }, events: (0..<400).map { Int64($0 / 2) }, variant: variant,
                    seed: UInt64(seed))
            }
        }
    }
}

struct ScoreComparisonTests {
    @Test func `Says what the formulas say, for every tagger and every pair`() throws {
        let folder = try ScoreFolder()
        let files = try folder.study().map { try ScoreFile(contentsOf: $0) }
        let found = try ScoreComparison(files, resamples: 400, byEvent: false)
        let exact = try AreasUnderROC(files.map(\.jets))
        #expect(found.taggers.map(\.name).prefix(2) == ["unconstrained, seed 1", "unconstrained, seed 2"])
        #expect(found.comparisons.count == 15 && !found.bootstrap.byEvent && found.bootstrap.units == 400)
        for (tagger, area) in zip(found.taggers, exact.areas) {
            #expect(tagger.rocAUCByDeLong == area.interval() && tagger.rocAUC.value == area.value)
            // The bootstrap agrees with the formula, to the error of its 400 resamples.
            let widths = [tagger.rocAUC, tagger.rocAUCByDeLong].map { $0.upper - $0.lower }
            #expect(abs(widths[0] / widths[1] - 1) < 0.25)
        }
        for (comparison, pair) in zip(found.comparisons, exact.comparisons) {
            #expect(comparison.rocAUCByDeLong == pair.interval() && comparison.pValue == pair.pValue)
            #expect(abs(comparison.rocAUC.value - pair.difference) < 1e-12)
        }
        #expect(found.comparisons.map(\.holmPValue) == holmAdjusted(exact.comparisons.map(\.pValue)))
        let first = files[0].jets, curve = ROCCurve(first)
        #expect(found.taggers[0].accuracy.value == first.accuracy().value)
        let rejections = found.taggers[0].backgroundRejections.map(\.value)
        #expect(
            rejections
                == Evaluation.signalEfficiencies.map {
                    curve.operatingPoint(signalEfficiency: $0).backgroundRejection.value
                })
    }

    @Test func `Seeds and variants are told apart by what the files say of themselves`() throws {
        let folder = try ScoreFolder(seed: 2)
        let paths = try folder.study()
        // One seed fewer of the second variant.
        let files = try paths.dropLast().map { try ScoreFile(contentsOf: $0) }
        let found = try ScoreComparison(files, resamples: 200)
        #expect(found.bootstrap.byEvent && found.bootstrap.units == 200)
        #expect(found.variants.map(\.variant) == ["unconstrained", "constrained"])
        #expect(found.variants.map(\.seeds) == [[1, 2, 3], [1, 2]])
        let areas = try AreasUnderROC(files.map(\.jets)).areas.map(\.value)
        #expect(found.variants[0].rocAUC.values == Array(areas[0..<3]))
        let pair = try #require(found.pairedVariants.first)
        #expect(found.pairedVariants.count == 1 && pair.first == "unconstrained" && pair.seeds == [1, 2])
        #expect(pair.rocAUC.differences.values == [areas[0] - areas[3], areas[1] - areas[4]])
        #expect(pair.rocAUC.interval == pair.rocAUC.differences.interval())
        // Differences share most of the jets' fluctuation: their error is below that of an area.
        #expect(pair.rocAUC.errors.testSetStandardError < found.variants[0].rocAUC.testSetStandardError)
        #expect(found.tables.count == 4)
        #expect(found.tables.map(\.plain).allSatisfy { !$0.contains("NaN") })
    }

    @Test func `One tagger alone, without names, is evaluated`() throws {
        let folder = try ScoreFolder()
        let labels = (0..<60).map { Int32($0 % 2) }
        let path = try folder.write("own.h5", logits: labels.map { Double($0) + folder.normal() }, labels: labels)
        let file = try ScoreFile(contentsOf: path)
        let found = try ScoreComparison([file], resamples: 100)
        #expect(found.taggers.map(\.name) == [path] && found.comparisons.isEmpty && found.tables.count == 1)
        #expect(!found.bootstrap.byEvent && found.figure(title: "x").panels.count == 1)
    }

    @Test func `Threads and their number change nothing`() throws {
        let folder = try ScoreFolder()
        let files = try folder.study().prefix(2).map { try ScoreFile(contentsOf: $0) }
        func encoded(_ threads: Int) throws -> Data {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            return try encoder.encode(ScoreComparison(files, resamples: 150, threads: threads))
        }
        #expect(try encoded(1) == encoded(3))
    }

    @Test func `Scores of other jets are refused, with the row`() throws {
        let folder = try ScoreFolder()
        let labels: [Int32] = [1, 0, 1, 0], logits = [1.0, 0, 2, 1]
        let index: [Int64] = [0, 1, 2, 3]
        func read(_ name: String, _ labels: [Int32], _ index: [Int64]?, _ logits: [Double]) throws -> ScoreFile {
            try ScoreFile(contentsOf: folder.write(name, logits: logits, labels: labels, index: index))
        }
        let first = try read("a.h5", labels, index, logits)
        let others = [
            (2, try read("b.h5", [1, 0, 0, 1], index, logits)), (1, try read("c.h5", labels, [0, 7, 2, 3], logits)),
            (3, try read("d.h5", [1, 0, 1], nil, [1, 0, 2])),
        ]
        for (row, other) in others {
            let error = #expect(throws: ScoreFileError.self) { try ScoreComparison([first, other], resamples: 100) }
            #expect(error == .jetsDiffer(file: first.path, other: other.path, row: row))
        }
    }

    @Test func `Damaged and senseless files are named`() throws {
        let folder = try ScoreFolder()
        func error(_ name: String, _ write: (String) throws -> String) -> String {
            do {
                _ = try ScoreFile(contentsOf: write(name))
                return ""
            } catch { return "\(error)" }
        }
        let label = error("label.h5") { try folder.write($0, logits: [1, 2], labels: [1, 4]) }
        #expect(label.contains("label.h5") && label.contains("row 1") && label.contains("4"))
        let nan = error("nan.h5") { try folder.write($0, logits: [1, .nan, 0], labels: [1, 0, 1]) }
        #expect(nan.contains("nan.h5") && nan.contains("row 1: logit is “nan”"))
        let short = error("short.h5") { try folder.write($0, logits: [1, 2, 0], labels: [1, 0, 1], index: [1]) }
        #expect(short.contains("short.h5: index has 1 rows and logit 3"))
        let single = error("single.h5") { try folder.write($0, logits: [1, 2], labels: [1, 1]) }
        #expect(single.contains("background"))
        let missing = error("none.h5") { "\(folder.path)/\($0)" }
        #expect(missing.contains("none.h5"))
        let matrix = error("matrix.h5") { name in
            let file = try HDF5Writer(path: "\(folder.path)/\(name)")
            try file.addDataset("logit", of: Double.self, rowShape: [2], chunkRows: 64).append([1, 2, 3, 4])
            try file.close()
            return "\(folder.path)/\(name)"
        }
        #expect(matrix.contains("matrix.h5") && matrix.contains("there are logit:0, logit:1"))
    }
}
