import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Testing
import Torch

/// The infinitesimal loss against small finite transformations, against PyTorch's forward-mode derivatives, and its
/// gradient against differences.
struct InfinitesimalSymmetryTests {
    static let count = GroupSymmetryTests.count

    /// vₖ, [K][B], of the example's jets.
    static func derivatives(_ term: InfinitesimalSymmetry, scalesFeatures: Bool = false) -> (
        [[Double]], TaggingObjective<JetTransformer>, Tensor
    ) {
        let (objective, theta) = GroupSymmetryTests.objective([WeightedTerm(term)], scalesFeatures: scalesFeatures)
        let outputs = objective.outputs(
            objective.parameters.variables(of: theta), samples: Array(0..<count), .evaluation)
        let flat = term.derivatives(outputs[0]).elements(Double.self)
        return (stride(from: 0, to: flat.count, by: count).map { Array(flat[$0..<$0 + count]) }, objective, theta)
    }

    @Test(arguments: TaggerOutput.allCases, [false, true])
    func `The derivatives are those of small boosts and rotations of the momenta`(
        _ output: TaggerOutput, scalesFeatures: Bool
    ) {
        let (derivatives, objective, theta) = Self.derivatives(
            InfinitesimalSymmetry(on: output), scalesFeatures: scalesFeatures)
        #expect(derivatives.count == 6)
        func values(_ generator: Int, _ step: Double) -> [Double] {
            var axis = SIMD3<Double>.zero
            axis[generator % 3] = step.sign == .minus ? -1 : 1
            let matrix =
                generator < 3
                ? LorentzTransformations.boost(axis * abs(step))
                : LorentzTransformations.rotation(axis: axis, angle: abs(step))
            let all = Tensor(Array(repeating: matrix, count: Self.count).flatMap { $0 }, shape: [Self.count, 4, 4])
            let logits = Reducer(threads: 1).logits(
                objective.network, at: theta, objective.data,
                seenAs: { $0.transformed(by: LorentzTransformations(matrices: all)) })
            return output == .logit ? logits : logits.map(GroupSymmetryTests.score)
        }
        // So small that no ReLU switches between the two; what is left is double's rounding over the step.
        let step = 1e-7
        for generator in 0..<6 {
            let above = values(generator, step), below = values(generator, -step)
            for jet in 0..<Self.count {
                let quotient = (above[jet] - below[jet]) / (2 * step)
                let scale = max(1, abs(quotient))
                #expect(
                    abs(derivatives[generator][jet] - quotient) < 1e-6 * scale, "generator \(generator), jet \(jet)")
            }
        }
        for boost in derivatives.prefix(3) { #expect(boost.contains { abs($0) > 1e-2 }) }
    }

    @Test(arguments: LorentzGenerators.allCases)
    func `The penalty sums squares over the chosen generators`(_ generators: LorentzGenerators) {
        let (all, _, theta) = Self.derivatives(InfinitesimalSymmetry())
        let chosen: Range<Int> = generators == .both ? 0..<6 : generators == .boosts ? 0..<3 : 3..<6
        let squares = all[chosen].flatMap { $0.map { $0 * $0 } }
        let expected = squares.reduce(0, +) / Double(Self.count)
        let (objective, _) = GroupSymmetryTests.objective([
            WeightedTerm(InfinitesimalSymmetry(generators: generators))
        ])
        let ours = GroupSymmetryTests.means(objective, theta)[0]
        #expect(abs(ours - expected) < 1e-12 * max(1, expected))
        // Without recording, as validation evaluates it, too.
        let value = Reducer(sliceSize: 5, threads: 1).value(objective, at: theta, samples: Array(0..<Self.count))
        #expect(abs(value.total - expected) < 1e-12 * max(1, expected))
    }

