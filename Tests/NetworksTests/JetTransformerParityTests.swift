import Fixtures
import Foundation
import Networks
import Testing
import Torch

/// The same weights and jets through our network and through PyTorch's `nn.TransformerEncoder`.
@Suite(
    .enabled(if: PyTorch.isThere, "Python can't import PyTorch from .deps/python: this wheel needs CUDA's libraries"))
struct JetTransformerParityTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let type: ScalarType
        let isTwiceDifferentiable: Bool
        let tolerance: Double
        let change: @Sendable (inout JetTransformer.Settings) -> Void
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "the paper's network", type: .float32, isTwiceDifferentiable: false, tolerance: 1e-5) { _ in },
        Case(name: "the paper's network, plain attention", type: .float32, isTwiceDifferentiable: true, tolerance: 1e-5)
        {
            _ in
        },
        Case(name: "SEAL's masks", type: .float32, isTwiceDifferentiable: false, tolerance: 1e-5) {
            $0.attentionMask = false
            $0.pooling = .allSlots
        },
        Case(name: "in double", type: .float64, isTwiceDifferentiable: false, tolerance: 1e-12) { $0.width = 64 },
        Case(name: "in double, plain attention", type: .float64, isTwiceDifferentiable: true, tolerance: 1e-12) {
            $0.width = 64
        },
    ]

    @Test(arguments: cases)
    func `Logits, loss and every gradient are PyTorch's`(_ example: Case) throws {
        var settings = JetTransformer.Settings()
        example.change(&settings)
        let network = JetTransformer(settings)
        let theta = network.initialParameters(seed: 3).to(example.type)
        let (jets, labels) = JetTransformerParityTests.jets(32, constituents: 20, example.type)

        let variables = network.parameters.variables(of: theta)
        let logits = network(variables, jets, Pass(isTwiceDifferentiable: example.isTwiceDifferentiable))
        let loss = logits.binaryCrossEntropy(targets: labels).mean()
        let gradients = gradients(of: loss, with: variables)

        let weights = zip(network.parameters.entries, network.parameters.views(of: theta)).map { ($0.name, $1) }
        let theirs = try PyTorch.run(
            "tagger.py",
            weights + [("features", jets.features), ("mask", jets.mask.to(example.type)), ("labels", labels)],
            settings: String(decoding: try JSONEncoder().encode(settings), as: UTF8.self))

        func expectSame(_ ours: Tensor, _ name: String) throws {
            let entry = try #require(theirs[name])
            let expected = example.type == .float64 ? try entry.doubles() : try entry.floats().map(Double.init)
            let distance = relativeDistance(ours.elements(Double.self), expected)
            #expect(distance < example.tolerance, "\(name) is \(distance) away")
        }
        try expectSame(logits, "logits")
        try expectSame(loss, "loss")
        for (entry, gradient) in zip(network.parameters.entries, gradients) {
            // Adding a constant to all keys changes no attention weight: the keys' part of this bias has gradient 0 but
            // for rounding, which a relative distance over the whole tensor takes into account.
            try expectSame(gradient, "gradient.\(entry.name)")
        }
    }

    /// Jets with 1 to `constituents` constituents and features of a jet's size.
    static func jets(_ count: Int, constituents: Int, _ type: ScalarType) -> (JetBatch, labels: Tensor) {
        let stream = RandomStream(seed: 7, purpose: "test jets")
        var features: [Double] = [], mask: [Bool] = [], labels: [Double] = []
        for jet in 0..<count {
            let filled = 1 + jet * (constituents - 1) / (count - 1)
            let numbers = stream.normals(7 * constituents, jet: UInt32(jet))
            for slot in 0..<constituents {
                mask.append(slot < filled)
                for feature in 0..<7 { features.append(slot < filled ? numbers[7 * slot + feature] : 0) }
            }
            labels.append(jet % 2 == 0 ? 1 : 0)
        }
        let batch = JetBatch(
            features: Tensor(features, shape: [count, constituents, 7]).to(type),
            mask: Tensor(mask, shape: [count, constituents]))
        return (batch, Tensor(labels).to(type))
    }
}
