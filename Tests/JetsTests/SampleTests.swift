import Foundation
import HDF5
import Jets
import Testing

/// The physics of the sample that ships with the package, against what is published and against the file's own
/// observables, which its generator computed with other code from the full jets.
@Suite struct SampleTests {
    /// A column of the dataset `jets`.
    static func column(_ name: String) throws -> [Double] {
        let file = try HDF5File(path: samplePath)
        let names = try file.dataset("jetFeatureNames").readStrings()
        let table = try file.dataset("jets")
        return try table.read(Double.self, [0..<table.shape[0]], columns: [try #require(names.firstIndex(of: name))])
    }

    /// The middle of the fullest bin of 2 GeV.
    static func peak(_ masses: [Double]) -> Double? {
        var histogram = Histogram(bins: 150, from: 0, to: 300)
        for mass in masses { histogram.add(mass) }
        return histogram.mode
    }

    static func mass(_ jets: JetData, _ jet: Int) -> Double {
        let p = jets.jetMomenta[4 * jet..<4 * jet + 4].map { $0 }
        return max(p[0] * p[0] - p[1] * p[1] - p[2] * p[2] - p[3] * p[3], 0).squareRoot()
    }

    @Test func everyClassIsThere() throws {
        let jets = try JetReader().read([samplePath])
        #expect(jets.classCounts.map(\.jetClass) == JetClass.published)
        #expect(jets.classCounts.allSatisfy { $0.jets >= 1000 })
        #expect(jets.count == jets.classCounts.reduce(0) { $0 + $1.jets })
        #expect(try JetInspector().inspect([samplePath]).problems == [])
    }

    /// Masses in GeV of the Review of Particle Physics 2024. The peak of the sum over the 32 leading constituents stays
    /// within 4 GeV of the boson's mass: what is cut off takes a little away, and particles of the underlying event add a
    /// little. A top jet is left out: of its 79 constituents (median) the 32 leading ones carry too little, and their sum
    /// peaks below its mass.
    @Test(arguments: [(JetClass.w, 80.37), (.z, 91.19)])
    func bosonMassesFromTheConstituents(jetClass: JetClass, mass: Double) throws {
        let jets = try JetReader(classes: [jetClass], constituentMassSquaredClamp: false).read([samplePath])
        let peak = try #require(Self.peak((0..<jets.count).map { Self.mass(jets, $0) }))
        #expect(abs(peak - mass) < 4)
    }

    /// Grooming (the modified mass-drop tagger) removes the underlying event: its mass of the full jet peaks at the
    /// particle's for all three, within 4 GeV, that is two bins.
    @Test(arguments: [(JetClass.w, 80.37), (.z, 91.19), (.top, 172.57)])
    func groomedMassesOfTheFile(jetClass: JetClass, mass: Double) throws {
        let chosen = try Self.column(jetClass.column)
        let groomed = zip(try Self.column("j_mass_mmdt"), chosen).filter { $0.1 == 1 }.map(\.0)
        #expect(groomed.count > 1000)
        #expect(abs(try #require(Self.peak(groomed)) - mass) < 4)
    }

    /// Where the file holds all constituents of a jet, their sum is the jet. The file rounds each component to 13 bits, a
    /// relative 2⁻¹⁴, so that pT agrees to 2⁻¹³ and mass² = E² − p² to 4 E² 2⁻¹⁴.
    @Test func sumsAgreeWithTheFilesOwnColumns() throws {
        let jets = try JetReader(constituentMassSquaredClamp: false).read([samplePath])
        let multiplicity = try Self.column("j_multiplicity")
        let pt = try Self.column("j_pt")
        let mass = try Self.column("j_mass")
        let eta = try Self.column("j_eta")
        var complete = 0
        for jet in 0..<jets.count where multiplicity[jet] <= 32 {
            complete += 1
            let p = jets.jetMomenta[4 * jet..<4 * jet + 4].map { $0 }
            let ownPt = hypot(p[1], p[2])
            #expect(Double(jets.counts[jet]) == multiplicity[jet])
            #expect(abs(ownPt / pt[jet] - 1) < 0x1p-13)
            #expect(abs(asinh(p[3] / ownPt) - eta[jet]) < 0x1p-13)
            let own = Self.mass(jets, jet)
            #expect(abs(own * own - mass[jet] * mass[jet]) < 4 * p[0] * p[0] * 0x1p-14)
        }
        #expect(complete > 1000)
    }

    /// A list of 32 constituents that is full says nothing of those that were cut; the multiplicity does.
    @Test func countsComeFromTheMultiplicityWhereTheListIsFull() throws {
        let jets = try JetReader(constituents: 8).read([samplePath])
        #expect(jets.counts.map(Double.init) == (try Self.column("j_multiplicity")))
    }

    @Test func inspectionFindsTheMassesAndTheCounts() throws {
        let inspection = try JetInspector().inspect([samplePath])
        let jets = try JetReader().read([samplePath])
        #expect(inspection.classes.map { JetCount($0.jetClass, $0.jets) } == jets.classCounts)
        let multiplicity = try Self.column("j_multiplicity")
        let gluon = try Self.column("j_g")
        let gluons = zip(multiplicity, gluon).filter { $0.1 == 1 }.map(\.0)
        #expect(abs(inspection.classes[0].meanMultiplicity - gluons.reduce(0, +) / Double(gluons.count)) < 1e-9)
        // The image holds nearly all constituents, and the sum of their pT is a little above the pT of their sum.
        for summary in inspection.classes {
            #expect((0.99...1.02).contains(summary.image.reduce(0, +)))
        }
    }
}
