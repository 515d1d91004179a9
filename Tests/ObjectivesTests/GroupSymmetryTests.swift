import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Testing
import Torch

/// The group loss and the controls against the same in single passes and plain numbers.
struct GroupSymmetryTests {
    static let count = 24

    static func objective(
        _ terms: [WeightedTerm], dropout: Double = 0, scalesFeatures: Bool = false, _ type: ScalarType = .float64
    ) -> (TaggingObjective<JetTransformer>, Tensor) {
        let network = Example.network(dropout: dropout)
        var data = TaggingData(Example.jets(count), signal: .w, type)
        if scalesFeatures { data.scaling = data.measuredScaling() }
        let objective = TaggingObjective(network: network, data: data, terms: terms, seed: 5)
        return (objective, network.initialParameters(seed: 1).to(type) * 3)
    }

    static func means(
        _ objective: TaggingObjective<JetTransformer>, _ theta: Tensor, _ mode: EvaluationMode = .evaluation
    ) -> [Double] {
        objective.means(objective.parameters.variables(of: theta), samples: Array(0..<count), mode).map(\.item)
    }

    /// Logits of the jets after the transformations that view number `view` of the objective draws in `epoch`.
    static func logits(
        _ objective: TaggingObjective<JetTransformer>, _ theta: Tensor, _ law: some TransformationLaw, view: UInt32,
        epoch: UInt32
    ) -> [Double] {
        let data = objective.data, rows = RowNames(jets: data.names, epoch: epoch, view: view)
        let stream = RandomStream(seed: objective.seed, purpose: "boosts")
        let momenta = law.transform(constituents: data.constituents, jets: data.jets, stream, rows)
        let features = Features.compute(constituents: momenta.constituents, jets: momenta.jets, mask: data.mask)
        let batch = JetBatch(features: features, mask: data.mask)
        return objective.network(objective.parameters.variables(of: theta), batch, Pass()).elements()
    }

    static func score(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }

    @Test(arguments: TaggerOutput.allCases, [BoostLaw(), BoostLaw(betaSquaredMax: 0.5, rotations: true)])
    func `The penalty is the mean squared difference of two passes`(_ output: TaggerOutput, _ law: BoostLaw) {
        let (objective, theta) = Self.objective([
            WeightedTerm(BinaryCrossEntropy()), WeightedTerm(GroupSymmetry(law: law, on: output, draws: 2)),
        ])
        let plain = Reducer(threads: 1).logits(objective.network, at: theta, objective.data)
        func value(_ logit: Double) -> Double { output == .logit ? logit : Self.score(logit) }
        var sum = 0.0
        for view in 1...2 {
            let boosted = Self.logits(objective, theta, law, view: UInt32(view), epoch: 3)
            for (a, b) in zip(plain, boosted) { sum += pow(value(a) - value(b), 2) }
        }
        let ours = Self.means(objective, theta, EvaluationMode(trainingEpoch: 3))[1]
        #expect(sum > 1e-6)
        #expect(abs(ours - sum / Double(2 * Self.count)) < 1e-12 * max(1, sum))
    }

    @Test func `The rescaling control is the same penalty under rescalings`() {
        let law = RescalingLaw(scale: 0.6)
        let (objective, theta) = Self.objective([WeightedTerm(GroupSymmetry(name: "rescaling", law: law))])
        let plain = Reducer(threads: 1).logits(objective.network, at: theta, objective.data)
        let scaled = Self.logits(objective, theta, law, view: 1, epoch: 2)
        let expected = zip(plain, scaled).reduce(0) { $0 + pow(Self.score($1.0) - Self.score($1.1), 2) }
        let ours = Self.means(objective, theta, EvaluationMode(trainingEpoch: 2))[0]
        #expect(expected > 1e-6)
        #expect(abs(ours - expected / Double(Self.count)) < 1e-12)
        #expect(objective.terms.map(\.name) == ["rescaling"])
    }

    @Test func `Augmentation is cross-entropy of the boosted jets`() {
        let law = BoostLaw()
        let (objective, theta) = Self.objective([WeightedTerm(BoostAugmentation(law: law))])
        let logits = Self.logits(objective, theta, law, view: 1, epoch: 0)
        let labels = objective.data.labels.elements(Double.self)
        let losses = zip(logits, labels).map { log(1 + exp(-$0)) + (1 - $1) * $0 }
        let expected = losses.reduce(0, +) / Double(Self.count)
        let ours = Self.means(objective, theta, EvaluationMode(trainingEpoch: 0))[0]
        #expect(abs(ours - expected) < 1e-12)
    }

