import Foundation
import Jets
import Testing
import Torch

/// Transformations drawn where the jets lie against those drawn on the host.
struct ResidentLawTests {
    private let jets: [UInt32] = [3, 1, 4, 159, 265]
    private let stream = RandomStream(seed: 2, purpose: "boosts")

    private var rows: (host: RowNames, resident: RowNames) {
        (
            RowNames(jets: jets, epoch: 6, view: 1),
            RowNames(resident: Tensor(jets.map(Int64.init)), epoch: Tensor([Int64(6)]), view: 1)
        )
    }

    private func expectEqual(_ a: Tensor, _ b: Tensor, _ tolerance: Double) {
        #expect(a.shape == b.shape)
        for (x, y) in zip(a.elements(Double.self), b.elements(Double.self)) {
            #expect(abs(x - y) <= tolerance * max(1, abs(y)))
        }
    }

    @Test(arguments: [BoostLaw(), BoostLaw(betaSquaredMax: 0.5, rotations: true)])
    func `Boosts are the host's but for rounding`(_ law: BoostLaw) {
        let drawn = law.draw(stream, rows.resident), expected = law.draw(stream, rows.host)
        expectEqual(drawn.matrices, expected.matrices, 1e-13)
    }

    @Test func `Rescalings are the host's but for rounding`() {
        let momenta = Tensor((0..<40).map { Double($0 % 7) - 3 }, shape: [5, 2, 4])
        let energies = (momenta.squared().sum(-1, keepingDimensions: true) + 1).sqrt()
        let p = Tensor.concatenated([energies, momenta.narrowed(-1, from: 1, length: 3)], dimension: -1)
        let law = RescalingLaw(scale: 0.4), jet = p.sum(1)
        let a = law.transform(constituents: p, jets: jet, stream, rows.resident)
        let b = law.transform(constituents: p, jets: jet, stream, rows.host)
        expectEqual(a.constituents, b.constituents, 1e-13)
        expectEqual(a.jets, b.jets, 1e-13)
    }

    @Test func `Boosts of velocities given as a tensor are those of vectors`() {
        let velocities: [SIMD3<Double>] = [SIMD3(0, 0, 0), SIMD3(0.3, -0.5, 0.7), SIMD3(-0.1, 0.9, 0.2)]
        let tensor = Tensor(velocities.flatMap { [$0.x, $0.y, $0.z] }, shape: [3, 3])
        expectEqual(
            LorentzTransformations(velocities: tensor).matrices, LorentzTransformations(boosts: velocities).matrices,
            1e-14)
    }
}
