import Foundation
import Jets
import Testing

/// The full size of the published data set: 88 files of 10,000 jets with 150 slots and 16 columns in double. Runs with
/// GOLDSTONE_HEAVY=1.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["GOLDSTONE_HEAVY"] == "1"), .serialized)
struct HeavyReadingTests {
    static let memoryLimit = 4_000_000_000

    /// The most memory that this process has held since ``forgetPeak()``, in bytes.
    static func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.split(separator: " ").first { Int($0) != nil } ?? "")) * 1024
    }

    /// The kernel starts to measure the peak anew.
    static func forgetPeak() throws {
        let file = try #require(FileHandle(forWritingAtPath: "/proc/self/clear_refs"))
        try file.write(contentsOf: Data("5".utf8))
        try file.close()
    }

    static func report(_ what: String, jets: Int, since start: Date, files: Int) throws {
        let seconds = -start.timeIntervalSinceNow
        print(
            "\(what): \(jets) jets from \(files) files in \(String(format: "%.1f", seconds)) s, "
                + "\(Int(Double(jets) / seconds)) jets/s, peak memory \(try peakMemory() / 1_000_000) MB")
    }

    @Test func allJetsOfTheDataSetFitInMemory() throws {
        try withScratchFolder { folder in
            let path = folder + "/jets.h5"
            try SyntheticFile(everyClass(500), slots: 150).write(path, repeats: 20)
            try Self.forgetPeak()
            let start = Date()
            let jets = try JetReader().read([String](repeating: path, count: 88))
            try Self.report("files", jets: jets.count, since: start, files: 88)
            #expect(jets.count == 880_000)
            #expect(jets.fourMomenta.count == 880_000 * 32 * 4)
            #expect(Set(jets.eventIndex).count == 880_000)
            #expect(try Self.peakMemory() < Self.memoryLimit)
        }
    }

    /// The same jets in scratch files, divided.
    @Test func jetsInFilesTakeAFewBytesOfMemoryEach() throws {
        try withScratchFolder { folder in
            let path = folder + "/jets.h5"
            try SyntheticFile(everyClass(500), slots: 150).write(path, repeats: 20)
            let before = try Self.anonymousMemory(), storage = JetStorage(limit: 0, folder: folder)
            let jets = try JetReader(storage: storage).read([String](repeating: path, count: 88))
            let split = try SplitSettings(
                training: .fraction(0.8), validation: .fraction(0.1), test: .rest, order: .hash(seed: 1)
            ).split(jets)
            #expect(split.training.count == 704_000)
            // 16 · 32 + 53 bytes a jet, twice.
            #expect(storage.used == (0, 880_000 * 2 * 565))
            #expect(try Self.anonymousMemory() - before < 100_000_000)
        }
    }

    static func anonymousMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
        return try #require(Int(line.split(separator: " ").first { Int($0) != nil } ?? "")) * 1024
    }

    @Test func archivesAreReadInBoundedMemory() throws {
        try withScratchFolder { folder in
            for name in 1...10 {
                try SyntheticFile(everyClass(500), slots: 150, seed: UInt64(name)).write(
                    "\(folder)/\(name).h5", repeats: 20)
            }
            try tar(["-czf", "jets.tar.gz"] + (1...10).map { "\($0).h5" }, in: folder)
            try Self.forgetPeak()
            let start = Date()
            let jets = try JetReader().read([folder + "/jets.tar.gz"])
            try Self.report("archive", jets: jets.count, since: start, files: 10)
            #expect(jets.count == 100_000)
            #expect(try Self.peakMemory() < Self.memoryLimit)
        }
    }

    @Test func inspectionIsStreamed() throws {
        try withScratchFolder { folder in
            let path = folder + "/jets.h5"
            try SyntheticFile(everyClass(500), slots: 150).write(path, repeats: 20)
            try Self.forgetPeak()
            let before = try Self.peakMemory()
            let start = Date()
            let inspection = try JetInspector().inspect([String](repeating: path, count: 20))
            try Self.report("inspection", jets: inspection.jets, since: start, files: 20)
            #expect(inspection.soundJets == 200_000)
            // 24 bytes a jet and one block, however many files there are.
            #expect(try Self.peakMemory() - before < 200_000_000)
        }
    }
}
