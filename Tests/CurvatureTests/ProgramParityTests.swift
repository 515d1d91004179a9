import Curvature
import Fixtures
import Foundation
import Networks
import Objectives
import Testing
import Torch

/// Networks written in PyTorch, as exported programs and as TorchScript, against PyTorch's own double backward in double.
@Suite(.enabled(if: PyTorch.isThere))
struct ProgramParityTests {
    private static let all = Programs.names.flatMap { name in Programs.endings.map { (name, $0) } }

    private func objective(_ given: Programs.Case) -> SampleObjective {
        SampleObjective(given.program, given.samples, given.loss, first: given.samples.count)
    }

    @Test(arguments: all)
    func `Outputs, loss, gradient and Hessian products are PyTorch's`(name: String, ending: String) throws {
        let given = try Programs.open(name, ending), objective = objective(given), oracle = given.oracle
        try objective.check()
        let theta = given.program.theta.to(.float64), samples = Array(0..<given.samples.count)
        let reducer = Reducer(sliceSize: 5, threads: 2)
        let outputs = withoutRecording {
            objective.networkOutputs(objective.parameters.views(of: theta), samples: samples, .evaluation)
        }
        #expect(relativeDistance(outputs.elements(Double.self), oracle["outputs"]!) < 1e-10)
        let gradient = Accumulator(count: objective.parameters.count)
        let value = reducer.gradient(objective, at: theta, samples: samples, into: gradient)
        #expect(abs(value.total - oracle["loss"]![0]) < 1e-10)
        #expect(relativeDistance(gradient.values, oracle["gradient"]!) < 1e-9)
        let product = reducer.hessianProducts(objective, at: theta, samples: samples, [Tensor(oracle["vector"]!)])[0]
        #expect(relativeDistance(product.values, oracle["product"]!) < 1e-9)
    }

    @Test(arguments: all)
    func `The largest eigenvalue in float is that of PyTorch's dense Hessian`(name: String, ending: String) throws {
        let given = try Programs.open(name, ending)
        let hessian = HessianOperator(
            of: objective(given), at: given.program.theta, samples: Array(0..<given.samples.count),
            reducer: Reducer(sliceSize: 5, threads: 2))
        try hessian.check()
        let pair = try Lanczos()(hessian).pairs[0]
        #expect(pair.converged)
        #expect(abs(pair.value - given.oracle["top"]![0]) < 1e-4 * abs(given.oracle["top"]![0]))
    }

    @Test(arguments: Programs.endings)
    func `The Gauss–Newton matrix of a convex loss has no negative form`(ending: String) throws {
        let given = try Programs.open("convolutional", ending)
        let matrix = try HessianOperator(
            gaussNewtonOf: objective(given), at: given.program.theta.to(.float64), samples: Array(0..<12),
            reducer: Reducer(sliceSize: 5, threads: 1))
        for seed in 1...5 {
            let vector = Tensor(
                RandomStream(seed: UInt64(seed), purpose: "vector").normals(matrix.dimension))
            #expect(vector.dot(matrix.product(vector)) > 0)
        }
    }

    @Test func `A weight of two counts a sample twice`() throws {
        let given = try Programs.open("deep-sets", "pt2"), theta = given.program.theta.to(.float64)
        let weights = (0..<12).map { $0 == 3 ? 2.0 : 1 }
        let weighted = Samples(
            inputs: given.samples.inputs, targets: given.samples.targets, weights: Tensor(weights))
        func value(_ samples: Samples, _ chosen: [Int]) -> Double {
            let objective = SampleObjective(given.program, samples, .bce, first: samples.count)
            return Reducer(sliceSize: 4, threads: 1).value(objective, at: theta, samples: chosen).total
        }
        let twice = value(given.samples, Array(0..<12) + [3])
        #expect(abs(value(weighted, Array(0..<12)) - twice) < 1e-7)
    }

    @Test func `A parameter that is used under two names is one parameter`() throws {
        for ending in Programs.endings {
            let program = try Programs.open("attention", ending).program
            let names = program.parameters.entries.map(\.name)
            #expect(names.contains("again.weight") && !names.contains("tied.weight") && names.contains("tied.bias"))
        }
    }
}
