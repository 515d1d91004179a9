import Curvature
import Foundation
import Jets
import Networks
import Objectives
import Support
import Testing
import Torch

struct LossGridTests {
    private static let terms = [
        WeightedTerm(BinaryCrossEntropy()), WeightedTerm(GroupSymmetry(law: BoostLaw()), weight: 0.3),
    ]

    private func directions(_ small: SmallNetwork) -> (Direction, Direction) {
        func direction(_ name: String) -> Direction { .isotropic(name, count: small.theta.count, seed: 4) }
        return (direction("a"), direction("b"))
    }

    @Test func `Each point is the objective at the moved weights`() throws {
        let small = SmallNetwork(Self.terms), (a, b) = directions(small)
        let grid = try LossGrid(
            of: small.objective, at: small.theta, samples: small.samples,
            along: [(a, [-0.1, 0, 0.2]), (b, [0, 0.5])],
            reducer: small.reducer)
        var place = 0
        for second in [0, 0.5] {
            for first in [-0.1, 0, 0.2] {
                let theta = small.theta + a.vector * first + b.vector * second
                let value = small.reducer.value(small.objective, at: theta, samples: small.samples)
                for term in 0..<2 { #expect(abs(grid.terms[term].values[place] - value.terms[term]) < 1e-13) }
                #expect(abs(grid.total[place] - value.total) < 1e-13)
                place += 1
            }
        }
        #expect(grid.terms.map(\.name) == ["bce", "group"] && grid["group"] == grid.terms[1].values)
        #expect(grid.axes.map(\.direction) == ["a", "b"] && grid.samples == 22)
        #expect(abs(grid.parameterNorm - small.theta.norm) < 1e-12)
        #expect(zip(grid.relativeSteps(1), [0, 0.5 / small.theta.norm]).allSatisfy { abs($0 - $1) < 1e-14 })
    }

    @Test func `The curve's differences at 0 are slope and curvature, term by term`() throws {
        let small = SmallNetwork(Self.terms), direction = directions(small).0, step = 1e-4
        let grid = try LossGrid(
            of: small.objective, at: small.theta, samples: small.samples, along: [(direction, [-step, 0, step])],
            reducer: small.reducer)
        let orders = try LossExpansion.of(
            small.objective, at: small.theta, samples: small.samples, along: direction, reducer: small.reducer)
        #expect(orders.map(\.name) == ["bce", "group", "total"])
        for order in orders {
            let values = grid[order.name]!
            let slope = (values[2] - values[0]) / (2 * step)
            let curvature = (values[2] - 2 * values[1] + values[0]) / (step * step)
            #expect(abs(order.slope - slope) < 1e-6 * max(1, abs(slope)))
            #expect(abs(order.curvature - curvature) < 1e-4 * max(1, abs(curvature)))
        }
        // νᵀHν by the reducer's own products.
        let product = small.reducer.hessianProducts(
            small.objective, at: small.theta, samples: small.samples, [direction.vector])[0].values
        #expect(abs(Tensor(product).dot(direction.vector) - orders[2].curvature) < 1e-12)
    }

    @Test func `Along an eigenvector the curvature is the eigenvalue`() throws {
        let small = SmallNetwork(), (values, vectors) = dense(try small.hessian()).symmetricEigen()
        let last = values.count - 1
        let leading = Direction(
            name: "ν", vector: vectors.transposed(0, 1).select(0, last).contiguous(),
            eigenvalue: values.elements(Double.self)[last])
        let order = try LossExpansion.of(
            small.objective, at: small.theta, samples: small.samples, along: leading, reducer: small.reducer)[0]
        #expect(abs(order.curvature - leading.eigenvalue!) < 1e-10 * leading.eigenvalue!)
    }

    @Test func `A grid that was stopped has the same bits as one that was not`() throws {
        let folder = NSTemporaryDirectory() + "goldstone-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let small = SmallNetwork(Self.terms, .float32), (a, b) = directions(small)
        func grid(_ path: String?, _ reducer: Reducer) throws -> LossGrid {
            try LossGrid(
                of: small.objective, at: small.theta, samples: small.samples,
                along: [(a, LossGrid.symmetricSteps(0.3, count: 5)), (b, LossGrid.symmetricSteps(0.3, count: 3))],
                reducer: reducer, keptIn: path, identity: "grid")
        }
        let whole = try grid(nil, small.reducer), path = "\(folder)/points.jsonl"
        _ = try grid(path, small.reducer)
        let file = try #require(FileManager.default.contents(atPath: path))
        for length in [file.count / 3, file.count / 2 + 1, file.count - 2] {
            try file.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(try grid(path, Reducer(sliceSize: 5, threads: 1)) == whole)
        }
    }

    @Test func `Sides of a parabola are alike, and of a cubic they are not`() throws {
        let steps = LossGrid.symmetricSteps(2, count: 5)
        #expect(steps == [-2, -1, 0, 1, 2])
        let json = """
            {"axes": [{"direction": "a", "norm": 1, "steps": [-2, -1, 0, 1, 2]}], "parameterNorm": 1, "samples": 1,
             "terms": [{"name": "even", "weight": 1, "values": [9, 6, 5, 6, 9]},
                       {"name": "both", "weight": 1, "values": [-4, 0, 0, 2, 12]}],
             "total": [5, 6, 5, 8, 21]}
            """
        let grid = try JSONDecoder().decode(LossGrid.self, from: Data(json.utf8))
        #expect(grid.asymmetries(of: "even") == [0, 0])
        // ε² + ε³: the odd part over the even one is ε.
        #expect(grid.asymmetries(of: "both") == [1, 2])
        #expect(try JSONDecoder().decode(LossGrid.self, from: JSONEncoder().encode(grid)) == grid)
    }
}