    /// For slow boosts of isotropic directions n, (p(x) − p(g·x))² = β² (Σ nₖ vₖ)² + O(β³), and nₖnₗ has mean δₖₗ/3; with
    /// the three axes as directions the sum over them is that over generators.
    @Test func `The group loss of slow boosts tends to it`() {
        let (objective, theta) = GroupSymmetryTests.objective([WeightedTerm(InfinitesimalSymmetry(generators: .boosts))]
        )
        let penalty = GroupSymmetryTests.means(objective, theta)[0]
        let reducer = Reducer(threads: 1), speed = 1e-5
        let plain = reducer.logits(objective.network, at: theta, objective.data).map(GroupSymmetryTests.score)
        var sum = 0.0
        for axis in 0..<3 {
            var velocity = SIMD3<Double>.zero
            velocity[axis] = speed
            let boost = LorentzTransformations(boosts: Array(repeating: velocity, count: Self.count))
            let boosted = reducer.logits(
                objective.network, at: theta, objective.data, seenAs: { $0.transformed(by: boost) }
            ).map(GroupSymmetryTests.score)
            sum += zip(plain, boosted).reduce(0) { $0 + pow(($1.0 - $1.1) / speed, 2) }
        }
        #expect(abs(sum / Double(Self.count) - penalty) < 1e-3 * penalty)
    }

    @Test(arguments: [0, 0.1])
    func `Its gradient, through second derivatives, is its slope`(_ dropout: Double) {
        let (objective, theta) = GroupSymmetryTests.objective(
            [
                WeightedTerm(BinaryCrossEntropy()), WeightedTerm(InfinitesimalSymmetry(), weight: 3),
                WeightedTerm(GroupSymmetry(law: BoostLaw()), weight: 2),
            ], dropout: dropout)
        SlopeCheck.expectGradientIsSlope(objective, theta, EvaluationMode(trainingEpoch: 1))
    }

    @Test func `The other terms and their gradients don't change beside it`() {
        let group = WeightedTerm(GroupSymmetry(law: BoostLaw())), entropy = WeightedTerm(BinaryCrossEntropy())
        func run(_ terms: [WeightedTerm]) -> ([Double], [Double]) {
            let (objective, theta) = GroupSymmetryTests.objective(terms, dropout: 0.1)
            let gradient = Accumulator(count: objective.parameters.count)
            let value = Reducer(threads: 1).gradient(
                objective, at: theta, samples: Array(0..<Self.count), EvaluationMode(trainingEpoch: 4), into: gradient)
            return (Array(value.terms.prefix(2)), gradient.values)
        }
        let alone = run([entropy, group])
        let beside = run([entropy, group, WeightedTerm(InfinitesimalSymmetry(), weight: 0)])
        for (x, y) in zip(alone.0, beside.0) { #expect(abs(x - y) < 1e-12) }
        #expect(relativeDistance(alone.1, beside.1) < 1e-12)
    }

    @Test(
        .enabled(
            if: PyTorch.isThere, "Python can't import PyTorch from .deps/python: this wheel needs CUDA's libraries"))
    func `The derivatives are PyTorch's in forward mode`() throws {
        let (derivatives, objective, theta) = Self.derivatives(InfinitesimalSymmetry(on: .logit))
        let data = objective.data, batch = data.slice(Array(0..<Self.count)).batch
        let directions = Features.variations(
            constituents: data.constituents, jets: data.jets, mask: data.mask, under: .both)
        let weights = zip(objective.parameters.entries, objective.parameters.views(of: theta)).map { ($0.name, $1) }
        let theirs = try PyTorch.run(
            "forward_mode.py",
            weights + [
                ("features", batch.features), ("mask", batch.mask.to(.float64)), ("directions", directions),
            ], settings: String(decoding: try JSONEncoder().encode(objective.network.settings), as: UTF8.self))
        let expected = try #require(theirs["derivatives"]).doubles()
        #expect(relativeDistance(derivatives.flatMap { $0 }, expected) < 1e-12)
    }
}
