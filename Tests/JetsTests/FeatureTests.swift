import Foundation
import Jets
import Testing
import Torch

/// The features against the same in plain doubles with other formulas.
struct FeatureTests {
    @Test func `Every feature of every constituent is the naive one`() {
        let jets = JetMomenta.collinear(60), features = jets.features.elements(Double.self), sums = jets.sums
        for (jet, constituents) in jets.jets.enumerated() {
            for (slot, p) in constituents.enumerated() {
                let expected = naiveFeatures(p, jet: sums[jet])
                for feature in 0..<Features.count {
                    let ours = features[(jet * jets.slots + slot) * Features.count + feature]
                    #expect(abs(ours - expected[feature]) < 1e-10, "\(Features.names[feature]) of jet \(jet)")
                }
            }
        }
    }

    @Test func `Empty slots are zero and leave the others alone`() {
        let jets = JetMomenta.collinear(40), mask = jets.mask.elements(Bool.self)
        let features = jets.features.elements(Double.self)
        #expect(mask.contains(false))
        for (place, isFilled) in mask.enumerated() where !isFilled {
            #expect(features[7 * place..<7 * place + 7].allSatisfy { $0 == 0 })
        }
        let wider = JetMomenta(jets: jets.jets, slots: jets.slots + 5).features
        #expect(wider.narrowed(1, from: 0, length: jets.slots).elements(Double.self) == features)
    }

    /// A jet on each side of φ = π with a constituent on the other.
    @Test(arguments: [(3.1, -3.1), (-3.1, 3.1), (3.0, 2.9), (-1.6, 1.6), (1.6, -1.6)])
    func `Δφ is the shorter way round`(constituent: Double, jet: Double) {
        func momentum(_ phi: Double) -> [Double] { [100, 100 * cos(phi), 100 * sin(phi), 0] }
        let features = Features.compute(
            constituents: Tensor(momentum(constituent), shape: [1, 1, 4]), jets: Tensor(momentum(jet), shape: [1, 4]),
            mask: Tensor([true], shape: [1, 1])
        ).elements(Double.self)
        let expected = remainder(constituent - jet, 2 * .pi)
        #expect(abs(features[1] - expected) < 1e-12)
        #expect(abs(features[6] - abs(expected)) < 1e-12)
    }

    @Test func `A constituent that is the jet has no distance from it`() {
        let p = Tensor([500.0, 300, 200, 100], shape: [1, 1, 4])
        let features = Features.compute(
            constituents: p, jets: p.select(1, 0), mask: Tensor([true], shape: [1, 1])
        ).elements(Double.self)
        #expect([features[0], features[1], features[2], features[4], features[6]] == [0, 0, 0, 0, 0])
        #expect(features[5] == log(500))
    }
}
