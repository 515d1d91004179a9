import Foundation
import HDF5
import Jets
import Testing

/// Files, folders, patterns and archives of the same jets give the same jets.
@Suite struct SourcesTests {
    static let names = (0..<12).map { "jetImage_\($0)_150p_\(10000 * $0)_\(10000 * ($0 + 1)).h5" }

    /// Twelve files of which each holds another number of jets, so that any other order shows.
    func write(_ folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (place, name) in Self.names.enumerated() {
            try SyntheticFile(everyClass(5 + place), seed: UInt64(place + 1)).write(folder + "/" + name)
        }
    }

    func expectSame(_ first: JetData, _ second: JetData) {
        #expect(first.fourMomenta == second.fourMomenta)
        #expect(first.classes == second.classes && first.counts == second.counts)
        #expect(first.jetMomenta == second.jetMomenta)
        #expect(first.eventIndex == second.eventIndex && first.index == second.index)
        #expect(first.fingerprint() == second.fingerprint())
    }

    @Test func filesAreCountedButThoseInArchives() throws {
        try withScratchFolder { folder in
            try write(folder + "/train")
            try tar(["-cf", "jets.tar", "train"], in: folder)
            #expect(try JetSources([folder + "/train", folder + "/train/\(Self.names[0])"]).fileCount == 13)
            #expect(try JetSources([folder + "/train", folder + "/jets.tar"]).fileCount == nil)
        }
    }

    @Test func folderPatternListAndArchivesAgree() throws {
        try withScratchFolder { folder in
            try write(folder + "/train")
            let one = try Self.names.map { try JetReader().read(["\(folder)/train/\($0)"]) }
            let listed = try JetReader().read(Self.names.map { "\(folder)/train/\($0)" })
            #expect(listed.fourMomenta == one.flatMap(\.fourMomenta))
            #expect(listed.files.map(\.name) == Self.names)
            #expect(Set(listed.eventIndex).count == listed.count)
            expectSame(listed, try JetReader().read([folder + "/train"]))
            expectSame(listed, try JetReader().read([folder + "/train/jetImage_*.h5"]))
            expectSame(
                listed,
                try JetReader().read([folder + "/train/jetImage_?_*.h5", folder + "/train/jetImage_1[01]_*.h5"]))
            // Members in an order that is not the natural one, beside a folder, a text and a hidden companion file.
            try Data("notes".utf8).write(to: URL(fileURLWithPath: folder + "/train/README.txt"))
            try Data("not HDF5".utf8).write(to: URL(fileURLWithPath: folder + "/train/._" + Self.names[0]))
            let members =
                ["train/README.txt", "train/._" + Self.names[0]] + Self.names.reversed().map { "train/\($0)" }
            for (format, name) in [("ustar", "a.tar.gz"), ("gnu", "b.tgz"), ("posix", "c.tar.gz")] {
                try tar(["--format=\(format)", "-czf", name] + members, in: folder)
                expectSame(listed, try JetReader().read([folder + "/" + name]))
            }
            try tar(["-cf", "plain.tar", "train"], in: folder)
            expectSame(listed, try JetReader().read([folder + "/plain.tar"]))
        }
    }

    @Test(arguments: ["ustar", "gnu", "posix"])
    func longMemberNames(format: String) throws {
        try withScratchFolder { folder in
            let deep = String(repeating: "a", count: 80) + "/" + String(repeating: "b", count: 60)
            try write(folder + "/" + deep)
            try tar(["--format=\(format)", "-czf", "long.tar.gz", deep], in: folder)
            expectSame(try JetReader().read(["\(folder)/\(deep)"]), try JetReader().read([folder + "/long.tar.gz"]))
        }
    }

    @Test func sourcesKeepTheOrderGiven() throws {
        try withScratchFolder { folder in
            try write(folder)
            let paths = [5, 0, 11].map { "\(folder)/\(Self.names[$0])" }
            #expect(try JetReader().read(paths).files.map(\.name) == [5, 0, 11].map { Self.names[$0] })
        }
    }

    @Test func progressTellsEachFile() throws {
        try withScratchFolder { folder in
            try write(folder)
            var told: [Int] = []
            _ = try JetReader().read([folder]) { _, jets in told.append(jets) }
            #expect(told == (1...12).map { files in (0..<files).reduce(0) { $0 + 5 + $1 } })
        }
    }

    @Test func fingerprintTellsJetsClassesAndOrderApart() throws {
        try withScratchFolder { folder in
            let path = folder + "/jets.h5"
            var file = SyntheticFile(everyClass(10))
            func fingerprint() throws -> DataFingerprint {
                try file.write(path)
                return try JetReader().read([path]).fingerprint()
            }
            let original = try fingerprint()
            #expect(original.jets == 10 && original.sha256.count == 64)
            #expect(original.files.map(\.name) == ["jets.h5"])
            #expect(try fingerprint() == original)
            file.constituents[3][0][3] *= 1.0001
            let moved = try fingerprint().sha256
            file = SyntheticFile(everyClass(10))
            file.classValues.swapAt(0, 1)
            let relabelled = try fingerprint().sha256
            file = SyntheticFile(everyClass(10))
            file.classValues.swapAt(0, 5)
            file.constituents.swapAt(0, 5)
            let reordered = try fingerprint().sha256
            #expect(Set([original.sha256, moved, relabelled, reordered]).count == 4)
        }
    }
}
