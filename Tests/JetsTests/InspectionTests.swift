import Foundation
import HDF5
import Jets
import Testing

/// What an inspection says, against naive computations on the made-up jets and on the sample.
@Suite struct InspectionTests {
    @Test func countsAndKinematicsOfSoundJets() throws {
        try withScratchFolder { folder in
            let file = SyntheticFile(everyClass(200))
            try file.write(folder + "/jets.h5")
            let inspection = try JetInspector().inspect([folder])
            #expect(inspection.jets == 200 && inspection.soundJets == 200 && inspection.problems == [])
            #expect(inspection.files.map(\.name) == ["jets.h5"])
            #expect(inspection.classes.map(\.jetClass) == JetClass.published)
            let tops = zip(everyClass(200), file.constituents).filter { $0.0 == .top }.map(\.1)
            let summary = try #require(inspection.classes.last)
            let multiplicities = tops.map { Double($0.count) }.sorted()
            #expect(summary.jets == 40)
            #expect(
                summary.multiplicity.minimum == multiplicities[0] && summary.multiplicity.maximum == multiplicities[39])
            #expect(summary.multiplicity.median == (multiplicities[19] + multiplicities[20]) / 2)
            // 5 % of 39 steps is 1.95 steps from the least.
            #expect(
                abs(summary.multiplicity.quantile5 - (multiplicities[1] * 0.05 + multiplicities[2] * 0.95)) < 1e-9)
            #expect(abs(summary.meanMultiplicity - multiplicities.reduce(0, +) / 40) < 1e-9)
            #expect(summary.fractionWithAtLeast32 == Double(multiplicities.count { $0 >= 32 }) / 40)
            let sums = tops.map { jet in (0..<4).map { column in jet.reduce(0) { $0 + $1[column] } } }
            let masses = sums.map { p in
                (p[3] * p[3] - p[0] * p[0] - p[1] * p[1] - p[2] * p[2]).squareRoot()
            }
            let pts = sums.map { hypot($0[0], $0[1]) }
            #expect(abs(summary.pt.maximum - pts.max()!) < 1e-9 && abs(summary.mass.minimum - masses.min()!) < 1e-6)
            let pseudorapidities = sums.map { p in
                let momentum = (p[0] * p[0] + p[1] * p[1] + p[2] * p[2]).squareRoot()
                return abs(0.5 * log((momentum + p[2]) / (momentum - p[2])))
            }
            #expect(abs(summary.largestAbsolutePseudorapidity - pseudorapidities.max()!) < 1e-9)
            #expect(summary.ptHistogram.counts.reduce(0, +) + summary.ptHistogram.above == 40)
            #expect(summary.fractionSpacelike == 0)
        }
    }

    /// Two constituents left and right of the axis along φ: their pixels are known.
    @Test func imageOfKnownConstituents() throws {
        try withScratchFolder { folder in
            var file = SyntheticFile([.quark])
            file.constituents = [
                [0.401, -0.401].map { phi in
                    let p = [50 * cos(phi), 50 * sin(phi), 0]
                    return p + [50.0]
                }
            ]
            try file.write(folder + "/jets.h5")
            let image = try #require(try JetInspector().inspect([folder]).classes.first).image
            #expect(image.count == 2500)
            // Pixels are 0.032 wide: Δη = 0 is in row 25, Δφ = ±0.401 in columns 37 and 12.
            let pt = 100 * cos(0.401)
            for (pixel, value) in image.enumerated() {
                let expected = pixel == 25 * 50 + 37 || pixel == 25 * 50 + 12 ? 50 / pt : 0
                #expect(abs(value - expected) < 1e-9)
            }
        }
    }

    @Test func allProblemsAreCountedWithTheirFirstPlace() throws {
        try withScratchFolder { folder in
            var file = SyntheticFile(everyClass(60))
            file.constituents[5][0][2] = .nan
            file.constituents[9][0][3] = -1
            file.constituents[50][0][0] = .infinity
            file.classValues[5] = [0, 0, 0, 0, 0]
            file.classValues[20] = [1, 1, 0, 0, 0]
            try file.write(folder + "/b_2.h5")
            try SyntheticFile(everyClass(10)).write(folder + "/b_10.h5")
            try Data("text".utf8).write(to: URL(fileURLWithPath: folder + "/a.h5"))
            let inspection = try JetInspector().inspect([folder])
            #expect(inspection.jets == 70 && inspection.soundJets == 66)
            #expect(inspection.files.map(\.name) == ["a.h5", "b_2.h5", "b_10.h5"])
            let counts = Dictionary(uniqueKeysWithValues: inspection.problems.map { ($0.kind, $0.count) })
            #expect(
                counts == ["notFinite": 2, "energyNotPositive": 1, "noClass": 1, "severalClasses": 1, "file": 1])
            let first = try #require(inspection.problems.first { $0.kind == "notFinite" }).first
            #expect(first.contains("b_2.h5: dataset jetConstituentList, row 5, constituent 0: j1_pz is nan"))
            #expect(inspection.problems.last?.first.contains("a.h5") == true)
            let written = folder + "/inspection.json"
            try JSONEncoder().encode(inspection).write(to: URL(fileURLWithPath: written))
            let read = try JSONDecoder().decode(
                JetInspection.self, from: Data(contentsOf: URL(fileURLWithPath: written)))
            #expect(read.problems == inspection.problems && read.jets == 70)
        }
    }

    @Test func damagedArchiveIsAProblemAndTheRestIsRead() throws {
        try withScratchFolder { folder in
            try SyntheticFile(everyClass(30)).write(folder + "/1.h5")
            try tar(["-czf", "1.tar.gz", "1.h5"], in: folder)
            let path = folder + "/1.tar.gz"
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
            let inspection = try JetInspector().inspect([path, folder + "/1.h5"])
            #expect(inspection.jets == 30)
            #expect(inspection.problems.map(\.kind) == ["file"])
            #expect(inspection.problems[0].first.contains(path))
        }
    }

    @Test func spacelikeConstituentsAreCounted() throws {
        try withScratchFolder { folder in
            var file = SyntheticFile([.w])
            file.constituents = [[[3, 0, 4, 5], [0, 2, 0, 1.5], [1, 0, 0, 0.9], [0.5, 0, 0, 0.6]]]
            try file.write(folder + "/jets.h5")
            let summary = try #require(try JetInspector().inspect([folder]).classes.first)
            #expect(summary.fractionSpacelike == 0.5)
            #expect(abs(summary.largestSpacelikeExcess - 0.25) < 1e-15)
        }
    }

    @Test func nothingThereIsAnError() {
        #expect(throws: JetsError.missingFile(path: "/nowhere.h5")) { try JetInspector().inspect(["/nowhere.h5"]) }
    }

    @Test func histogramBinsAndMode() {
        var histogram = Histogram(bins: 4, from: 0, to: 8)
        for value in [-1.0, 0, 1.999, 2, 5, 5.5, 7.999, 8, .nan, .infinity] { histogram.add(value) }
        #expect(histogram.counts == [2, 1, 2, 1])
        #expect(histogram.below == 1 && histogram.above == 3)
        #expect(histogram.mode == 1)
        #expect(Histogram(bins: 2, from: 0, to: 1).mode == nil)
    }
}