    @Test func `Gradients flow through both views`() {
        let (objective, theta) = Self.objective(
            [WeightedTerm(BinaryCrossEntropy()), WeightedTerm(GroupSymmetry(law: BoostLaw()), weight: 30)])
        SlopeCheck.expectGradientIsSlope(objective, theta, EvaluationMode(trainingEpoch: 1))
    }

    @Test func `A jet that is not moved costs nothing, but for dropout's masks, which the views don't share`() {
        let still = GroupSymmetry(law: BoostLaw(betaSquaredMax: 0))
        let (without, theta) = Self.objective([WeightedTerm(still)])
        #expect(Self.means(without, theta, EvaluationMode(trainingEpoch: 1)) == [0])
        let (with, _) = Self.objective([WeightedTerm(still)], dropout: 0.2)
        #expect(Self.means(with, theta, EvaluationMode(trainingEpoch: 1))[0] > 1e-5)
        #expect(Self.means(with, theta) == [0])
    }

    @Test func `Boosts are drawn anew each epoch, and once for all in evaluation`() {
        let (objective, theta) = Self.objective([WeightedTerm(GroupSymmetry(law: BoostLaw()))])
        let first = Self.means(objective, theta, EvaluationMode(trainingEpoch: 0))
        #expect(first == Self.means(objective, theta, EvaluationMode(trainingEpoch: 0)))
        #expect(first != Self.means(objective, theta, EvaluationMode(trainingEpoch: 1)))
        let evaluated = Self.means(objective, theta)
        #expect(evaluated == Self.means(objective, theta))
        #expect(evaluated != first)
    }

    /// All three terms in double; in float without the infinitesimal one to 1e-5, and with it to what float's rounding leaves
    /// of its gradient, which is as far from that in double.
    @Test(arguments: [2, 3], [(3, ScalarType.float64, 1e-12), (2, .float32, 1e-5), (3, .float32, 5e-5)])
    func `Slices and threads change nothing`(
        _ threads: Int, _ precision: (terms: Int, type: ScalarType, tolerance: Double)
    ) {
        let terms = Array(
            [
                WeightedTerm(BinaryCrossEntropy()), WeightedTerm(GroupSymmetry(law: BoostLaw()), weight: 0.1),
                WeightedTerm(InfinitesimalSymmetry(), weight: 0.1),
            ].prefix(precision.terms))
        let (objective, theta) = Self.objective(terms, dropout: 0.1, precision.type)
        func run(_ threads: Int, _ sliceSize: Int) -> ([Double], [Double]) {
            let gradient = Accumulator(count: objective.parameters.count)
            let value = Reducer(sliceSize: sliceSize, threads: threads).gradient(
                objective, at: theta, samples: Array(0..<Self.count), EvaluationMode(trainingEpoch: 2), into: gradient)
            return (value.terms, gradient.values)
        }
        let one = run(1, 5), several = run(threads, 5), other = run(1, 24)
        #expect(one == several)
        for (a, b) in zip(one.0, other.0) { #expect(abs(a - b) < min(1e-5, precision.tolerance) * max(1, abs(b))) }
        #expect(relativeDistance(one.1, other.1) < precision.tolerance)
    }
}

/// Checks gradients in double against the loss's differences along a random direction.
enum SlopeCheck {
    static func expectGradientIsSlope(
        _ objective: TaggingObjective<JetTransformer>, _ theta: Tensor, _ mode: EvaluationMode,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let reducer = Reducer(sliceSize: 7, threads: 1), samples = Array(0..<objective.sampleCount)
        let gradient = Accumulator(count: objective.parameters.count)
        _ = reducer.gradient(objective, at: theta, samples: samples, mode, into: gradient)
        let direction = RandomStream(seed: 4, purpose: "direction").normals(objective.parameters.count)
        func value(_ step: Double) -> Double {
            reducer.value(objective, at: theta + Tensor(direction) * step, samples: samples, mode).total
        }
        // Steps so small that no ReLU on the way switches, central so that the error is of their square.
        let step = 1e-7, slope = (value(step) - value(-step)) / (2 * step)
        let expected = zip(gradient.values, direction).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(expected) > 1e-3, sourceLocation: sourceLocation)
        #expect(abs(slope - expected) < 1e-5 * abs(expected), "\(slope), \(expected)", sourceLocation: sourceLocation)
    }
}
