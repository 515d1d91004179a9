import Fixtures
import Foundation
import Networks
import Testing
import Torch

/// The same weights and jets through our network and through a PyTorch module of `Tests/Parity`: logits, loss and every
/// parameter's gradient must agree.
func expectParity<Tagger: Network>(
    of network: Tagger, with script: String, settings: some Encodable, constituents: Int = 20, _ type: ScalarType,
    isTwiceDifferentiable: Bool = false, tolerance: Double
) throws where Tagger.Input == JetBatch {
    let theta = network.initialParameters(seed: 3).to(type)
    let (jets, labels) = testJets(32, constituents: constituents, type)
    let variables = network.parameters.variables(of: theta)
    let logits = network(variables, jets, Pass(isTwiceDifferentiable: isTwiceDifferentiable))
    let loss = logits.binaryCrossEntropy(targets: labels).mean()
    let gradients = gradients(of: loss, with: variables)

    let weights = zip(network.parameters.entries, network.parameters.views(of: theta)).map { ($0.name, $1) }
    let theirs = try PyTorch.run(
        script, weights + [("features", jets.features), ("mask", jets.mask.to(type)), ("labels", labels)],
        settings: String(decoding: try JSONEncoder().encode(settings), as: UTF8.self))

    func expectSame(_ ours: Tensor, _ name: String) throws {
        let entry = try #require(theirs[name])
        let expected = type == .float64 ? try entry.doubles() : try entry.floats().map(Double.init)
        let distance = relativeDistance(ours.elements(Double.self), expected)
        #expect(distance < tolerance, "\(name) is \(distance) away")
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
func testJets(_ count: Int, constituents: Int, _ type: ScalarType) -> (JetBatch, labels: Tensor) {
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
