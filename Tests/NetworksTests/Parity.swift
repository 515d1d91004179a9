import Fixtures
import Foundation
import Networks
import Testing
import Torch

/// The same weights and jets through our network and through a PyTorch module of `Tests/Parity`: logits, loss and every
/// parameter's gradient must agree.
func expectParity<Tagger: Network>(
    of network: Tagger, with script: String, settings: some Encodable, constituents: Int = 20, _ type: ScalarType,
    usesPlainAttention: Bool = false, momenta: Bool = false, tolerance: Double
) throws where Tagger.Input == JetBatch {
    let theta = network.initialParameters(seed: 3).to(type)
    let (jets, labels) = testJets(32, constituents: constituents, type)
    let variables = network.parameters.variables(of: theta)
    let logits = network(variables, jets, Pass(usesPlainAttention: usesPlainAttention))
    let loss = logits.binaryCrossEntropy(targets: labels).mean()
    let gradients = gradients(of: loss, with: variables)

    let weights = zip(network.parameters.entries, network.parameters.views(of: theta)).map { ($0.name, $1) }
    var inputs = [("features", jets.features), ("mask", jets.mask.to(type)), ("labels", labels)]
    if momenta, let momenta = jets.momenta {
        inputs += [("constituents", momenta.constituents), ("jets", momenta.jets)]
    }
    let theirs = try PyTorch.run(
        script, weights + inputs,
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

/// Jets with 1 to `constituents` constituents, features of a jet's size, and momenta (other jets', but as many).
func testJets(_ count: Int, constituents: Int, _ type: ScalarType) -> (JetBatch, labels: Tensor) {
    let stream = RandomStream(seed: 7, purpose: "test jets")
    var features: [Double] = [], mask: [Bool] = [], labels: [Double] = [], momenta: [Double] = []
    for jet in 0..<count {
        let filled = 1 + jet * (constituents - 1) / (count - 1)
        let numbers = stream.normals(7 * constituents, jet: UInt32(jet))
        for slot in 0..<constituents {
            mask.append(slot < filled)
            for feature in 0..<7 { features.append(slot < filled ? numbers[7 * slot + feature] : 0) }
            let pt = 20 * exp(numbers[7 * slot]), eta = 0.2 * numbers[7 * slot + 1], phi = 0.2 * numbers[7 * slot + 2]
            let p = [pt * cosh(eta), pt * cos(phi), pt * sin(phi), pt * sinh(eta)]
            momenta += slot < filled ? p : [0, 0, 0, 0]
        }
        labels.append(jet % 2 == 0 ? 1 : 0)
    }
    let p = Tensor(momenta, shape: [count, constituents, 4])
    let batch = JetBatch(
        features: Tensor(features, shape: [count, constituents, 7]).to(type),
        mask: Tensor(mask, shape: [count, constituents]), momenta: JetMomenta(constituents: p, jets: p.sum(1)))
    return (batch, Tensor(labels).to(type))
}
