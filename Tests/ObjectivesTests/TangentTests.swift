import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Testing
import Torch

struct TangentTests {
    private func directions(_ count: Int, _ size: Int) -> [Tensor] {
        (0..<count).map { Tensor(RandomStream(seed: 6, purpose: "directions").normals(size, epoch: UInt32($0))) }
    }

    @Test func `A tangent is the central difference of the logits`() {
        let (objective, theta) = Example.objective(jets: 23, type: .float64)
        let network = objective.network, reducer = Reducer(sliceSize: 5, threads: 2)
        let stream = RandomStream(seed: 2, purpose: "boosts")
        let views: [@Sendable (TaggingData.Slice) -> TaggingData.Slice] = [
            { $0 },
            { $0.transformed(by: BoostLaw(), stream, RowNames(jets: $0.names, epoch: 0, view: 0)) },
        ]
        let vectors = directions(3, theta.count), step = 1e-6
        for view in views {
            let tangents = reducer.tangents(network, at: theta, objective.data, along: vectors, seenAs: view)
            for (vector, tangent) in zip(vectors, tangents) {
                let sides = [step, -step].map {
                    reducer.logits(network, at: theta + vector * $0, objective.data, seenAs: view)
                }
                #expect(tangent.count == 23)
                for (jet, value) in tangent.enumerated() {
                    let difference = (sides[0][jet] - sides[1][jet]) / (2 * step)
                    #expect(abs(value - difference) < 1e-6 * max(1, abs(difference)))
                }
            }
        }
    }

    @Test func `Neither threads nor other directions beside it change a bit`() {
        let (objective, theta) = Example.objective(jets: 40), vectors = directions(3, theta.count)
        func tangents(_ threads: Int, _ vectors: [Tensor]) -> [[Double]] {
            Reducer(sliceSize: 7, threads: threads).tangents(
                objective.network, at: theta, objective.data, along: vectors)
        }
        let all = tangents(1, vectors)
        #expect(tangents(3, vectors) == all)
        #expect(tangents(2, [vectors[1]])[0] == all[1])
    }

    @Test func `Of a linear network it is the direction's own output, and 0 without weights`() {
        let data = TaggingData(Example.jets(9), signal: .w, .float64), reducer = Reducer(sliceSize: 4, threads: 1)
        let theta = Tensor([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]), vector = Tensor([1.0, -2, 0, 0, 3, 0, 0.5])
        let tangents = reducer.tangents(Linear(), at: theta, data, along: [vector])
        #expect(zip(tangents[0], reducer.logits(Linear(), at: vector, data)).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(reducer.tangents(Unmoved(), at: theta, data, along: [vector])[0] == [Double](repeating: 0, count: 9))
    }

    @Test func `Input slopes are the difference quotients of the logit by each feature`() throws {
        let (objective, theta) = Example.objective(jets: 6, type: .float64)
        let network = objective.network, variables = network.parameters.views(of: theta)
        let (logits, norms) = Reducer(sliceSize: 4, threads: 2).inputSlopes(network, at: theta, objective.data)
        for jet in 0..<6 {
            let batch = objective.data.slice([jet]).batch
            let features = batch.features.elements(Double.self), mask = batch.mask.elements(Bool.self)
            func logit(_ features: [Double]) -> Double {
                let input = JetBatch(features: Tensor(features, shape: batch.features.shape), mask: batch.mask)
                return network(variables, input, Pass()).item
            }
            #expect(abs(logits[jet] - logit(features)) < 1e-12)
            var square = 0.0
            for place in features.indices where mask[place / 7] {
                var up = features, down = features
                up[place] += 1e-6
                down[place] -= 1e-6
                square += pow((logit(up) - logit(down)) / 2e-6, 2)
            }
            #expect(abs(norms[jet] - square.squareRoot()) < 1e-6 * square.squareRoot())
        }
    }
}

/// A table with one weight a feature.
private let weights: ParameterTable = {
    var table = ParameterTable()
    table.append("weight", [7], .constant(0))
    return table
}()

/// The sum over constituents of θ · features.
private struct Linear: Network {
    let parameters = weights

    func callAsFunction(_ theta: [Tensor], _ jets: JetBatch, _ pass: Pass) -> Tensor {
        (jets.features * theta[0]).sum(-1, -2)
    }
}

/// A network that does not use its weights.
private struct Unmoved: Network {
    let parameters = weights

    func callAsFunction(_ theta: [Tensor], _ jets: JetBatch, _ pass: Pass) -> Tensor {
        jets.features.sum(-1, -2)
    }
}
