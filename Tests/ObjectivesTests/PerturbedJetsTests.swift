import Fixtures
import Foundation
import Jets
import Objectives
import Testing
import Torch

/// Perturbed slices of a data set: what becomes of slots, masks, labels and the jets' own momenta.
struct PerturbedJetsTests {
    static let stream = RandomStream(seed: 9, purpose: "perturbation")

    /// Jets of 3 to 12 constituents cut to 8 slots, so that many have unseen ones.
    static func data(_ jetSum: TaggingData.JetSum, _ type: ScalarType = .float32) -> TaggingData {
        let whole = Example.jets(60)
        var cut = JetData(constituents: 8)
        for jet in 0..<whole.count {
            let sum = whole.jetMomenta[4 * jet..<4 * jet + 4].map { $0 }
            cut.append(
                momenta: whole.fourMomenta[48 * jet..<48 * jet + 32], count: Int(whole.counts[jet]),
                jetClass: whole.jetClass(jet), sum: (sum[0], sum[1], sum[2], sum[3]), eventIndex: Int64(jet),
                index: Int64(jet))
        }
        return TaggingData(cut, signal: .w, jetSum: jetSum, type)
    }

    static func slice(_ data: TaggingData, _ places: Range<Int> = 0..<60) -> TaggingData.Slice {
        data.slice(Array(places))
    }

    /// Constituents of one jet as vectors, empty slots left out.
    static func constituents(_ slice: TaggingData.Slice, _ jet: Int) -> [SIMD4<Double>] {
        let all = slice.constituents.elements(Double.self)
        return (0..<8).map { slot in
            let at = 32 * jet + 4 * slot
            return SIMD4(all[at], all[at + 1], all[at + 2], all[at + 3])
        }.filter { $0[0] > 0 }
    }

    @Test(arguments: Perturbations.names, [TaggingData.JetSum.all, .kept])
    func `Each jet is what the law makes of its constituents, and its momentum is summed anew`(
        _ name: String, _ jetSum: TaggingData.JetSum
    ) throws {
        let law = try Perturbations.law(named: name), strength = law.defaultStrengths.last!
        let before = Self.slice(Self.data(jetSum, .float64))
        let after = before.perturbed(by: law, strength: strength, Self.stream, draw: 3)
        let mask = after.mask.elements(Bool.self), values = after.constituents.elements(Double.self)
        let sums = before.jets.elements(Double.self), newSums = after.jets.elements(Double.self)
        var moved = 0.0
        for jet in 0..<60 {
            let old = Self.constituents(before, jet), seen = old.reduce(.zero, +)
            let sum = SIMD4(sums[4 * jet], sums[4 * jet + 1], sums[4 * jet + 2], sums[4 * jet + 3])
            let unseen = jetSum == .all ? sum - seen : .zero
            var expected = PerturbedJet(constituents: old, unseen: unseen, slots: 8)
            law.perturb(&expected, strength: strength, JetNoise(Self.stream, jet: UInt32(jet), draw: 3))
            #expect(Self.constituents(after, jet) == expected.constituents)
            // Slots in use come first, and the others are zero.
            let used = expected.constituents.count
            #expect(Array(mask[8 * jet..<8 * jet + 8]) == (0..<8).map { $0 < used })
            #expect(values[32 * jet + 4 * used..<32 * jet + 32].allSatisfy { $0 == 0 })
            let anew = expected.constituents.reduce(.zero, +) + (jetSum == .all ? expected.unseen : .zero)
            for k in 0..<4 {
                #expect(abs(newSums[4 * jet + k] - anew[k]) < 1e-9 * sum[0])
                moved = max(moved, abs(newSums[4 * jet + k] - sum[k]))
            }
        }
        #expect(moved > 0.1)
        #expect(
            after.labels.elements(Double.self) == before.labels.elements(Double.self) && after.names == before.names)
    }

    @Test func `What a jet's own momentum is the sum of decides what unseen constituents do`() {
        func total(_ jetSum: TaggingData.JetSum, _ law: some PerturbationLaw, _ strength: Double) -> [Double] {
            let before = Self.slice(Self.data(jetSum, .float64))
            let after = before.perturbed(by: law, strength: strength, Self.stream, draw: 0)
            return zip(after.jets.elements(Double.self), before.jets.elements(Double.self)).map { $0 / $1 }
        }
        // A scale moves unseen and seen alike.
        for jetSum in [TaggingData.JetSum.all, .kept] {
            #expect(total(jetSum, EnergyScale(), 0.1).allSatisfy { abs($0 - 1.1) < 1e-12 })
        }
        // Where all but one are lost, the unseen stay in the sum of all.
        let all = Self.slice(Self.data(.all, .float64))
        let lost = all.perturbed(by: ConstituentLoss(), strength: 1, Self.stream, draw: 0)
        let energies = lost.jets.elements(Double.self), old = all.jets.elements(Double.self)
        var withUnseen = 0
        for jet in 0..<60 {
            let seen = Self.constituents(all, jet), unseen = old[4 * jet] - seen.reduce(0) { $0 + $1[0] }
            if unseen > 1e-3 { withUnseen += 1 }
            #expect(abs(energies[4 * jet] - seen[0][0] - unseen) < 1e-9 * old[4 * jet])
        }
        #expect(withUnseen > 20)
    }

    @Test(arguments: Perturbations.names, [TaggingData.JetSum.all, .kept])
    func `At strength 0 every bit stays, in float and in double`(_ name: String, _ jetSum: TaggingData.JetSum) throws {
        let law = try Perturbations.law(named: name)
        for type in [ScalarType.float32, .float64] {
            let before = Self.slice(Self.data(jetSum, type))
            let after = before.perturbed(by: law, strength: 0, Self.stream, draw: 1)
            #expect(after.constituents.scalarType == type && after.jets.scalarType == type)
            #expect(after.constituents.elements(Double.self) == before.constituents.elements(Double.self))
            #expect(after.jets.elements(Double.self) == before.jets.elements(Double.self))
            #expect(after.mask.elements(Bool.self) == before.mask.elements(Bool.self))
        }
    }

    @Test func `A jet meets the same noise in any slice, another one in another draw`() {
        let data = Self.data(.all), law = MomentumSmearing()
        func momenta(_ places: Range<Int>, draw: Int = 0, seed: UInt64 = 9) -> [Float] {
            Self.slice(data, places).perturbed(
                by: law, strength: 0.2, RandomStream(seed: seed, purpose: "perturbation"), draw: draw
            ).constituents.elements(Float.self)
        }
        #expect(momenta(0..<60) == momenta(0..<7) + momenta(7..<60))
        #expect(momenta(0..<7) != momenta(0..<7, draw: 1))
        #expect(momenta(0..<7) != momenta(0..<7, seed: 10))
    }
}
