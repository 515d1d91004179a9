import Foundation
import Jets
import Testing
import Torch

/// The laws against the same in (pT, η, φ, mass) and plain loops.
struct PerturbationLawTests {
    static let stream = RandomStream(seed: 4, purpose: "perturbation").part("test")
    /// 100 jets of 1 to 16 constituents with the charged pion's mass; what is unseen is a twentieth of what is seen.
    static let jets = JetMomenta.collinear(100).jets.map { constituents -> PerturbedJet in
        PerturbedJet(constituents: constituents, unseen: constituents.reduce(.zero, +) / 20, slots: 16)
    }

    static func perturbed(_ law: some PerturbationLaw, _ jet: Int, _ strength: Double, draw: Int = 2) -> PerturbedJet {
        var changed = jets[jet]
        law.perturb(&changed, strength: strength, JetNoise(stream, jet: UInt32(jet), draw: draw))
        return changed
    }

    /// From transverse momentum, pseudorapidity, azimuth and mass².
    static func momentum(_ pt: Double, _ eta: Double, _ phi: Double, _ massSquared: Double) -> Momentum {
        let energy = (pow(pt * cosh(eta), 2) + massSquared).squareRoot()
        return Momentum(energy, pt * cos(phi), pt * sin(phi), pt * sinh(eta))
    }

    static func expectNear(_ a: Momentum, _ b: Momentum, _ tolerance: Double = 1e-9) {
        let difference = a - b
        #expect((0..<4).allSatisfy { abs(difference[$0]) <= tolerance * max(1, abs(b[0])) }, "\(a), not \(b)")
    }

    @Test(arguments: [0.05, 0.3, 1.5])
    func `Smearing scales each pT, and keeps direction, mass, order and what is unseen`(_ sigma: Double) {
        var floored = 0
        for (jet, before) in Self.jets.enumerated() {
            let after = Self.perturbed(MomentumSmearing(), jet, sigma)
            let normals = Self.stream.normals(before.constituents.count, jet: UInt32(jet), epoch: 2)
            #expect(after.constituents.count == before.constituents.count && after.unseen == before.unseen)
            for (slot, p) in before.constituents.enumerated() {
                let factor = max(1 + sigma * normals[slot], 0.01)
                if factor == 0.01 { floored += 1 }
                let pt = hypot(p[1], p[2])
                let expected = Self.momentum(pt * factor, p.pseudorapidity, atan2(p[2], p[1]), p.massSquared)
                // −log tan(θ/2) loses digits of pz at |η| = 2, not more.
                Self.expectNear(after.constituents[slot], expected, 1e-11)
                #expect(abs(after.constituents[slot].massSquared - p.massSquared) < 1e-12 * p[0] * p[0])
            }
        }
        // 1 + σε ≤ 0.01 needs ε ≤ −0.99/σ: never at 0.05, a quarter of the time at 1.5.
        #expect(sigma == 0.05 ? floored == 0 : sigma == 1.5 ? floored > 100 : true)
    }

    @Test func `The smearing factors are normal about 1`() {
        let factors = Self.jets.indices.flatMap { jet in
            zip(Self.perturbed(MomentumSmearing(), jet, 0.1).constituents, Self.jets[jet].constituents).map {
                hypot($0[1], $0[2]) / hypot($1[1], $1[2])
            }
        }
        #expect(factors.count > 700)
        TransformationLawTests.expectMean(factors, 1, 0.1)
        TransformationLawTests.expectMean(factors.map { pow($0 - 1, 2) }, 0.01, 0.01 * 2.0.squareRoot())
    }

    @Test(arguments: [-0.2, 0.15])
    func `The energy scale multiplies everything, in every draw alike`(_ shift: Double) {
        for (jet, before) in Self.jets.enumerated() {
            let after = Self.perturbed(EnergyScale(), jet, shift)
            for (p, q) in zip(before.constituents, after.constituents) { Self.expectNear(q, p * (1 + shift), 1e-15) }
            Self.expectNear(after.unseen, before.unseen * (1 + shift), 1e-15)
            #expect(after == Self.perturbed(EnergyScale(), jet, shift, draw: 3))
        }
        #expect(!EnergyScale().isRandom && MomentumSmearing().isRandom)
    }

