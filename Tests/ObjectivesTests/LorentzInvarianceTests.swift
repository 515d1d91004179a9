import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Testing
import Torch

/// The hard-invariant network on jets: boosts leave it alone, so that the soft penalties of it vanish.
struct LorentzInvarianceTests {
    static let network = TaggerNetwork(.invariant(.init()))

    /// Weights large enough for logits of a trained tagger's size.
    static let theta = network.initialParameters(seed: 1) * 3

    static let data = TaggingData(Example.jets(400), signal: .w)

    /// The logits' changes under one boost a jet of speed β, in an isotropic direction.
    private func changes(_ network: TaggerNetwork, _ theta: Tensor, speed: Double) -> (
        largest: Double, typical: Double, spread: Double
    ) {
        let reducer = Reducer(threads: 2), stream = RandomStream(seed: 9, purpose: "boosts")
        let plain = reducer.logits(network, at: theta, Self.data)
        let boosted = reducer.logits(
            network, at: theta, Self.data,
            seenAs: { slice in
                slice.transformed(
                    by: LorentzTransformations(
                        boosts: slice.names.map { name in
                            let u = stream.uniforms(2, jet: name)
                            return BoostLaw.direction(u[0], u[1]) * speed
                        }))
            })
        let changes = zip(plain, boosted).map { abs($0 - $1) }.sorted()
        let mean = plain.reduce(0, +) / Double(plain.count)
        let variance = plain.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(plain.count)
        return (changes.last!, changes[changes.count / 2], variance.squareRoot())
    }

    @Test(arguments: [0.5, 0.95, 0.9747])
    func `Its logit is invariant under boosts to rounding`(_ speed: Double) {
        let found = changes(Self.network, Self.theta, speed: speed)
        // γ = 4.47 at the last speed. Float has 1e-7 of a logit of size 1.
        #expect(found.largest < 3e-5 && found.typical < 3e-6, "\(found)")
        #expect(found.spread > 0.1)
    }

    @Test func `A transformer's is not`() {
        let network = TaggerNetwork(.transformer(Example.network().settings))
        #expect(changes(network, network.initialParameters(seed: 1) * 3, speed: 0.95).typical > 1e-3)
    }

    @Test func `A rotation, and a boost after it, leave it alone as well; a rescaling does not`() {
        func penalty(_ law: some TransformationLaw) -> Double {
            let term = GroupSymmetry(law: law, on: .logit)
            let objective = TaggingObjective(
                network: Self.network, data: Self.data, terms: [WeightedTerm(term)], seed: 3)
            return Reducer(threads: 2).value(objective, at: Self.theta, samples: Array(0..<Self.data.count)).total
        }
        #expect(penalty(BoostLaw()) < 1e-10)
        #expect(penalty(BoostLaw(rotations: true)) < 1e-10)
        #expect(penalty(RescalingLaw()) > 1e-4)
    }

    @Test func `The infinitesimal penalty of it is 0, and trains nothing`() {
        let terms = [WeightedTerm(BinaryCrossEntropy()), WeightedTerm(InfinitesimalSymmetry(), weight: 0.5)]
        let few = Array(0..<40)
        func gradient(_ terms: [WeightedTerm]) -> (Reducer.Value, [Double]) {
            let objective = TaggingObjective(network: Self.network, data: Self.data, terms: terms, seed: 3)
            let sum = Accumulator(count: objective.parameters.count)
            let value = Reducer(threads: 2).gradient(objective, at: Self.theta, samples: few, into: sum)
            return (value, sum.values)
        }
        let with = gradient(terms), without = gradient([terms[0]])
        #expect(with.0.terms[1] == 0)
        #expect(relativeDistance(with.1, without.1) < 1e-6)
    }

