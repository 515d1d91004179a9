import Foundation
import Jets
import Testing
import Torch

/// Jets that memory has no room for lie in scratch files, and are the same jets.
struct StorageTests {
    /// Files, and the same in an archive that has them in another order.
    private func write(in folder: String) throws -> [String] {
        let paths = (1...3).map { "\(folder)/jets_\($0).h5" }
        for (number, path) in paths.enumerated() {
            var file = SyntheticFile(everyClass(70), seed: UInt64(number + 1))
            file.events = (0..<70).map { Int64(5 + $0 / 2) }
            try file.write(path)
        }
        try tar(["-cf", "jets.tar", "jets_3.h5", "jets_1.h5", "jets_2.h5"], in: folder)
        return paths
    }

    private func expectSame(_ first: JetData, _ second: JetData) {
        #expect(first.fourMomenta == second.fourMomenta && first.jetMomenta == second.jetMomenta)
        #expect(first.counts == second.counts && first.classes == second.classes)
        #expect(first.eventIndex == second.eventIndex && first.index == second.index)
        #expect(first.files == second.files)
    }

    /// 0 keeps all in files, 40,000 some columns in memory.
    @Test(arguments: [0, 40_000], [17, 32])
    func `Reading and splitting give the same jets in files and in memory`(limit: Int, constituents: Int) throws {
        try withScratchFolder { folder in
            let paths = try write(in: folder)
            let storage = JetStorage(limit: limit, folder: "\(folder)/scratch")
            for source in [paths, ["\(folder)/jets.tar"]] {
                let plain = try JetReader(constituents: constituents).read(source)
                let kept = try JetReader(constituents: constituents, storage: storage).read(source)
                #expect(kept.fourMomenta.isInFile && kept.classes.isInFile == (limit == 0))
                #expect(storage.used.memory <= limit && storage.used.files > 4 * plain.count)
                expectSame(plain, kept)
                #expect(plain.fingerprint() == kept.fingerprint())
                let settings = SplitSettings(
                    training: .count(90), validation: .fraction(0.2), test: .rest, order: .hash(seed: 3))
                let parts = try (settings.split(plain), settings.split(kept))
                #expect(parts.1.training.fourMomenta.isInFile || limit > 0)
                expectSame(parts.0.training, parts.1.training)
                expectSame(parts.0.validation, parts.1.validation)
                expectSame(parts.0.test, parts.1.test)
                expectSame(try plain.selecting([.w, .top]), try kept.selecting([.w, .top]))
                expectSame(plain.subset([5, 2, 2]), kept.subset([5, 2, 2]))
            }
            #expect(storage.used == (0, 0))
            // Scratch files have no names.
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/scratch").isEmpty)
        }
    }

    @Test func `Copies and tensors stay as they are when a column goes on`() {
        var jets = JetData(constituents: 1)
        func add(_ energy: Float) {
            jets.append(
                momenta: [energy, 1, 0, 0], count: 1, jetClass: .w, sum: (2, 1, 0, 0), eventIndex: 1, index: 1)
        }
        add(2)
        let copy = jets, tensor = jets.fourMomenta.tensor([1, 4])
        for energy in 3..<100 { add(Float(energy)) }
        #expect(copy.count == 1 && copy.fourMomenta == [2, 1, 0, 0] && jets.count == 98)
        #expect(tensor.elements(Float.self) == [2, 1, 0, 0])
        #expect(jets.fourMomenta.enumerated().allSatisfy { $0 % 4 > 0 || $1 == Float(2 + $0 / 4) })
    }

    /// Many more jets than a piece, in an order that leads from every piece to every other.
    @Test func `Jets that are put in order piece by piece are those taken one by one`() throws {
        try withScratchFolder { folder in
            var jets = JetData(constituents: 2)
            for jet in 0..<5000 {
                jets.append(
                    momenta: (0..<8).map { Float(8 * jet + $0) }, count: jet, jetClass: .allCases[jet % 5],
                    sum: (Double(jet), 1, 2, 3), eventIndex: Int64(2 * jet), index: Int64(3 * jet))
            }
            let places = RandomStream(seed: 1, purpose: "places").permutation(5000).prefix(3333)
            let copy = try jets.copied(places.map { UInt32($0) }, to: JetStorage(limit: 0, folder: folder), piece: 100)
            expectSame(jets.subset(Array(places)), copy)
        }
    }

    @Test func `A folder that can't hold scratch files is an error that names it`() throws {
        try withScratchFolder { folder in
            let path = try write(in: folder)[0]
            let reader = JetReader(storage: JetStorage(limit: 0, folder: path))
            let error = #expect(throws: JetsError.self) { try reader.read([path]) }
            let message = try #require(error?.description)
            #expect(message.hasPrefix("\(path): the jets don't fit into memory"))
            #expect(message.contains("`data.scratch`") && message.contains("`data.memory`"))
            // A size that no file can have, which is what a full disk says at once.
            let storage = JetStorage(limit: 0, folder: folder)
            let full = #expect(throws: JetsError.self) {
                try Column<UInt8>(count: 1 << 60, in: storage) { _ in Issue.record("there is no such memory") }
            }
            #expect(full?.description.contains("1152921504607 MB of them here (") == true)
            #expect(storage.used == (0, 0))
        }
    }
}
