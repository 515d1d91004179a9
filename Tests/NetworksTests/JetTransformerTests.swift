import Fixtures
import Foundation
import Networks
import Testing
import Torch

struct JetTransformerTests {
    @Test func `The paper's network has 1,255,425 parameters under PyTorch's names`() {
        let table = JetTransformer().parameters
        #expect(table.count == 1_255_425)
        #expect(table.entries.count == 46)
        #expect(table["embed.weight"]?.shape == [256, 7])
        #expect(table["encoder.layers.2.self_attn.in_proj_weight"]?.shape == [768, 256])
        #expect(table["head.6.bias"]?.shape == [1])
        let last = table.entries.last!
        #expect(last.offset + last.count == table.count)
    }

    @Test func `Parameters start as PyTorch's do`() {
        let network = JetTransformer()
        let theta = network.initialParameters(seed: 1).elements(Float.self)
        func values(_ name: String) -> [Double] {
            let entry = network.parameters[name]!
            return theta[entry.offset..<entry.offset + entry.count].map(Double.init)
        }
        /// Uniform in ±bound: nothing beyond, something near, and the variance bound²/3 within five standard errors.
        func expectUniform(_ name: String, _ bound: Double) {
            let x = values(name), n = Double(x.count)
            #expect(x.allSatisfy { abs($0) <= bound * (1 + 1e-6) }, "\(name)")
            #expect(x.map(abs).max()! > bound * (1 - 20 / n), "\(name)")
            let variance = x.reduce(0) { $0 + $1 * $1 } / n
            #expect(abs(variance / (bound * bound / 3) - 1) < 5 * (0.8 / n).squareRoot(), "\(name)")
        }
        expectUniform("embed.weight", 1 / 7.0.squareRoot())
        expectUniform("encoder.layers.0.self_attn.in_proj_weight", (6.0 / 1024).squareRoot())
        expectUniform("encoder.layers.1.linear1.weight", 1.0 / 16)
        expectUniform("encoder.layers.1.linear1.bias", 1.0 / 16)
        expectUniform("encoder.layers.2.self_attn.out_proj.weight", 1.0 / 16)
        expectUniform("head.2.weight", 1 / 128.0.squareRoot())
        for name in [
            "encoder.layers.0.self_attn.in_proj_bias", "encoder.layers.0.self_attn.out_proj.bias",
            "encoder.layers.0.norm1.bias",
        ] { #expect(values(name).allSatisfy { $0 == 0 }) }
        #expect(values("encoder.layers.2.norm2.weight").allSatisfy { $0 == 1 })
        #expect(values("encoder.layers.0.linear1.weight") != values("encoder.layers.1.linear1.weight"))
    }

    @Test func `Layers can start as copies of the first`() {
        var settings = JetTransformer.Settings()
        settings.copiesFirstLayer = true
        let network = JetTransformer(settings)
        let theta = network.initialParameters(seed: 1).elements(Float.self)
        func values(_ name: String) -> ArraySlice<Float> {
            let entry = network.parameters[name]!
            return theta[entry.offset..<entry.offset + entry.count]
        }
        for part in ["self_attn.in_proj_weight", "linear2.bias"] {
            #expect(values("encoder.layers.0.\(part)").elementsEqual(values("encoder.layers.2.\(part)")))
        }
        #expect(
            values("head.0.weight").elementsEqual(
                JetTransformer().initialParameters(seed: 1).elements(Float.self)[
                    network.parameters["head.0.weight"]!.offset...
                ].prefix(256 * 128)))
    }

