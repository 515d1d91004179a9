import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Testing
import Torch

struct ReducerTests {
    @Test func `The gradient over slices is the gradient of the whole`() throws {
        let (objective, theta) = Example.objective(jets: 75, type: .float64)
        let gradient = Accumulator(count: objective.parameters.count)
        // 75 is no multiple of 8: the last slice holds three jets.
        let value = Reducer(sliceSize: 8, threads: 2).gradient(
            objective, at: theta, samples: Array(0..<75), into: gradient)

        let flat = theta.asVariable()
        let means = objective.means(objective.parameters.views(of: flat), samples: Array(0..<75), .evaluation)
        let whole = gradients(of: means[0], with: [flat])[0].elements(Double.self)
        #expect(abs(value.total - means[0].item) < 1e-12)
        for (ours, theirs) in zip(gradient.values, whole) { #expect(abs(ours - theirs) < 1e-12) }
    }

    @Test func `The gradient is the value's slope`() throws {
        let (objective, theta) = Example.objective(jets: 20, type: .float64)
        let reducer = Reducer(sliceSize: 6, threads: 1), samples = Array(0..<20)
        let gradient = Accumulator(count: objective.parameters.count)
        _ = reducer.gradient(objective, at: theta, samples: samples, into: gradient)
        let direction = RandomStream(seed: 4, purpose: "direction").normals(objective.parameters.count)
        func value(_ step: Double) -> Double {
            reducer.value(objective, at: theta + Tensor(direction) * step, samples: samples).total
        }
        let slope = (value(1e-5) - value(-1e-5)) / 2e-5
        let expected = zip(gradient.values, direction).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(slope - expected) < 1e-6 * max(1, abs(expected)))
    }

    @Test(arguments: [2, 3, 5])
    func `The number of threads changes no bit`(_ threads: Int) throws {
        let (objective, theta) = Example.objective(jets: 700, dropout: 0.1)
        func run(_ threads: Int) -> ([Double], Double, Double) {
            let reducer = Reducer(sliceSize: 32, threads: threads), samples = Array(0..<700)
            let gradient = Accumulator(count: objective.parameters.count)
            let value = reducer.gradient(
                objective, at: theta, samples: samples, EvaluationMode(trainingEpoch: 3), into: gradient)
            return (gradient.values, value.total, reducer.value(objective, at: theta, samples: samples).total)
        }
        let one = run(1), several = run(threads)
        #expect(one.0 == several.0)
        #expect(one.1 == several.1)
        #expect(one.2 == several.2)
    }

    @Test func `Random numbers belong to jets, not to slices`() throws {
        let (objective, theta) = Example.objective(jets: 50, dropout: 0.3, type: .float64)
        func value(_ sliceSize: Int, _ samples: [Int]) -> Double {
            Reducer(sliceSize: sliceSize, threads: 1).value(
                objective, at: theta, samples: samples, EvaluationMode(trainingEpoch: 1)
            ).total
        }
        let together = value(50, Array(0..<50))
        #expect(abs(value(7, Array(0..<50)) - together) < 1e-12)
        #expect(abs(value(9, Array((0..<50).reversed())) - together) < 1e-12)
        let other = Reducer(threads: 1).value(
            objective, at: theta, samples: Array(0..<50), EvaluationMode(trainingEpoch: 2)
        ).total
        #expect(abs(other - together) > 1e-6)
    }

    @Test func `Scores come in the jets' order for any slices`() throws {
        let (objective, theta) = Example.objective(jets: 41)
        let small = Reducer(sliceSize: 4, threads: 2).logits(objective.network, at: theta, objective.data)
        let large = Reducer(sliceSize: 41, threads: 1).logits(objective.network, at: theta, objective.data)
        #expect(small.count == 41)
        for (a, b) in zip(small, large) { #expect(abs(a - b) < 1e-5) }
    }
}
