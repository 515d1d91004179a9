import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Testing
import Torch

struct FeatureScalingTests {
    @Test func `Scaled features have mean 0 and deviation 1 over the constituents, and empty slots stay 0`() {
        var data = TaggingData(Example.jets(200), signal: .w, .float64)
        data.scaling = data.measuredScaling()
        let slice = data.slice(Array(0..<200))
        let values = slice.batch.features.elements(Double.self), mask = slice.mask.elements(Bool.self)
        for feature in 0..<7 {
            let filled = mask.indices.filter { mask[$0] }.map { values[7 * $0 + feature] }
            let mean = filled.reduce(0, +) / Double(filled.count)
            let variance = filled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(filled.count)
            #expect(abs(mean) < 1e-9 && abs(variance - 1) < 1e-9, "\(Features.names[feature])")
            #expect(mask.indices.allSatisfy { mask[$0] || values[7 * $0 + feature] == 0 })
        }
    }

    /// A network on scaled features is the network with another embedding on raw ones: W/σ and b − W μ/σ.
    @Test(arguments: ["bce", "group", "infinitesimal"])
    func `Scaling is a change of the embedding, for every term`(_ name: String) {
        let network = Example.network(), theta = network.initialParameters(seed: 1).to(.float64)
        let raw = TaggingData(Example.jets(30), signal: .w, .float64)
        var scaled = raw
        let scaling = raw.measuredScaling()
        scaled.scaling = scaling

        var values = theta.elements(Double.self)
        let weight = network.parameters["embed.weight"]!, bias = network.parameters["embed.bias"]!
        for unit in 0..<bias.count {
            for feature in 0..<7 {
                let place = weight.offset + 7 * unit + feature
                values[bias.offset + unit] -= values[place] * scaling.means[feature] / scaling.deviations[feature]
                values[place] /= scaling.deviations[feature]
            }
        }
        let term: any Term =
            switch name {
            case "group": GroupSymmetry(law: BoostLaw())
            case "infinitesimal": InfinitesimalSymmetry()
            default: BinaryCrossEntropy()
            }
        func mean(_ data: TaggingData, _ theta: Tensor) -> Double {
            let objective = TaggingObjective(network: network, data: data, terms: [WeightedTerm(term)], seed: 3)
            return Reducer(threads: 1).value(objective, at: theta, samples: Array(0..<30)).total
        }
        let one = mean(scaled, theta), other = mean(raw, Tensor(values))
        #expect(abs(one - other) < 1e-9 * max(abs(one), 1e-3))
        #expect(one > 0)
    }
}
