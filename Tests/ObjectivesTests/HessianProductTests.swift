import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Testing
import Torch

struct HessianProductTests {
    /// A network small enough for its dense Hessian, on 22 jets in slices of 5 (the last holds two).
    private func example(_ terms: [WeightedTerm], _ type: ScalarType = .float64) -> (
        objective: TaggingObjective<JetTransformer>, theta: Tensor
    ) {
        var settings = JetTransformer.Settings()
        settings.width = 4
        settings.heads = 2
        settings.layers = 1
        settings.feedForward = 4
        settings.head = [3]
        settings.dropout = 0.1
        let network = JetTransformer(settings)
        var data = TaggingData(Example.jets(22), signal: .w, type)
        data.scaling = data.measuredScaling()
        return (
            TaggingObjective(network: network, data: data, terms: terms, seed: 2),
            network.initialParameters(seed: 1).to(type)
        )
    }

    private let samples = Array(0..<22)
    private let reducer = Reducer(sliceSize: 5, threads: 2)

    private func vectors(_ count: Int, _ size: Int) -> [[Double]] {
        (0..<count).map { RandomStream(seed: 8, purpose: "vectors").normals(size, epoch: UInt32($0)) }
    }

    /// The infinitesimal penalty's takes third derivatives of the network.
    @Test(arguments: ["bce", "constrained", "infinitesimal"])
    func `A product is the difference quotient of the gradient`(_ name: String) {
        let penalties: [String: any Term] = [
            "constrained": GroupSymmetry(law: BoostLaw()), "infinitesimal": InfinitesimalSymmetry(),
        ]
        let penalty = penalties[name].map { [WeightedTerm($0, weight: 0.1)] } ?? []
        let (objective, theta) = example([WeightedTerm(BinaryCrossEntropy())] + penalty)
        let size = objective.parameters.count, directions = vectors(2, size)
        let products = reducer.hessianProducts(objective, at: theta, samples: samples, directions.map { Tensor($0) })
        func gradient(_ direction: [Double], _ step: Double) -> [Double] {
            let sum = Accumulator(count: size)
            _ = reducer.gradient(objective, at: theta + Tensor(direction) * step, samples: samples, into: sum)
            return sum.values
        }
        // Small enough a step to cross no kink of a ReLU.
        let step = 1e-6
        for (direction, product) in zip(directions, products) {
            let quotient = zip(gradient(direction, step), gradient(direction, -step)).map { ($0 - $1) / (2 * step) }
            #expect(relativeDistance(product.values, quotient) < 1e-6)
        }
    }

    @Test func `The dense Hessian is symmetric, and products are linear`() {
        let (objective, theta) = example([WeightedTerm(BinaryCrossEntropy())])
        let size = objective.parameters.count
        let axes = (0..<size).map { axis in Tensor((0..<size).map { $0 == axis ? 1.0 : 0 }) }
        let hessian = reducer.hessianProducts(objective, at: theta, samples: samples, axes).map(\.values)
        let largest = hessian.flatMap { $0 }.map(abs).max()!
        for i in 0..<size { for j in 0..<i { #expect(abs(hessian[i][j] - hessian[j][i]) < 1e-12 * largest) } }
        let vector = vectors(1, size)[0]
        let product = reducer.hessianProducts(objective, at: theta, samples: samples, [Tensor(vector)])[0].values
        let sum = (0..<size).map { i in (0..<size).reduce(0) { $0 + hessian[i][$1] * vector[$1] } }
        #expect(relativeDistance(product, sum) < 1e-12)
    }

    @Test func `Neither threads nor a second call nor other vectors beside it change a bit`() {
        let (objective, theta) = example([WeightedTerm(BinaryCrossEntropy())], .float32)
        let directions = vectors(3, objective.parameters.count).map { Tensor($0).to(.float32) }
        func products(_ threads: Int, _ directions: [Tensor]) -> [[Double]] {
            Reducer(sliceSize: 5, threads: threads).hessianProducts(
                objective, at: theta, samples: samples, directions
            ).map(\.values)
        }
        let first = products(1, directions)
        #expect(products(1, directions) == first)
        #expect(products(3, directions) == first)
        #expect(products(2, [directions[1]])[0] == first[1])
    }
}
