import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Statistics
import Studies
import Testing
import Torch

struct LayerJacobianTests {
    private let data = TaggingData(Example.jets(4), signal: .w, .float64)

    private func network(skips: Bool) -> (JetTransformer, Tensor) {
        var settings = Example.network().settings
        settings.width = 8
        settings.skipConnections = skips
        let network = JetTransformer(settings)
        return (network, network.initialParameters(seed: 2).to(.float64))
    }

    @Test(arguments: [true, false])
    func `Singular values are the roots of the eigenvalues of JᵀJ`(_ skips: Bool) throws {
        let (network, theta) = network(skips: skips), variables = network.parameters.views(of: theta)
        let layers = try LayerJacobian.measure(
            of: network, at: theta, data, jets: [1, 3], reducer: Reducer(sliceSize: 32, threads: 2))
        #expect(layers.map(\.layer) == [0, 1])
        for layer in layers {
            var squares: [Double] = []
            for jet in [1, 3] {
                let batch = data.slice([jet]).batch, inputs = network.activations(variables, batch)
                let jacobian = network.jacobian(
                    ofLayer: layer.layer, at: inputs[layer.layer].select(0, 0), mask: batch.mask.select(0, 0), variables
                )
                let (values, _) = jacobian.transposed(0, 1).matmul(jacobian).symmetricEigen()
                squares += values.elements(Double.self)
            }
            let roots = squares.map { max($0, 0).squareRoot() }
            #expect(layer.extent == .full && layer.jets == 2 && layer.count == roots.count)
            #expect(abs(layer.largest - roots.max()!) < 1e-9)
            #expect(abs(layer.gain - (squares.reduce(0, +) / Double(squares.count)).squareRoot()) < 1e-9)
            // The layer norm's two directions a constituent; without skip connections what ReLUs cut off, too.
            #expect(skips ? layer.zeros == layer.count / 4 : layer.zeros >= layer.count / 4)
            let others = Quantiles(of: Array(roots.sorted().suffix(layer.count - layer.zeros)))
            #expect(abs(layer.band.median - others.median) < 1e-7)
            #expect(layer.histogram.total == others.sorted.count)
        }
    }

    @Test func `Blocks are the constituents' own, and threads change no bit`() throws {
        let (network, theta) = network(skips: true)
        func measure(_ threads: Int) throws -> [LayerJacobian] {
            try LayerJacobian.measure(
                of: network, at: theta, data, jets: [0], extent: .blocks, reducer: Reducer(threads: threads))
        }
        let layers = try measure(1), valid = data.mask.select(0, 0).elements(Bool.self).count { $0 }
        #expect(layers.allSatisfy { $0.extent == .blocks && $0.count == 8 * valid && $0.zeros == 2 * valid })
        #expect(try measure(2) == layers)
    }

    @Test func `Skip connections keep singular values from falling`() throws {
        let medians = try [true, false].map { skips -> [Double] in
            let (network, theta) = network(skips: skips)
            return try LayerJacobian.measure(of: network, at: theta, data, jets: [0, 1], reducer: Reducer(threads: 2))
                .map(\.band.lower68)
        }
        for (with, without) in zip(medians[0], medians[1]) { #expect(with > 2 * without) }
    }
}
