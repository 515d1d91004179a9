import Foundation
import Jets
import Testing
import Torch

/// The speed at γ = 4.5.
private let fast = (1 - 1 / (4.5 * 4.5)).squareRoot()

struct LorentzGroupTests {
    @Test func `Boosts are the textbook's`() {
        let jets = JetMomenta.collinear(50), velocities = directions(50).map { $0 * fast }
        let ours = LorentzTransformations(boosts: velocities)(jets.constituents)
        let theirs = jets.map { jet, p in p.boosted(velocities[jet]) }.constituents
        // Energies up to 4 TeV times 2γ: double's 16 digits leave 10⁻¹¹ GeV.
        #expect(largestDifference(ours, theirs) < 1e-9)
    }

    @Test func `A boost and its inverse give the jet back`() {
        let jets = JetMomenta.collinear(50), velocities = directions(50).map { $0 * fast }
        let there = LorentzTransformations(boosts: velocities)
        let back = LorentzTransformations(boosts: velocities.map { -$0 })
        #expect(largestDifference(back(there(jets.constituents)), jets.constituents) < 1e-9)
        #expect(largestDifference(back(there(jets.jetTensor)), jets.jetTensor) < 1e-9)
    }

    @Test func `A boost to rest leaves a jet's mass and no momentum`() {
        let jets = JetMomenta.collinear(50), sums = jets.sums
        let rest = LorentzTransformations(boosts: sums.map { $0.vector / $0[0] })(jets.jetTensor)
        let momenta = rest.elements(Double.self)
        for (jet, sum) in sums.enumerated() where sum.massSquared > 1 {
            #expect(abs(momenta[4 * jet] - sum.massSquared.squareRoot()) < 1e-6)
            for component in 1...3 { #expect(abs(momenta[4 * jet + component]) < 1e-6) }
        }
    }

    @Test func `Boosts along one axis add their rapidities`() {
        let product = LorentzTransformations.boost(SIMD3(0, 0, tanh(0.7 + 1.1)))
        let second = LorentzTransformations(boosts: [SIMD3(0, 0, tanh(0.7))])
        let columns = second(
            LorentzTransformations(boosts: [SIMD3(0, 0, tanh(1.1))]).matrices
                .transposed(1, 2)
        ).transposed(1, 2)
        #expect(largestDifference(columns, Tensor(product, shape: [1, 4, 4])) < 1e-14)
    }

    @Test func `No speed is no boost, to the last bit`() {
        let jets = JetMomenta.collinear(20)
        let still = LorentzTransformations(boosts: directions(20).map { $0 * 0 })
        #expect(still(jets.constituents.to(.float32)).elements(Double.self) == jets.constituents.elements(Double.self))
    }

    @Test func `A rotation keeps energies, lengths and its axis, and turns by its angle`() {
        let axis = SIMD3<Double>(1, -2, 0.5), angle = 0.8
        let matrix = Tensor(LorentzTransformations.rotation(axis: axis, angle: angle), shape: [1, 4, 4])
        func rotated(_ v: SIMD3<Double>) -> Momentum {
            let p = LorentzTransformations(matrices: matrix)(Tensor([7, v.x, v.y, v.z], shape: [1, 4]))
                .elements(Double.self)
            return Momentum(p[0], p[1], p[2], p[3])
        }
        let along = rotated(axis)
        #expect(along[0] == 7)
        for i in 0..<3 { #expect(abs(along.vector[i] - axis[i]) < 1e-14) }
        // Perpendicular to the axis, in a right-handed pair: n × u = w.
        let u = SIMD3<Double>(2, 1, 0) / 5.0.squareRoot(), n = axis / (axis * axis).sum().squareRoot()
        let w = SIMD3(n.y * u.z - n.z * u.y, n.z * u.x - n.x * u.z, n.x * u.y - n.y * u.x)
        let turned = rotated(u).vector, expected = cos(angle) * u + sin(angle) * w
        for i in 0..<3 { #expect(abs(turned[i] - expected[i]) < 1e-14) }
    }

    /// Relative to E², which the difference E² − p² is small against.
    @Test func `Masses are kept`() {
        let jets = JetMomenta.collinear(50), velocities = directions(50).map { $0 * fast }
        func largestChange(_ type: ScalarType) -> Double {
            let boosted = LorentzTransformations(boosts: velocities)(jets.constituents.to(type))
                .elements(Double.self)
            var largest = 0.0
            for (jet, constituents) in jets.jets.enumerated() {
                for (slot, p) in constituents.enumerated() {
                    let q = (0..<4).map { boosted[4 * (jet * jets.slots + slot) + $0] }
                    let energy = max(p[0], q[0])
                    let change = Momentum(q[0], q[1], q[2], q[3]).massSquared - p.massSquared
                    largest = max(largest, abs(change) / (energy * energy))
                }
            }
            return largest
        }
        #expect(largestChange(.float64) < 1e-12)
        // Four components rounded to 2⁻²⁴: 2·2⁻²⁴ (E² + p²)/E² at the most.
        #expect(largestChange(.float32) < 4 * 0x1p-24)
    }
}

/// Jets held in float, as trainings hold them, against double. Boosts in float would be off by 9 · 10⁻⁵ in the sample.
struct BoostPrecisionTests {
    @Test func `Features of collinear TeV constituents agree to 10⁻⁵ after γ = 4.5`() {
        let jets = JetMomenta.collinear(400)
        let difference = BoostPrecisionTests.difference(jets.constituents, jets.jetTensor, jets.mask)
        #expect(difference < 1e-5)
    }

    @Test func `So do those of the sample's jets`() throws {
        let data = try JetReader(constituents: 32).read([samplePath]).subset(Array(0..<10_000))
        let constituents = data.fourMomenta.tensor([data.count, 32, 4]).to(.float64)
        let jets = Tensor(data.jetMomenta.map { Double(Float($0)) }, shape: [data.count, 4])
        let difference = BoostPrecisionTests.difference(
            constituents, jets, constituents.select(-1, 0).isGreater(than: 0))
        #expect(difference < 1e-5)
    }

    static func difference(_ constituents: Tensor, _ jets: Tensor, _ mask: Tensor) -> Double {
        let velocities = directions(jets.shape[0]).map { $0 * fast }
        func features(_ type: ScalarType) -> Tensor {
            let boost = LorentzTransformations(boosts: velocities)
            return Features.compute(
                constituents: boost(constituents.to(type)), jets: boost(jets.to(type)), mask: mask)
        }
        return largestDifference(features(.float32), features(.float64), angleAt: 1)
    }
}
