import Curvature
import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Testing
import Torch

/// The paper's network on invented jets, against PyTorch's own double backward in double.
@Suite(.enabled(if: PyTorch.isThere))
struct HessianParityTests {
    @Test func `Products and the top eigenpair are PyTorch's`() throws {
        let network = JetTransformer(), theta = network.initialParameters(seed: 1)
        let jets = Example.jets(24, constituents: 16)
        func hessian(_ type: ScalarType) -> HessianOperator {
            var data = TaggingData(jets, signal: .w, type)
            data.scaling = data.measuredScaling()
            let objective = TaggingObjective(
                network: network, data: data, terms: [WeightedTerm(BinaryCrossEntropy())], seed: 1)
            return HessianOperator(
                of: objective, at: theta.to(type), samples: Array(0..<24), reducer: Reducer(sliceSize: 10, threads: 2))
        }
        let float = hessian(.float32)
        let top = try Lanczos()(float)
        let pair = top.pairs[0]
        #expect(pair.converged)
        let random = Tensor(RandomStream(seed: 6, purpose: "vector").normals(network.parameters.count))

        var data = TaggingData(jets, signal: .w, .float64)
        data.scaling = data.measuredScaling()
        let batch = data.slice(Array(0..<24)).batch
        var tensors = network.parameters.entries.map { entry in
            let tensor = theta.narrowed(0, from: entry.offset, length: entry.count).reshaped(entry.shape)
            return (entry.name, tensor.to(.float64).contiguous())
        }
        tensors += [
            ("features", batch.features.contiguous()), ("mask", batch.mask.to(.float64)),
            ("labels", data.labels.to(.float64)), ("vector.0", random), ("vector.1", pair.vector),
        ]
        let settings = String(decoding: try JSONEncoder().encode(network.settings), as: UTF8.self)
        let results = try PyTorch.run("hessian.py", tensors, settings: settings)
        let theirs = Tensor(try results["product.0"]!.doubles())
        let exact = hessian(.float64).product(random)
        #expect((exact - theirs).norm < 1e-10 * theirs.norm)
        #expect((float.product(random) - theirs).norm < 1e-4 * theirs.norm)
        // The eigenpair found in float holds in PyTorch's double, to the residual that was stated and float's rounding.
        let image = Tensor(try results["product.1"]!.doubles())
        let residual = (image - pair.vector * pair.value).norm
        #expect(residual < 1.1 * pair.residual + 1e-5 * abs(pair.value))
        #expect(abs(pair.vector.dot(image) - pair.value) < 1e-5 * abs(pair.value))
    }
}
