import Curvature
import Fixtures
import Jets
import Networks
import Objectives
import Testing
import Torch

struct RelativeFlatnessTests {
    private let small = SmallNetwork()

    /// W and the dense Hessian of one layer.
    private func layer(_ name: String, _ theta: Tensor? = nil) throws -> (weights: Tensor, hessian: HessianOperator) {
        let entry = try #require(small.objective.parameters[name]), theta = theta ?? small.theta
        let weights = theta.narrowed(0, from: entry.offset, length: entry.count).reshaped(entry.shape)
        let hessian = HessianOperator(
            of: small.objective, at: theta, samples: small.samples,
            selecting: try HessianOperator.selection([name], of: small.objective.parameters), reducer: small.reducer)
        return (weights, hessian)
    }

    /// Σ_{s,s′} ⟨w_s, w_s′⟩ Σ_t H_{(s,t),(s′,t)}, loop by loop.
    private func naive(_ weights: Tensor, _ hessian: HessianOperator) -> Double {
        let h = dense(hessian).elements(Double.self), w = weights.elements(Double.self)
        let outputs = weights.shape[0], inputs = weights.shape[1], n = outputs * inputs
        var sum = 0.0
        for s in 0..<outputs {
            for other in 0..<outputs {
                var inner = 0.0, trace = 0.0
                for t in 0..<inputs {
                    inner += w[s * inputs + t] * w[other * inputs + t]
                    trace += h[(s * inputs + t) * n + other * inputs + t]
                }
                sum += inner * trace
            }
        }
        return sum
    }

    @Test(arguments: ["head.2.weight", "head.0.weight", "encoder.layers.0.linear1.weight", "embed.weight"])
    func `Done exactly it is the sum over neurons of the dense Hessian`(_ name: String) throws {
        let (weights, hessian) = try layer(name)
        let expected = naive(weights, hessian)
        let flatness = RelativeFlatness(of: weights, hessian)
        #expect(flatness.standardError == nil)
        #expect(abs(flatness.value - expected) < 1e-10 * max(1e-3, abs(expected)))
        #expect(flatness.products <= weights.shape.min()! * weights.shape[1])
    }

    @Test func `Estimates scatter about the exact value by their errors`() throws {
        let (weights, hessian) = try layer("encoder.layers.0.self_attn.in_proj_weight")
        let exact = RelativeFlatness(of: weights, hessian).value
        var pulls: [Double] = []
        for seed in 1...30 {
            let estimate = RelativeFlatness(of: weights, hessian, exactUpTo: 0, probes: 64, seed: UInt64(seed))
            let error = try #require(estimate.standardError)
            #expect(estimate.products == 64)
            pulls.append((estimate.value - exact) / error)
        }
        let mean = pulls.reduce(0, +) / 30, square = pulls.reduce(0) { $0 + $1 * $1 } / 30
        #expect(abs(mean) < 0.75)
        #expect((0.4...2.2).contains(square))
    }

    /// A ReLU layer's neurons times 2, 3 and 5, undone by the next layer's columns: the same function.
    @Test func `It does not see a rescaling between layers, which the trace does`() throws {
        let hidden = try #require(small.objective.parameters["head.0.weight"])
        let bias = try #require(small.objective.parameters["head.0.bias"])
        let output = try #require(small.objective.parameters["head.2.weight"])
        var theta = small.theta.elements(Double.self)
        for (neuron, factor) in [2.0, 3, 5].enumerated() {
            for t in 0..<hidden.shape[1] { theta[hidden.offset + neuron * hidden.shape[1] + t] *= factor }
            theta[bias.offset + neuron] *= factor
            theta[output.offset + neuron] /= factor
        }
        let before = try layer("head.0.weight"), after = try layer("head.0.weight", Tensor(theta))
        let flatness = [before, after].map { RelativeFlatness(of: $0.weights, $0.hessian).value }
        #expect(abs(flatness[0] - flatness[1]) < 1e-10 * abs(flatness[0]))
        let traces = [before, after].map { layer in
            let n = layer.hessian.dimension, h = dense(layer.hessian).elements(Double.self)
            return (0..<n).reduce(0) { $0 + h[$1 * n + $1] }
        }
        #expect(abs(traces[0] - traces[1]) > 0.01 * abs(traces[0]))
    }

    @Test func `Of one neuron it is the weights' square times the trace`() {
        let (matrix, _) = matrix(eigenvalues: [3, 1, 0.5, 0])
        let flatness = RelativeFlatness(of: Tensor([1.0, 2, 0, -2], shape: [1, 4]), matrix)
        #expect(abs(flatness.value - 9 * 4.5) < 1e-12)
        #expect(flatness.products == 4)
    }
}
