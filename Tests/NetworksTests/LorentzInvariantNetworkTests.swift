import Fixtures
import Foundation
import Networks
import Testing
import Torch

/// The network of Minkowski products: its parameters, and what has no say in its logit.
struct LorentzInvariantNetworkTests {
    private func network(_ change: (inout LorentzInvariantNetwork.Settings) -> Void = { _ in })
        -> LorentzInvariantNetwork
    {
        var settings = LorentzInvariantNetwork.Settings()
        settings.width = 8
        settings.messageWidth = 6
        settings.head = [5]
        change(&settings)
        return LorentzInvariantNetwork(settings)
    }

    @Test func `Parameters have PyTorch's names and number`() {
        let table = LorentzInvariantNetwork().parameters
        let block = [
            "pair.weight", "pair.bias", "hear.weight", "speak.weight", "message.weight", "message.bias",
            "norm1.weight", "norm1.bias", "update.0.weight", "update.0.bias", "update.2.weight", "update.2.bias",
            "norm2.weight", "norm2.bias",
        ]
        let head = [0, 2, 4].flatMap { ["head.\($0).weight", "head.\($0).bias"] }
        #expect(
            table.entries.map(\.name) == ["embed.weight", "embed.bias"] + block.map { "blocks.0.\($0)" }
                + block.map { "blocks.1.\($0)" } + head)
        let d = 64, m = 32
        let parameters =
            4 * m + 2 * d * m + (m + 1) * m + 2 * 2 * m + (d + 2 * m + 1) * d + (d + 1) * d + 2 * d
        #expect(table.count == 3 * d + 2 * parameters + (2 * d + 1) * 64 + 65 * 64 + 65)
    }

    @Test func `Weights start as a linear layer's`() throws {
        let table = LorentzInvariantNetwork().parameters, entry = try #require(table["blocks.1.hear.weight"])
        let theta = LorentzInvariantNetwork().initialParameters(seed: 1).elements(Double.self)
        let values = theta[entry.offset..<entry.offset + entry.count], bound = 1 / 64.0.squareRoot()
        #expect(values.allSatisfy { abs($0) <= bound * (1 + 1e-6) } && values.map(abs).max()! > 0.99 * bound)
    }

    /// Logits in double of jets whose slots `order` picks, with so many empty ones behind.
    private func logits(_ network: LorentzInvariantNetwork, _ order: [Int], empty: Int = 0) -> [Double] {
        let (jets, _) = testJets(8, constituents: 10, .float64)
        let momenta = jets.momenta!
        // What lies in an empty slot must not matter.
        let filler = Tensor.full([8, empty, 4], 3, .float64)
        let batch = JetBatch(
            features: .zeros([8, order.count + empty, 7], .float64),
            mask: .concatenated([jets.mask.gathered(1, order), .zeros([8, empty], .bool)], dimension: 1),
            momenta: JetMomenta(
                constituents: .concatenated([momenta.constituents.gathered(1, order), filler], dimension: 1),
                jets: momenta.jets))
        let theta = network.initialParameters(seed: 1).to(.float64)
        return network(network.parameters.variables(of: theta), batch).elements()
    }

    @Test func `It sees neither the order of constituents nor empty slots nor features`() {
        let plain = logits(network(), Array(0..<10))
        #expect(Set(plain).count == 8)
        let turned = logits(network(), [3, 9, 0, 7, 1, 2, 8, 6, 5, 4], empty: 5)
        for (a, b) in zip(plain, turned) { #expect(abs(a - b) < 1e-12) }
        let fewer = logits(network(), Array(0..<9))
        // The last slot of the last jet holds a constituent, which has a say.
        #expect(abs(fewer[7] - plain[7]) > 1e-6 && abs(fewer[0] - plain[0]) < 1e-12)
    }

    @Test func `Without blocks nothing is heard, and a jet is the sum of its constituents`() {
        let deaf = network { $0.blocks = 0 }
        #expect(deaf.parameters["blocks.0.pair.weight"] == nil)
        #expect(Set(logits(deaf, Array(0..<10))).count == 8)
    }

    @Test(arguments: [1, 3])
    func `The gradient is the difference quotient of the loss`(_ blocks: Int) {
        let network = network { $0.blocks = blocks }
        let (jets, labels) = testJets(6, constituents: 7, .float64)
        let theta = network.initialParameters(seed: 2).to(.float64)
        func loss(_ theta: [Tensor]) -> Tensor {
            network(theta, jets, Pass()).binaryCrossEntropy(targets: labels).mean()
        }
        let variables = network.parameters.variables(of: theta)
        let slopes = network.parameters.packed(gradients(of: loss(variables), with: variables))
        for draw in 0..<3 {
            let numbers = RandomStream(seed: 4, purpose: "directions").normals(theta.count, epoch: UInt32(draw))
            let direction = Tensor(numbers), step = 1e-7
            func value(_ step: Double) -> Double { loss(network.parameters.views(of: theta + direction * step)).item }
            let quotient = (value(step) - value(-step)) / (2 * step)
            #expect(abs(slopes.dot(direction) - quotient) < 1e-6 * max(1, abs(quotient)))
        }
    }

    @Test func `Matrix products in bfloat16 give the same logits to its precision`() {
        let network = network(), theta = network.initialParameters(seed: 1)
        let (jets, _) = testJets(8, constituents: 10, .float32)
        let variables = network.parameters.variables(of: theta)
        let plain = network(variables, jets).elements(Double.self)
        let rounded = network(variables, jets, Pass(usesBFloat16: true)).elements(Double.self)
        #expect(plain != rounded && zip(plain, rounded).allSatisfy { abs($0 - $1) < 0.05 })
    }
}

/// The same weights and jets through the network of invariants and through PyTorch.
@Suite(
    .enabled(if: PyTorch.isThere, "Python can't import PyTorch from .deps/python: this wheel needs CUDA's libraries"))
struct LorentzInvariantNetworkParityTests {
    @Test(arguments: [(ScalarType.float64, 1e-12), (.float32, 1e-5)])
    func `Logits, loss and every gradient are PyTorch's`(_ type: ScalarType, _ tolerance: Double) throws {
        let network = LorentzInvariantNetwork()
        try expectParity(
            of: network, with: "invariant.py", settings: network.settings, type, momenta: true, tolerance: tolerance)
    }
}