    @Test func `With a mask a jet's logit does not depend on how many slots are empty`() {
        let (jets, _) = testJets(8, constituents: 10, .float64)
        let wide = JetBatch(
            features: .concatenated([jets.features, .zeros([8, 6, 7], .float64)], dimension: 1),
            mask: .concatenated([jets.mask, .zeros([8, 6], .bool)], dimension: 1))
        func logits(_ batch: JetBatch, _ change: (inout JetTransformer.Settings) -> Void) -> [Double] {
            var settings = Example.network().settings
            change(&settings)
            let network = JetTransformer(settings)
            let theta = network.initialParameters(seed: 1).to(.float64)
            return network(network.parameters.variables(of: theta), batch).elements()
        }
        for (a, b) in zip(logits(jets) { _ in }, logits(wide) { _ in }) { #expect(abs(a - b) < 1e-12) }
        let seal: (inout JetTransformer.Settings) -> Void = {
            $0.attentionMask = false
            $0.pooling = .allSlots
        }
        #expect(zip(logits(jets, seal), logits(wide, seal)).contains { abs($0 - $1) > 1e-4 })
    }

    @Test func `The order of the constituents does not matter`() {
        let (jets, _) = testJets(8, constituents: 10, .float64)
        let network = Example.network(), theta = network.initialParameters(seed: 1).to(.float64)
        let reversed = Array((0..<10).reversed())
        let turned = JetBatch(
            features: jets.features.gathered(1, reversed), mask: jets.mask.gathered(1, reversed))
        let variables = network.parameters.variables(of: theta)
        let a = network(variables, jets).elements(Double.self), b = network(variables, turned).elements(Double.self)
        for (x, y) in zip(a, b) { #expect(abs(x - y) < 1e-12) }
    }

    @Test func `Without skip connections the output is another`() {
        let (jets, _) = testJets(4, constituents: 10, .float32)
        var settings = Example.network().settings
        settings.skipConnections = false
        let with = Example.network(), without = JetTransformer(settings)
        let theta = with.initialParameters(seed: 1)
        let a = with(with.parameters.variables(of: theta), jets).elements(Float.self)
        let b = without(without.parameters.variables(of: theta), jets).elements(Float.self)
        #expect(zip(a, b).allSatisfy { abs($0 - $1) > 1e-5 })
    }

    @Test func `Fused and plain attention draw the same dropout`() {
        let (jets, _) = testJets(6, constituents: 10, .float32)
        let network = Example.network(dropout: 0.2)
        let variables = network.parameters.variables(of: network.initialParameters(seed: 1))
        let rows = RowNames(jets: Array(0..<6), epoch: 4, view: 0)
        let stream = RandomStream(seed: 1, purpose: "dropout")
        func logits(_ plain: Bool) -> [Double] {
            network(variables, jets, Pass(dropout: (stream, rows), usesPlainAttention: plain)).elements()
        }
        for (a, b) in zip(logits(false), logits(true)) { #expect(abs(a - b) < 1e-5) }
        let undropped = network(variables, jets).elements(Double.self)
        #expect(zip(logits(false), undropped).contains { abs($0 - $1) > 1e-4 })
    }

    @Test func `bfloat16 products change a logit by what their eight bits allow`() {
        let (jets, labels) = testJets(32, constituents: 20, .float32)
        let network = JetTransformer(), theta = network.initialParameters(seed: 1)
        func gradient(_ usesBFloat16: Bool) -> (logits: [Double], gradient: [Double]) {
            let variables = network.parameters.variables(of: theta)
            let logits = network(variables, jets, Pass(usesBFloat16: usesBFloat16))
            let parts = gradients(of: logits.binaryCrossEntropy(targets: labels).mean(), with: variables)
            return (logits.elements(), network.parameters.packed(parts).elements())
        }
        let exact = gradient(false), rounded = gradient(true)
        let logits = relativeDistance(rounded.logits, exact.logits)
        #expect(logits > 1e-5 && logits < 0.02)
        // Rounding errors of a gradient's many summands add up; its direction is what training needs.
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let cosine =
            product(rounded.gradient, exact.gradient)
            / (product(rounded.gradient, rounded.gradient) * product(exact.gradient, exact.gradient)).squareRoot()
        #expect(cosine > 0.99 && cosine < 0.999999)
    }
}
