import Curvature
import Fixtures
import Networks
import Testing
import Torch

struct DirectionTests {
    private let network = Example.network()

    private func rows(_ entry: ParameterTable.Entry, _ vector: Tensor) -> [[Double]] {
        let width = entry.count / entry.shape[0], all = vector.elements(Double.self)
        return (0..<entry.shape[0]).map { row in
            Array(all[entry.offset + row * width..<entry.offset + (row + 1) * width])
        }
    }

    private func norm(_ row: [Double]) -> Double { row.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    @Test(arguments: VectorParameters.allCases)
    func `Each filter has the norm of the weights' own`(_ vectors: VectorParameters) {
        let theta = network.initialParameters(seed: 1).to(.float64)
        let direction = Direction.filterNormalised("a", to: theta, network.parameters, vectors: vectors, seed: 3)
        for entry in network.parameters.entries {
            if entry.shape.count > 1 {
                for (ours, theirs) in zip(rows(entry, direction.vector), rows(entry, theta)) {
                    #expect(abs(norm(ours) - norm(theirs)) < 1e-12)
                    #expect(ours != theirs)
                }
            } else {
                let ours = norm(rows(entry, direction.vector).flatMap { $0 })
                let theirs = norm(rows(entry, theta).flatMap { $0 })
                #expect(abs(ours - (vectors == .still ? 0 : theirs)) < 1e-12)
            }
        }
    }

    @Test func `Networks whose tables agree move along the same numbers, each at its own scale`() {
        let first = network.initialParameters(seed: 1).to(.float64),
            second = network.initialParameters(seed: 2).to(.float64)
        func direction(_ theta: Tensor, _ name: String = "a", seed: UInt64 = 3) -> Tensor {
            Direction.filterNormalised(name, to: theta, network.parameters, seed: seed).vector
        }
        for entry in network.parameters.entries where entry.shape.count > 1 {
            for (a, b) in zip(rows(entry, direction(first)), rows(entry, direction(second))) {
                for (x, y) in zip(a, b) { #expect(abs(x / norm(a) - y / norm(b)) < 1e-12) }
            }
        }
        #expect((direction(first) - direction(first, "b")).norm > 0.1)
        #expect((direction(first) - direction(first, seed: 4)).norm > 0.1)
        #expect(direction(first).elements(Double.self) == direction(first).elements(Double.self))
    }

    @Test func `Isotropic directions have unit length, and moving goes along them`() {
        let a = Direction.isotropic("a", count: 500, seed: 1), b = Direction.isotropic("b", count: 500, seed: 1)
        #expect(abs(a.norm - 1) < 1e-12 && abs(b.norm - 1) < 1e-12)
        #expect(abs(a.vector.dot(b.vector)) < 0.2)
        let theta = Tensor([Float](repeating: 1, count: 500))
        let moved = a.moving(theta, by: 2)
        #expect(moved.scalarType == .float32)
        #expect(((moved - theta).to(.float64) - a.vector * 2).norm < 1e-5)
    }
}
