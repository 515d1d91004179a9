import Fixtures
import Foundation
import Networks
import Testing
import Torch

/// The networks that students are beside transformers: deep sets and a plain MLP.
struct StudentNetworkTests {
    @Test func `Parameters have PyTorch's names and number`() {
        let sets = DeepSets().parameters
        #expect(
            sets.entries.map(\.name) == [
                "phi.0.weight", "phi.0.bias", "phi.2.weight", "phi.2.bias", "rho.0.weight", "rho.0.bias",
                "rho.2.weight", "rho.2.bias",
            ])
        #expect(sets.count == (7 + 1) * 32 + 33 * 32 + 33 * 32 + 33)
        let mlp = ConstituentMLP().parameters
        #expect(mlp.entries.map(\.shape)[0] == [64, 56] && mlp["layers.6.weight"]?.shape == [1, 32])
        #expect(mlp.count == 57 * 64 + 65 * 32 + 33 * 32 + 33)
    }

    @Test func `Weights and biases start uniform in ±1/√fan-in, as PyTorch's`() {
        let theta = ConstituentMLP().initialParameters(seed: 1).elements(Double.self)
        let bound = 1 / 56.0.squareRoot(), first = theta[..<(57 * 64)]
        #expect(first.allSatisfy { abs($0) <= bound * (1 + 1e-6) } && first.map(abs).max()! > 0.99 * bound)
        let variance = first.reduce(0) { $0 + $1 * $1 } / Double(first.count)
        #expect(abs(variance / (bound * bound / 3) - 1) < 0.1)
        #expect(ConstituentMLP().initialParameters(seed: 2).elements(Double.self) != theta)
    }

    /// Logits in double, with the slots `order` picks and so many empty ones behind.
    private func logits(_ settings: TaggerNetwork.Settings, _ order: [Int], empty: Int = 0) -> [Double] {
        let (jets, _) = testJets(8, constituents: 10, .float64)
        // What lies in an empty slot must not matter.
        let filler = Tensor.full([8, empty, 7], 3, .float64)
        let batch = JetBatch(
            features: .concatenated([jets.features.gathered(1, order), filler], dimension: 1),
            mask: .concatenated([jets.mask.gathered(1, order), .zeros([8, empty], .bool)], dimension: 1))
        let network = TaggerNetwork(settings), theta = network.initialParameters(seed: 1).to(.float64)
        return network(network.parameters.variables(of: theta), batch).elements()
    }

    @Test(arguments: [DeepSets.Pooling.mean, .sum])
    func `Deep sets see neither the order of constituents nor empty slots`(_ pooling: DeepSets.Pooling) {
        var settings = DeepSets.Settings()
        settings.pooling = pooling
        let plain = logits(.deepSets(settings), Array(0..<10))
        let turned = logits(.deepSets(settings), [3, 9, 0, 7, 1, 2, 8, 6, 5, 4], empty: 5)
        for (a, b) in zip(plain, turned) { #expect(abs(a - b) < 1e-12) }
    }

    @Test func `Sum and mean pooling differ by the number of constituents`() throws {
        var settings = DeepSets.Settings()
        settings.rho = []
        let mean = logits(.deepSets(settings), Array(0..<10))
        settings.pooling = .sum
        let sum = logits(.deepSets(settings), Array(0..<10))
        let table = DeepSets(settings).parameters, bias = try #require(table["rho.0.bias"])
        let shift = DeepSets(settings).initialParameters(seed: 1).elements(Double.self)[bias.offset]
        for (jet, (a, b)) in zip(mean, sum).enumerated() {
            let filled = Double(1 + jet * 9 / 7)
            #expect(abs((a - shift) * filled - (b - shift)) < 1e-12)
        }
    }

    @Test func `Pooling over all slots counts each empty one as a constituent whose features are 0`() throws {
        var settings = DeepSets.Settings()
        (settings.pooling, settings.rho, settings.phi) = (.allSlots, [], [5])
        let few = logits(.deepSets(settings), Array(0..<10)),
            many = logits(.deepSets(settings), Array(0..<10), empty: 10)
        // φ(0) is the ReLU of φ's bias, ρ is linear.
        let theta = DeepSets(settings).initialParameters(seed: 1).elements(Double.self)
        let table = DeepSets(settings).parameters
        func values(_ name: String) -> ArraySlice<Double> {
            theta[table[name]!.offset..<table[name]!.offset + table[name]!.count]
        }
        let empty = zip(values("phi.0.bias"), values("rho.0.weight")).reduce(values("rho.0.bias").first!) {
            $0 + max($1.0, 0) * $1.1
        }
        // Twice as many slots, the second half of them empty.
        for (a, b) in zip(few, many) { #expect(abs((a + empty) / 2 - b) < 1e-12) }
        settings.constituents = 10
        #expect(logits(.deepSets(settings), Array(0..<10), empty: 10) == few)
        #expect(
            zip(logits(.deepSets(settings), [3, 9, 0, 7, 1, 2, 8, 6, 5, 4]), few).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test(arguments: DeepSets.Pooling.allCases)
    func `Deep sets on the leading constituents see nothing else`(_ pooling: DeepSets.Pooling) {
        var settings = DeepSets.Settings()
        (settings.pooling, settings.constituents) = (pooling, 4)
        let plain = logits(.deepSets(settings), Array(0..<10))
        #expect(logits(.deepSets(settings), [0, 1, 2, 3, 9, 8]) == plain)
        #expect(logits(.deepSets(settings), [0, 1, 2, 7, 4, 5]) != plain)
        settings.constituents = 12
        let few = logits(.deepSets(settings), Array(0..<10)),
            many = logits(.deepSets(settings), Array(0..<10), empty: 6)
        for (a, b) in zip(few, many) { #expect(abs(a - b) < 1e-12) }
    }

    @Test func `An MLP sees the leading constituents and nothing else`() {
        var settings = ConstituentMLP.Settings()
        settings.constituents = 4
        let plain = logits(.mlp(settings), Array(0..<10))
        #expect(logits(.mlp(settings), [0, 1, 2, 3, 9, 8]) == plain)
        #expect(logits(.mlp(settings), [1, 0, 2, 3, 4, 5]) != plain)
        settings.constituents = 12
        #expect(logits(.mlp(settings), Array(0..<10)) == logits(.mlp(settings), Array(0..<10), empty: 6))
    }
}

/// One type for all of them.
struct TaggerNetworkTests {
    static let all: [TaggerNetwork.Settings] = [
        .transformer(Example.network().settings), .deepSets(.init()), .mlp(.init()), .invariant(.init()),
    ]

    @Test(arguments: all)
    func `It has the parameters, the start and the logits of the network that it holds`(
        _ settings: TaggerNetwork.Settings
    ) {
        let (jets, _) = testJets(8, constituents: 10, .float32)
        func expectSame<Tagger: Network>(_ inner: Tagger) where Tagger.Input == JetBatch {
            let outer = TaggerNetwork(settings)
            #expect(outer.settings == settings)
            #expect(outer.parameters.entries.map(\.name) == inner.parameters.entries.map(\.name))
            let theta = inner.initialParameters(seed: 4)
            #expect(outer.initialParameters(seed: 4).elements(Float.self) == theta.elements(Float.self))
            let variables = inner.parameters.variables(of: theta)
            #expect(
                outer(variables, jets).elements(Float.self) == inner(variables, jets, Pass()).elements(Float.self))
        }
        switch settings {
        case .transformer(let settings): expectSame(JetTransformer(settings))
        case .deepSets(let settings): expectSame(DeepSets(settings))
        case .mlp(let settings): expectSame(ConstituentMLP(settings))
        case .invariant(let settings): expectSame(LorentzInvariantNetwork(settings))
        case .program: Issue.record("a program is not made of settings")
        }
    }

    @Test(arguments: all)
    func `Settings are written with their kind and read back`(_ settings: TaggerNetwork.Settings) throws {
        let json = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(TaggerNetwork.Settings.self, from: json) == settings)
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        #expect(object["kind"] as? String == settings.kind.rawValue)
    }

    @Test func `Settings without a kind are a transformer's, as older files have them`() throws {
        let json = try JSONEncoder().encode(Example.network().settings)
        #expect(
            try JSONDecoder().decode(TaggerNetwork.Settings.self, from: json)
                == .transformer(Example.network().settings))
    }
}