    @Test func `Angular smearing moves η and φ, and keeps pT and mass`() {
        let sigma = 0.03
        var moves: [Double] = []
        for (jet, before) in Self.jets.enumerated() {
            let after = Self.perturbed(AngularSmearing(), jet, sigma)
            let normals = Self.stream.normals(2 * before.constituents.count, jet: UInt32(jet), epoch: 2)
            for (slot, p) in before.constituents.enumerated() {
                let expected = Self.momentum(
                    hypot(p[1], p[2]), p.pseudorapidity + sigma * normals[2 * slot],
                    atan2(p[2], p[1]) + sigma * normals[2 * slot + 1], p.massSquared)
                Self.expectNear(after.constituents[slot], expected, 1e-10)
                #expect(abs(after.constituents[slot].massSquared - p.massSquared) < 1e-11 * p[0] * p[0])
                moves.append(after.constituents[slot].pseudorapidity - p.pseudorapidity)
            }
            #expect(after.unseen == before.unseen)
        }
        TransformationLawTests.expectMean(moves.map { $0 * $0 }, sigma * sigma, sigma * sigma * 2.0.squareRoot())
    }

    @Test func `Constituents are lost with the probability given, and the others close ranks`() {
        var kept = 0, all = 0
        for (jet, before) in Self.jets.enumerated() {
            let uniforms = Self.stream.uniforms(before.constituents.count, jet: UInt32(jet), epoch: 2)
            var expected: [Momentum] = []
            for (slot, p) in before.constituents.enumerated() where uniforms[slot] >= 0.3 { expected.append(p) }
            let after = Self.perturbed(ConstituentLoss(), jet, 0.3)
            #expect(after.constituents == (expected.isEmpty ? [before.constituents[0]] : expected))
            #expect(after.unseen == before.unseen)
            kept += expected.count
            all += before.constituents.count
            #expect(Self.perturbed(ConstituentLoss(), jet, 1).constituents == [before.constituents[0]])
        }
        let n = Double(all)
        #expect(abs(Double(kept) - 0.7 * n) < 5 * (0.21 * n).squareRoot())
    }

    @Test func `Soft emissions are massless, soft, near the axis, and Poisson in number`() {
        var numbers: [Double] = [], logarithms: [Double] = [], distances: [Double] = []
        for (jet, before) in Self.jets.enumerated() {
            var roomy = PerturbedJet(constituents: before.constituents, unseen: before.unseen, slots: 200)
            SoftEmissions().perturb(&roomy, strength: 8, JetNoise(Self.stream, jet: UInt32(jet), draw: 0))
            let axis = before.seen + before.unseen, pt = hypot(axis[1], axis[2])
            let added = roomy.constituents.filter { !before.constituents.contains($0) }
            #expect(added.count == roomy.constituents.count - before.constituents.count)
            #expect(roomy.constituents.filter(before.constituents.contains) == before.constituents)
            for p in added {
                let fraction = hypot(p[1], p[2]) / pt
                let distance = hypot(
                    p.pseudorapidity - axis.pseudorapidity,
                    remainder(atan2(p[2], p[1]) - atan2(axis[2], axis[1]), 2 * .pi))
                #expect((0.000999...0.010001).contains(fraction) && (0.00999...0.80001).contains(distance))
                #expect(abs(p.massSquared) < 1e-12 * p[0] * p[0])
                logarithms.append(log(fraction / 1e-3) / log(10))
                distances.append(log(distance / 0.01) / log(80))
            }
            numbers.append(Double(added.count))
            // What comes before the end of a shorter time is there at the end of a longer one.
            let fewer = Self.perturbed(SoftEmissions(), jet, 2).seen + Self.perturbed(SoftEmissions(), jet, 2).unseen
            let more = Self.perturbed(SoftEmissions(), jet, 20).seen + Self.perturbed(SoftEmissions(), jet, 20).unseen
            #expect(axis[0] <= fewer[0] + 1e-9 && fewer[0] <= more[0] + 1e-9)
        }
        TransformationLawTests.expectMean(numbers, 8, 8.0.squareRoot())
        TransformationLawTests.expectMean(logarithms, 0.5, (1.0 / 12).squareRoot())
        TransformationLawTests.expectMean(distances, 0.5, (1.0 / 12).squareRoot())
    }

