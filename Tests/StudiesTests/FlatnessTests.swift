import Curvature
import Fixtures
import Jets
import Networks
import Objectives
import Studies
import Testing
import Torch

struct FlatnessTests {
    /// For one output κ is ‖w‖² Tr H, and H of the cross-entropy is the mean of p(1 − p)φφᵀ.
    @Test func `Relative flatness of the last layer is ‖w‖² times the mean of p(1 − p)‖φ‖²`() throws {
        let (objective, start) = Example.objective(jets: 80, type: .float64)
        let network = objective.network, table = network.parameters
        // A fresh network's logits, larger, and with the sign that knows something of the classes.
        let theta = table.scalingLogits(of: start, by: -30)
        let flatness = try Flatness(
            of: network, at: theta, validation: objective.data, objective.data, seed: 1,
            reducer: Reducer(sliceSize: 16, threads: 2))
        func naive(_ theta: Tensor) -> Double {
            let variables = table.views(of: theta), batch = objective.data.slice(Array(0..<80)).batch
            let last = network.activations(variables, batch).last!, mask = batch.mask.to(.float64).unsqueezed(-1)
            let pooled = (last * mask).sum(1) / mask.sum(1), head = Array(variables.suffix(4))
            let features = pooled.linear(head[0], head[1]).relu()
            let p = features.linear(head[2], head[3]).select(-1, 0).sigmoid()
            let mean = (p * (1 - p) * features.squared().sum(-1)).mean().item
            return mean * head[2].squared().sum().item
        }
        #expect(abs(flatness.before.value - naive(theta)) < 1e-10 * naive(theta))
        let matched = table.scalingLogits(of: theta, by: 1 / flatness.temperature.value)
        #expect(abs(flatness.after.value - naive(matched)) < 1e-10 * naive(matched))
        #expect(flatness.before.standardError == nil && flatness.layer == "head.2.weight" && flatness.jets == 80)
        #expect(flatness.temperature.crossEntropyAfter < flatness.temperature.crossEntropyBefore)
    }
}
