import Fixtures
import Foundation
import Objectives
import Testing
import Torch
import Training

@Suite(
    .enabled(if: PyTorch.isThere, "Python can't import PyTorch from .deps/python: this wheel needs CUDA's libraries"))
struct AdamTests {
    @Test func `Each of forty steps is PyTorch's`() throws {
        let count = 500, steps = 40
        let stream = RandomStream(seed: 9, purpose: "adam")
        let start = stream.normals(count).map(Float.init)
        // Norms from far below to far above the clip, and one gradient of zero.
        let gradients = (0..<steps).map { step in
            stream.normals(count, epoch: UInt32(step + 1)).map { Float($0 * 0.01 * Double(step)) }
        }
        var settings = TrainingSettings()
        settings.learningRate = 0.01
        settings.weightDecay = 0.02
        let theirs = try PyTorch.run(
            "adam.py",
            [("theta", Tensor(start)), ("gradients", Tensor(gradients.flatMap { $0 }, shape: [steps, count]))],
            settings: String(decoding: try JSONEncoder().encode(settings), as: UTF8.self))
        let expected = try #require(theirs["thetas"]).floats().map(Double.init)

        let theta = Tensor(start), accumulator = Accumulator(count: count), reducer = Reducer(threads: 1)
        var adam = Adam(count: count)
        for step in 0..<steps {
            accumulator.withElements { for i in 0..<count { $0[i] = Double(gradients[step][i]) } }
            adam.update(
                theta, gradient: accumulator, norm: reducer.norm(of: accumulator), learningRate: settings.learningRate,
                settings, reducer)
            let distance = relativeDistance(
                theta.elements(Double.self), Array(expected[step * count..<(step + 1) * count]))
            #expect(distance < 1e-6, "step \(step + 1) is \(distance) away")
        }
    }
}
