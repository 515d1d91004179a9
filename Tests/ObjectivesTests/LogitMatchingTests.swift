import Fixtures
import Jets
import Networks
import Objectives
import Testing
import Torch

/// The mean squared difference between a student's logits and its teacher's.
struct LogitMatchingTests {
    private static let count = 70
    private static let samples = Array(0..<count)

    /// A student, weights of its own, and jets with the logits of another network.
    private func example(_ type: ScalarType = .float64) -> (
        objective: TaggingObjective<TaggerNetwork>, theta: Tensor, targets: [Double]
    ) {
        var data = TaggingData(Example.jets(LogitMatchingTests.count), signal: .w, type)
        let targets = RandomStream(seed: 3, purpose: "targets").normals(LogitMatchingTests.count)
        data.teacherLogits = Tensor(targets).to(type)
        let network = TaggerNetwork(.deepSets(.init()))
        let objective = TaggingObjective(
            network: network, data: data, terms: [WeightedTerm(LogitMatching())], seed: 1)
        return (objective, network.initialParameters(seed: 2).to(type), targets)
    }

    @Test func `It is the direct sum over jets, in any slices`() {
        let (objective, theta, targets) = example()
        let logits = Reducer(sliceSize: 1).logits(objective.network, at: theta, objective.data)
        let direct = zip(logits, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(logits.count)
        for sliceSize in [1, 32, 70] {
            let value = Reducer(sliceSize: sliceSize).value(objective, at: theta, samples: LogitMatchingTests.samples)
            #expect(abs(value.total - direct) < 1e-12 * direct)
        }
        // Some of the jets have their own teacher's logits.
        let few = Reducer().value(objective, at: theta, samples: [5, 60])
        let differences = [logits[5] - targets[5], logits[60] - targets[60]]
        let expected = (differences[0] * differences[0] + differences[1] * differences[1]) / 2
        #expect(abs(few.total - expected) < 1e-12 * expected)
        #expect(objective.terms == [TermDescription(name: "mse", weight: 1)])
    }

    @Test func `A student that is its teacher has an error of exactly 0`() {
        let (objective, theta, _) = example(.float32)
        var data = objective.data
        data.teacherLogits = Tensor(Reducer().logits(objective.network, at: theta, data)).to(.float32)
        let own = TaggingObjective(
            network: objective.network, data: data, terms: [WeightedTerm(LogitMatching())], seed: 1)
        #expect(Reducer().value(own, at: theta, samples: LogitMatchingTests.samples).total == 0)
    }

    @Test func `Gradient and Hessian product are the finite differences'`() {
        let (objective, theta, _) = example()
        let direction = Tensor(RandomStream(seed: 4, purpose: "direction").normals(theta.count))
        let reducer = Reducer(), samples = LogitMatchingTests.samples
        // So small that no ReLU switches on the way.
        let step = 1e-7
        func gradient(_ shift: Double) -> (value: Double, gradient: [Double]) {
            let sum = Accumulator(count: theta.count)
            let value = reducer.gradient(objective, at: theta + direction * shift, samples: samples, into: sum)
            return (value.total, sum.values)
        }
        let above = gradient(step), below = gradient(-step), v = direction.elements(Double.self)
        let slope = zip(gradient(0).gradient, v).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs((above.value - below.value) / (2 * step) - slope) < 1e-6 * abs(slope))
        let product = reducer.hessianProducts(objective, at: theta, samples: samples, [direction])[0].values
        let difference = zip(above.gradient, below.gradient).map { ($0 - $1) / (2 * step) }
        #expect(relativeDistance(product, difference) < 1e-4)
    }

    @Test func `A boosted jet keeps its teacher's logit`() {
        let (objective, _, targets) = example()
        let slice = objective.data.slice([3, 9])
        let boosted = slice.transformed(
            by: BoostLaw(), RandomStream(seed: 1, purpose: "boosts"), RowNames(jets: [3, 9], epoch: 0, view: 1))
        #expect(boosted.teacherLogits?.elements(Double.self) == [targets[3], targets[9]])
    }
}
