import Foundation
import HDF5
import Jets
import Testing

/// What the reader gives, against the made-up jets that were written.
@Suite struct ReadingTests {
    func read(_ file: SyntheticFile, _ reader: JetReader) throws -> JetData {
        try withScratchFolder { folder in
            try file.write(folder + "/jets.h5")
            return try reader.read([folder + "/jets.h5"])
        }
    }

    @Test(arguments: [1, 8, 40])
    func leadingConstituentsInOrder(n: Int) throws {
        let file = SyntheticFile(everyClass(50))
        let jets = try read(file, JetReader(constituents: n, constituentMassSquaredClamp: false))
        #expect(jets.count == 50 && jets.constituents == n)
        var expected: [Float] = []
        for jet in file.constituents {
            for slot in 0..<n {
                let p: [Double] = slot < jet.count ? jet[slot] : [0, 0, 0, 0]
                expected += [Float(p[3]), Float(p[0]), Float(p[1]), Float(p[2])]
            }
        }
        #expect(jets.fourMomenta == expected)
        #expect(jets.counts == file.constituents.map { Int32($0.count) })
        #expect((0..<50).map { jets.jetClass($0) } == everyClass(50))
        #expect(jets.index == Array(0..<50))
        #expect(jets.eventIndex == Array(0..<50))
        #expect(jets.classCounts == JetClass.published.map { JetCount($0, 10) })
    }

    @Test func sumsRunOverAllConstituentsInDouble() throws {
        let file = SyntheticFile(everyClass(20))
        let jets = try read(file, JetReader(constituents: 2, constituentMassSquaredClamp: false))
        for (jet, constituents) in file.constituents.enumerated() {
            for (component, column) in [3, 0, 1, 2].enumerated() {
                let sum = constituents.reduce(0) { $0 + $1[column] }
                #expect(
                    abs(jets.jetMomenta[4 * jet + component] - sum) <= 1e-12
                        * constituents.reduce(0) { $0 + abs($1[column]) })
            }
        }
    }

    @Test func columnsAreFoundByName() throws {
        let file = SyntheticFile(everyClass(30))
        var shuffled = file
        shuffled.particleNames = Array(SyntheticFile.particleNames[..<16].reversed()) + ["j1_pdgid"]
        shuffled.jetNames = SyntheticFile.jetNames.reversed()
        let plain = try read(file, JetReader())
        let other = try read(shuffled, JetReader())
        #expect(plain.fourMomenta == other.fourMomenta)
        #expect(plain.classes == other.classes)
    }

    @Test func onlyTheColumnsThatAreReadNeedBeThere() throws {
        var file = SyntheticFile([.gluon, .w, .gluon])
        let whole = try read(file, JetReader())
        file.particleNames = ["j1_e", "j1_pz", "j1_py", "j1_px"]
        file.particleColumns = 4
        file.jetNames = ["j_w", "j_g"]
        let lean = try read(file, JetReader(classes: [.gluon, .w]))
        #expect(lean.fourMomenta == whole.fourMomenta && lean.classes == whole.classes)
    }

    @Test func classesAreSelectedWithTheirPlaces() throws {
        let file = SyntheticFile(everyClass(25))
        let all = try read(file, JetReader())
        let chosen = try read(file, JetReader(classes: [.w, .gluon]))
        #expect(chosen.index == [0, 2, 5, 7, 10, 12, 15, 17, 20, 22])
        #expect(chosen.fourMomenta == all.subset(chosen.index.map { Int($0) }).fourMomenta)
        let selected = try all.selecting([.gluon, .w])
        #expect(selected.fourMomenta == chosen.fourMomenta && selected.index == chosen.index)
        #expect(selected.jetMomenta == chosen.jetMomenta && selected.counts == chosen.counts)
    }

    @Test func subsetsPickWholeJetsInTheOrderGiven() throws {
        let all = try read(SyntheticFile(everyClass(10)), JetReader(constituents: 3))
        let some = all.subset([7, 2, 2])
        #expect(some.index == [7, 2, 2])
        for (place, jet) in [7, 2, 2].enumerated() {
            #expect(
                some.fourMomenta[12 * place..<12 * place + 12].elementsEqual(all.fourMomenta[12 * jet..<12 * jet + 12]))
            #expect(some.jetMomenta[4 * place..<4 * place + 4].elementsEqual(all.jetMomenta[4 * jet..<4 * jet + 4]))
        }
    }

    /// Massless constituents at 1 TeV, as detectors and generators give them: rounding makes about half spacelike.
    @Test func clampMakesEveryConstituentTimelike() throws {
        var file = SyntheticFile(everyClass(60))
        for jet in file.constituents.indices {
            for slot in file.constituents[jet].indices {
                let p = file.constituents[jet][slot]
                file.constituents[jet][slot][3] = Double(Float((p[0] * p[0] + p[1] * p[1] + p[2] * p[2]).squareRoot()))
            }
        }
        func spacelike(_ jets: JetData) -> Int {
            stride(from: 0, to: jets.fourMomenta.count, by: 4).count { at in
                let p = jets.fourMomenta[at..<at + 4].map { Double($0) }
                return p[0] * p[0] < p[1] * p[1] + p[2] * p[2] + p[3] * p[3]
            }
        }
        let raw = try read(file, JetReader(constituentMassSquaredClamp: false))
        let clamped = try read(file, JetReader())
        #expect(spacelike(raw) > 100)
        #expect(spacelike(clamped) == 0)
        for at in raw.fourMomenta.indices {
            if at % 4 != 0 { #expect(raw.fourMomenta[at] == clamped.fourMomenta[at]) }
            // Two units in the last place: rounding of the momentum and of the energy.
            #expect(abs(raw.fourMomenta[at] - clamped.fourMomenta[at]) <= 2 * raw.fourMomenta[at].ulp)
        }
    }

    @Test func eventNumbersAreReadAndKeptApartBetweenFiles() throws {
        try withScratchFolder { folder in
            var first = SyntheticFile(everyClass(6))
            var second = SyntheticFile(everyClass(4), seed: 2)
            first.events = [10, 10, 11, 12, 12, 13]
            second.events = [10, 11, 11, 10]
            try first.write(folder + "/jets_1.h5")
            try second.write(folder + "/jets_2.h5")
            let one = try JetReader().read([folder + "/jets_1.h5"])
            #expect(one.eventIndex == [10, 10, 11, 12, 12, 13])
            let both = try JetReader().read([folder])
            #expect(both.eventIndex == [10, 10, 11, 12, 12, 13, 14, 15, 15, 14])
            #expect(both.index == Array(0..<10))
            let some = try JetReader(classes: [.gluon]).read([folder])
            #expect(some.eventIndex == [10, 13, 14] && some.index == [0, 5, 6])
        }
    }

    /// The images take most of a real file. Here their storage is destroyed: whoever touches them fails.
    @Test func imagesAreNotRead() throws {
        try withScratchFolder { folder in
            let path = folder + "/jets.h5"
            let file = SyntheticFile(everyClass(10))
            try file.write(path, images: true)
            let whole = try JetReader().read([path])
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            for at in bytes.count / 2..<bytes.count / 2 + 5000 { bytes[at] = 0xFF }
            try bytes.write(to: URL(fileURLWithPath: path))
            #expect(throws: HDF5Error.self) { try HDF5File(path: path).dataset("jetImage").read(Double.self) }
            #expect(try JetReader().read([path]).fourMomenta == whole.fourMomenta)
        }
    }
}