/// The same weights and jets through these networks and through PyTorch.
@Suite(
    .enabled(if: PyTorch.isThere, "Python can't import PyTorch from .deps/python: this wheel needs CUDA's libraries"))
struct StudentNetworkParityTests {
    static let cases: [TaggerNetwork.Settings] = {
        var sum = DeepSets.Settings(), deep = DeepSets.Settings(), few = ConstituentMLP.Settings()
        sum.pooling = .sum
        deep.phi = [24, 16, 8]
        deep.rho = []
        few.constituents = 5
        few.hidden = [9]
        var many = ConstituentMLP.Settings()
        many.constituents = 30
        var slots = DeepSets.Settings(), leading = DeepSets.Settings()
        slots.pooling = .allSlots
        (leading.pooling, leading.constituents) = (.mean, 5)
        return [
            .deepSets(slots), .deepSets(leading), .deepSets(.init()), .deepSets(sum), .deepSets(deep), .mlp(few),
            .mlp(many),
        ]
    }()

    @Test(arguments: cases)
    func `Logits, loss and every gradient are PyTorch's in double`(_ settings: TaggerNetwork.Settings) throws {
        try expectParity(
            of: TaggerNetwork(settings), with: "tagger.py", settings: settings, .float64, tolerance: 1e-12)
    }
}