    @Test func `In a full jet the softest make room, and nothing gets lost from the sum`() {
        for jet in Self.jets.indices {
            let before = Self.jets[jet].constituents.sorted { hypot($0[1], $0[2]) > hypot($1[1], $1[2]) }
            func emitted(slots: Int) -> PerturbedJet {
                var changed = PerturbedJet(constituents: Array(before.prefix(slots)), unseen: .zero, slots: slots)
                SoftEmissions().perturb(&changed, strength: 10, JetNoise(Self.stream, jet: UInt32(jet), draw: 1))
                return changed
            }
            // The same jet with room for all, and cut off behind its own constituents.
            let roomy = emitted(slots: 200), full = emitted(slots: before.count)
            #expect(full.constituents == Array(roomy.constituents.prefix(before.count)))
            Self.expectNear(full.seen + full.unseen, roomy.seen, 1e-12)
            let momenta = full.constituents.map { hypot($0[1], $0[2]) }
            #expect(zip(momenta, momenta.dropFirst()).allSatisfy { $0 >= $1 })
        }
    }

    @Test(arguments: Perturbations.names)
    func `At strength 0 nothing is changed, and what is drawn does not depend on the slots`(_ name: String) throws {
        let law = try Perturbations.law(named: name)
        #expect(law.name == name && law.allows(strengths: law.defaultStrengths))
        #expect(law.defaultStrengths.contains(0))
        var changedJets = 0
        for (jet, before) in Self.jets.enumerated() {
            var plain = before, changed = before, again = before
            let noise = JetNoise(Self.stream, jet: UInt32(jet), draw: 1)
            law.perturb(&plain, strength: 0, noise)
            #expect(plain == before)
            law.perturb(&changed, strength: law.defaultStrengths.last!, noise)
            law.perturb(&again, strength: law.defaultStrengths.last!, noise)
            #expect(changed == again)
            changedJets += changed == before ? 0 : 1
            // Cut to its leading three, a jet meets the same noise in them.
            guard name != "softEmissions", before.constituents.count > 3 else { continue }
            var short = PerturbedJet(constituents: Array(before.constituents.prefix(3)), unseen: .zero, slots: 3)
            law.perturb(&short, strength: law.defaultStrengths[1], noise)
            var long = before
            law.perturb(&long, strength: law.defaultStrengths[1], noise)
            #expect(short.constituents == Array(long.constituents.prefix(short.constituents.count)))
        }
        #expect(changedJets > 80)
    }

    @Test func `A name that is none, and strengths that can't be, say what is right`() throws {
        #expect(throws: JetsError.unknownPerturbation("smearin")) { try Perturbations.law(named: "smearin") }
        #expect("\(JetsError.unknownPerturbation("smearin"))".contains("the nearest name is smearing"))
        #expect(
            "\(JetsError.unknownPerturbation("noise"))".contains("there are smearing, energyScale, angularSmearing"))
        #expect("\(JetsError.unknownClass("w"))".contains("the nearest name is W"))
        for strengths in [[-0.1], [0, 0.2, 0.1], [0.1, 0.1], [.nan], [.infinity], []] {
            #expect {
                try MomentumSmearing().check(strengths: strengths)
            } throws: { error in
                "\(error)".contains("the strength of smearing is \(strengths)") && "\(error)".contains("none below 0")
            }
        }
        #expect {
            try ConstituentLoss().check(strengths: [0.5, 1.5])
        } throws: { "\($0)".contains("from 0.0 to 1.0") }
        try EnergyScale().check(strengths: [-0.5, 0, 0.5])
    }
}
