import Fixtures
import Jets
import Networks
import Objectives
import Testing
import Torch

struct LayerTests {
    private let data = TaggingData(Example.jets(5), signal: .w, .float64)

    private func network(_ change: (inout JetTransformer.Settings) -> Void = { _ in }) -> JetTransformer {
        var settings = JetTransformer.Settings()
        settings.width = 6
        settings.heads = 2
        settings.layers = 2
        settings.feedForward = 5
        settings.head = [4]
        change(&settings)
        return JetTransformer(settings)
    }

    @Test func `Layer after layer is the network without its head`() {
        let network = network(), theta = network.initialParameters(seed: 3).to(.float64)
        let variables = network.parameters.views(of: theta), batch = data.slice(Array(0..<5)).batch
        let all = network.activations(variables, batch)
        #expect(all.count == 3 && all.allSatisfy { $0.shape == [5, 12, 6] })
        let next = network.layer(1, variables, all[1], batch.mask)
        #expect((next - all[2]).norm == 0)
        // Pooled over constituents, and through the head.
        let mask = batch.mask.to(.float64).unsqueezed(-1)
        let pooled = (all[2] * mask).sum(1) / mask.sum(1)
        let head = variables.suffix(4)
        let hidden = pooled.linear(head[head.startIndex], head[head.startIndex + 1]).relu()
        let logits = hidden.linear(head[head.startIndex + 2], head[head.startIndex + 3]).select(-1, 0)
        #expect((logits - network(variables, batch)).norm < 1e-12)
    }

    @Test(arguments: [(true, true), (false, true), (true, false), (false, false)])
    func `A Jacobian's columns are difference quotients`(_ skips: Bool, _ masked: Bool) {
        let network = network {
            $0.skipConnections = skips
            $0.attentionMask = masked
        }
        let variables = network.parameters.views(of: network.initialParameters(seed: 3).to(.float64))
        let batch = data.slice([2]).batch, mask = batch.mask.select(0, 0)
        let input = network.activations(variables, batch)[1].select(0, 0).contiguous()
        let valid = mask.elements(Bool.self).indices.filter { mask.elements(Bool.self)[$0] }
        let jacobian = network.jacobian(ofLayer: 1, at: input, mask: mask, variables, copies: 7)
        let n = valid.count * 6
        #expect(valid.count < 12 && jacobian.shape == [n, n])
        func output(_ values: [Double]) -> [Double] {
            let whole = network.layer(
                1, variables, Tensor(values, shape: [1, 12, 6]), batch.mask, Pass()
            ).elements(Double.self)
            return valid.flatMap { whole[6 * $0..<6 * $0 + 6] }
        }
        let elements = jacobian.elements(Double.self), start = input.elements(Double.self)
        for (place, slot) in valid.enumerated() {
            for component in 0..<6 {
                var up = start, down = start
                up[6 * slot + component] += 1e-6
                down[6 * slot + component] -= 1e-6
                for (row, (a, b)) in zip(output(up), output(down)).enumerated() {
                    #expect(abs(elements[row * n + 6 * place + component] - (a - b) / 2e-6) < 1e-6)
                }
            }
        }
        // Each constituent's own block.
        let blocks = network.jacobian(ofLayer: 1, at: input, mask: mask, variables, blocks: true, copies: 4)
        #expect(blocks.shape == [valid.count, 6, 6])
        let own = blocks.elements(Double.self)
        for place in valid.indices {
            for i in 0..<36 {
                let row = 6 * place + i / 6, column = 6 * place + i % 6
                #expect(abs(own[36 * place + i] - elements[row * n + column]) < 1e-12)
            }
        }
    }

    @Test func `Scaling the output layer scales the logits and nothing else`() {
        let network = network(), theta = network.initialParameters(seed: 3).to(.float64)
        let batch = data.slice(Array(0..<5)).batch
        func logits(_ theta: Tensor) -> Tensor { network(network.parameters.views(of: theta), batch) }
        let scaled = network.parameters.scalingLogits(of: theta, by: 0.4)
        #expect((logits(scaled) - logits(theta) * 0.4).norm < 1e-12)
        let changed = zip(scaled.elements(Double.self), theta.elements(Double.self)).count { $0 != $1 }
        #expect(changed == 5)
        #expect(network.parameters.outputLayer.weight.name == "head.2.weight")
        #expect(network.parameters.outputLayer.bias.shape == [1])
    }
}
