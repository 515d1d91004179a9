import Foundation
import Jets
import Testing
import Torch

struct LorentzGeneratorTests {
    static func product(_ a: [Double], _ b: [Double]) -> [Double] {
        (0..<16).map { (place: Int) -> Double in
            let row = place / 4, column = place % 4
            var sum = 0.0
            for k in 0..<4 { sum += a[4 * row + k] * b[4 * k + column] }
            return sum
        }
    }

    /// A finite transformation of parameter `step` by each of the six generators.
    static func finite(_ generator: Int, _ step: Double) -> [Double] {
        var axis = SIMD3<Double>.zero
        axis[generator % 3] = 1
        return generator < 3
            ? LorentzTransformations.boost(step * axis) : LorentzTransformations.rotation(axis: axis, angle: step)
    }

    @Test func `They are the derivatives of boosts and rotations`() {
        for (generator, matrix) in LorentzGenerators.both.matrices.enumerated() {
            let above = Self.finite(generator, 1e-5), below = Self.finite(generator, -1e-5)
            for i in 0..<16 { #expect(abs((above[i] - below[i]) / 2e-5 - matrix[i]) < 1e-9) }
        }
        #expect(
            LorentzGenerators.boosts.matrices + LorentzGenerators.rotations.matrices == LorentzGenerators.both.matrices)
    }

    /// [Lᵢ, Lⱼ] = εᵢⱼₖ Lₖ, [Lᵢ, Kⱼ] = εᵢⱼₖ Kₖ, [Kᵢ, Kⱼ] = −εᵢⱼₖ Lₖ.
    @Test func `They are the Lorentz algebra`() {
        let boosts = LorentzGenerators.boosts.matrices, rotations = LorentzGenerators.rotations.matrices
        func commutator(_ a: [Double], _ b: [Double]) -> [Double] {
            zip(Self.product(a, b), Self.product(b, a)).map(-)
        }
        for i in 0..<3 {
            let j = (i + 1) % 3, k = (i + 2) % 3
            #expect(commutator(rotations[i], rotations[j]) == rotations[k])
            #expect(commutator(rotations[i], boosts[j]) == boosts[k])
            #expect(commutator(boosts[i], boosts[j]) == rotations[k].map { -$0 })
            #expect(commutator(rotations[i], boosts[i]).allSatisfy { $0 == 0 })
        }
    }

    @Test(arguments: 0..<6)
    func `Features vary as under small boosts and rotations`(_ generator: Int) {
        let jets = JetMomenta.collinear(80)
        func features(_ step: Double) -> Tensor {
            let matrix = Self.finite(generator, step)
            let all = LorentzTransformations(
                matrices: Tensor(Array(repeating: matrix, count: 80).flatMap { $0 }, shape: [80, 4, 4]))
            return Features.compute(
                constituents: all(jets.constituents), jets: all(jets.jetTensor), mask: jets.mask)
        }
        let step = 1e-5
        // Central differences of the four-point kind: errors of step⁴ and of rounding over step.
        let quotient =
            ((features(step) - features(-step)) * 8 - (features(2 * step) - features(-2 * step)))
            / (12 * step)
        let variations = Features.variations(
            constituents: jets.constituents, jets: jets.jetTensor, mask: jets.mask, under: .both)
        // The leading constituents of jets of one constituent lie on the axis, where ΔR has no derivative.
        let ours = variations.select(0, generator)
        let single = Tensor(jets.jets.map { $0.count == 1 }, shape: [80, 1, 1])
        let difference = (ours - quotient).filled(where: single, with: 0).abs()
        #expect(difference.maximum(0, 1, 2).item < 1e-7)
        // Azimuths count from the jet's, so that turning about the beam changes nothing.
        let largest = ours.abs().maximum(0, 1, 2).item
        #expect(generator == 5 ? largest < 1e-12 : largest > 0.1)
    }

    /// SEAL's table (Hebbar et al., arXiv:2511.01982) is in the angles and for the opposite sign.
    @Test func `The published table agrees but for the sign`() {
        let jets = JetMomenta.collinear(40)
        let ours = Features.variations(
            constituents: jets.constituents, jets: jets.jetTensor, mask: jets.mask, under: .both
        ).elements(Double.self)
        func table(_ p: Momentum) -> [(logE: Double, logPT: Double, eta: Double, phi: Double)] {
            let pt = hypot(p[1], p[2]), phi = atan2(p[2], p[1]), eta = p.pseudorapidity, r = p[0] / pt
            return [
                (cos(phi) / r, r * cos(phi), -r * cos(phi) * tanh(eta), -r * sin(phi)),
                (sin(phi) / r, r * sin(phi), -r * sin(phi) * tanh(eta), r * cos(phi)),
                (sinh(eta) / r, 0, r / cosh(eta), 0),
                (0, sin(phi) * sinh(eta), -cosh(eta) * sin(phi), cos(phi) * sinh(eta)),
                (0, -cos(phi) * sinh(eta), cosh(eta) * cos(phi), sin(phi) * sinh(eta)),
                (0, 0, 0, -1),
            ]
        }
        for (jet, constituents) in jets.jets.enumerated() {
            let ofJet = table(jets.sums[jet])
            for (slot, p) in constituents.enumerated() {
                let ofConstituent = table(p)
                for generator in 0..<6 {
                    let place = ((generator * jets.jets.count + jet) * jets.slots + slot) * 7
                    let a = ofConstituent[generator], b = ofJet[generator]
                    let expected = [a.eta - b.eta, a.phi - b.phi, a.logPT - b.logPT, a.logPT, a.logE - b.logE, a.logE]
                    for (feature, value) in expected.enumerated() {
                        #expect(abs(ours[place + feature] + value) < 1e-9, "generator \(generator), \(feature)")
                    }
                }
            }
        }
    }

    @Test func `Empty slots and the axis itself do not vary beyond their momenta`() {
        let jets = JetMomenta.collinear(40), mask = jets.mask.elements(Bool.self)
        let variations = Features.variations(
            constituents: jets.constituents, jets: jets.jetTensor, mask: jets.mask, under: .both
        ).elements(Double.self)
        #expect(variations.allSatisfy { $0.isFinite })
        for generator in 0..<6 {
            for (place, isFilled) in mask.enumerated() where !isFilled {
                let start = 7 * (generator * mask.count + place)
                #expect(variations[start..<start + 7].allSatisfy { $0 == 0 })
            }
        }
        let p = Tensor([500.0, 300, 200, 100], shape: [1, 1, 4])
        let alone = Features.variations(
            constituents: p, jets: p.select(1, 0), mask: Tensor([true], shape: [1, 1]), under: .boosts
        ).elements(Double.self)
        for boost in 0..<3 { for feature in [0, 1, 2, 4, 6] { #expect(alone[7 * boost + feature] == 0) } }
    }
}