    @Test func `Its logit has no slope with respect to the features`() {
        let few = TaggingData(Example.jets(10), signal: .w)
        let slopes = Reducer(threads: 1).inputSlopes(Self.network, at: Self.theta, few)
        #expect(slopes.norms.allSatisfy { $0 == 0 } && !Self.network.seesFeatures)
        #expect(slopes.logits == Reducer(threads: 1).logits(Self.network, at: Self.theta, few))
    }

    @Test func `Hessian products are difference quotients of the gradient`() {
        var settings = LorentzInvariantNetwork.Settings()
        settings.width = 6
        settings.messageWidth = 4
        settings.head = [4]
        let network = LorentzInvariantNetwork(settings)
        let data = TaggingData(Example.jets(22), signal: .w, .float64)
        let penalty = WeightedTerm(GroupSymmetry(law: RescalingLaw()), weight: 0.1)
        let objective = TaggingObjective(
            network: network, data: data, terms: [WeightedTerm(BinaryCrossEntropy()), penalty], seed: 2)
        let theta = network.initialParameters(seed: 1).to(.float64), samples = Array(0..<22)
        let reducer = Reducer(sliceSize: 5, threads: 2), size = objective.parameters.count
        let direction = RandomStream(seed: 8, purpose: "vectors").normals(size)
        let product = reducer.hessianProducts(objective, at: theta, samples: samples, [Tensor(direction)])[0].values
        func gradient(_ step: Double) -> [Double] {
            let sum = Accumulator(count: size)
            _ = reducer.gradient(objective, at: theta + Tensor(direction) * step, samples: samples, into: sum)
            return sum.values
        }
        let step = 1e-6
        let quotient = zip(gradient(step), gradient(-step)).map { ($0 - $1) / (2 * step) }
        #expect(relativeDistance(product, quotient) < 1e-6)
    }

    @Test func `Jets of one light-like constituent, or of several along one line, have a finite logit and gradient`() {
        var jets = JetData(constituents: 3)
        func append(_ momenta: [[Float]], _ place: Int64) {
            let sum = (0..<4).map { k in momenta.reduce(0) { $0 + Double($1[k]) } }
            let padded = momenta + Array(repeating: [0, 0, 0, 0], count: 3 - momenta.count)
            jets.append(
                momenta: padded.flatMap { $0 }, count: momenta.count, jetClass: place % 2 == 0 ? .w : .gluon,
                sum: (sum[0], sum[1], sum[2], sum[3]), eventIndex: place, index: place)
        }
        append([[5, 3, 4, 0]], 0)
        append([[5, 3, 4, 0], [10, 6, 8, 0]], 1)
        // Below the light cone by float's rounding.
        append([[500, 300, 400.0001, 0], [50, 30, 40.00001, 0.001], [0.1, 0.06, 0.08, 0]], 2)
        let data = TaggingData(jets, signal: .w)
        let objective = TaggingObjective(
            network: Self.network, data: data, terms: [WeightedTerm(BinaryCrossEntropy())], seed: 1)
        let sum = Accumulator(count: objective.parameters.count)
        let value = Reducer(threads: 1).gradient(objective, at: Self.theta, samples: [0, 1, 2], into: sum)
        #expect(value.total.isFinite && sum.values.allSatisfy(\.isFinite))
    }

    @Test func `Transformed views are features rounded as before, and momenta that are not`() {
        let slice = Self.data.slice([0, 1, 2])
        let boosts = LorentzTransformations(boosts: Array(repeating: SIMD3(0.3, 0.2, -0.5), count: 3))
        let batch = slice.transformed(by: boosts).batch
        let constituents = boosts(slice.constituents), jets = boosts(slice.jets)
        let features = Features.compute(constituents: constituents, jets: jets, mask: slice.mask)
        #expect(batch.features.scalarType == .float32)
        #expect(batch.features.elements(Float.self) == features.elements(Float.self))
        #expect(batch.momenta?.constituents.scalarType == .float64)
        #expect(batch.momenta?.constituents.to(.float32).elements(Float.self) == constituents.elements(Float.self))
    }
}
