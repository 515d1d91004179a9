import Curvature
import Fixtures
import Jets
import Networks
import Objectives
import Testing
import Torch

struct HessianOperatorTests {
    private let constrained = [
        WeightedTerm(BinaryCrossEntropy()), WeightedTerm(GroupSymmetry(law: BoostLaw()), weight: 0.1),
    ]

    @Test func `It is the reducer's Hessian, and symmetric, and the same twice`() throws {
        let small = SmallNetwork(constrained), hessian = try small.hessian()
        try hessian.check()
        let vector = Tensor(RandomStream(seed: 3, purpose: "vector").normals(hessian.dimension))
        let direct = small.reducer.hessianProducts(
            small.objective, at: small.theta, samples: small.samples, [vector])[0]
        #expect(hessian.product(vector).elements(Double.self) == direct.values)
    }

    @Test(arguments: [ScalarType.float32, .float64])
    func `Kept graphs, rebuilt graphs and some of each give the same bits`(_ type: ScalarType) throws {
        let small = SmallNetwork(constrained, type)
        let none = try small.hessian(memory: 0)
        let vectors = (0..<3).map {
            Tensor(RandomStream(seed: 3, purpose: "vector").normals(none.dimension, epoch: UInt32($0)))
        }
        let expected = none.products(vectors).map { $0.elements(Double.self) }
        #expect(none.keptSlices == 0)
        for slices in [5, 2] {
            let some = try small.hessian()
            // How large graphs are can't be measured while other tests allocate.
            some.keepable = slices
            for _ in 0..<2 { #expect(some.products(vectors).map { $0.elements(Double.self) } == expected) }
            #expect(some.keptSlices == slices)
            #expect(some.product(vectors[1]).elements(Double.self) == expected[1])
            #expect(some.productCount == 7)
        }
    }

    @Test func `A short last slice counts by its samples`() throws {
        let small = SmallNetwork()
        let sliced = try small.hessian()
        let whole = HessianOperator(
            of: small.objective, at: small.theta, samples: small.samples, reducer: Reducer(sliceSize: 22, threads: 1))
        let vector = Tensor(RandomStream(seed: 3, purpose: "vector").normals(sliced.dimension))
        let (a, b) = (sliced.product(vector), whole.product(vector))
        #expect((a - b).norm < 1e-12 * b.norm)
        let weights: [Double] = [5, 5, 5, 5, 2].map { $0 / 22 }
        #expect(sliced.sliceWeights == weights)
        let (_, forms) = sliced.productsAndForms([vector])
        let form = zip(forms[0], sliced.sliceWeights).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(form - vector.dot(a)) < 1e-12 * abs(form))
    }

    @Test func `Some parameters' Hessian is a block of the whole`() throws {
        let small = SmallNetwork(), whole = dense(try small.hessian()).elements(Double.self)
        let part = try small.hessian(["head.0", "encoder.layers.0.norm2.weight"])
        #expect(
            part.parameters.entries.map(\.name) == ["encoder.layers.0.norm2.weight", "head.0.weight", "head.0.bias"])
        let table = small.objective.parameters, n = table.count
        var places: [Int] = []
        for entry in part.parameters.entries {
            let offset = table[entry.name]!.offset
            places += offset..<offset + entry.count
        }
        let block = dense(part).elements(Double.self)
        for (i, row) in places.enumerated() {
            for (j, column) in places.enumerated() {
                let (found, expected) = (block[i * places.count + j], whole[row * n + column])
                #expect(abs(found - expected) < 1e-14)
            }
        }
        #expect(throws: CurvatureError.noSuchParameter(name: "heed.0.weight", nearest: "head.0.weight")) {
            try small.hessian(["heed.0.weight"])
        }
    }

    @Test func `The Gauss-Newton matrix is the Jacobian's, weighted by the loss's curvature`() throws {
        let small = SmallNetwork(constrained)
        let operatorMatrix = try HessianOperator(
            gaussNewtonOf: small.objective, at: small.theta, samples: small.samples, reducer: small.reducer)
        try operatorMatrix.check()
        // Naively: J by one gradient an output, the loss's Hessian by one gradient an output's slope.
        let table = small.objective.parameters
        let variables = table.variables(of: small.theta)
        let outputs = recording { small.objective.networkOutputs(variables, samples: small.samples, .evaluation) }
        let count = outputs.count
        let axes = (0..<count).map { axis in Tensor((0..<count).map { $0 == axis ? 1.0 : 0 }) }
        let jacobian = Tensor.stacked(
            axes.map { table.packed(gradients(of: outputs, seed: $0, with: variables, keepingGraph: true)) })
        let input = outputs.asVariable()
        let slope = recording {
            let means = small.objective.means(ofOutputs: input, samples: small.samples, .evaluation)
            return gradients(of: means[0] + means[1] * 0.1, with: [input], recording: true)[0]
        }
        let curvature = Tensor.stacked(
            axes.map { gradients(of: slope, seed: $0, with: [input], keepingGraph: true)[0] })
        let expected = jacobian.transposed(0, 1).matmul(curvature).matmul(jacobian)
        #expect((dense(operatorMatrix) - expected).norm < 1e-12 * expected.norm)
    }

    @Test func `A cross-entropy's Gauss-Newton matrix has no negative eigenvalue, its Hessian has`() throws {
        let small = SmallNetwork()
        let gaussNewton = try HessianOperator(
            gaussNewtonOf: small.objective, at: small.theta, samples: small.samples, reducer: small.reducer)
        let smallest = dense(gaussNewton).symmetricEigen().values.elements(Double.self)
        #expect(smallest[0] > -1e-14)
        #expect(dense(try small.hessian()).symmetricEigen().values.elements(Double.self)[0] < -1e-4)
    }

    @Test func `A penalty that differentiates the network has no Gauss-Newton matrix`() {
        let small = SmallNetwork([
            WeightedTerm(BinaryCrossEntropy()), WeightedTerm(InfinitesimalSymmetry(), weight: 0.1),
        ])
        #expect(throws: CurvatureError.noGaussNewton(term: "infinitesimal")) {
            try HessianOperator(
                gaussNewtonOf: small.objective, at: small.theta, samples: small.samples, reducer: small.reducer)
        }
    }

    @Test func `An operator that draws anew or is not symmetric is refused`() {
        #expect(throws: CurvatureError.notDeterministic) { try Restless().check() }
        #expect(throws: CurvatureError.self) { try Matrix([1, 2, 0, 1], dimension: 2).check() }
        #expect(throws: CurvatureError.self) { try Matrix([1, .nan, .nan, 1], dimension: 2).check() }
        #expect(throws: Never.self) { try Matrix([1, 2, 2, 1], dimension: 2).check() }
    }

    /// Another matrix at each call.
    private final class Restless: SymmetricOperator, @unchecked Sendable {
        let dimension = 3
        let scalarType = ScalarType.float64
        private var calls = 0.0

        func products(_ vectors: [Tensor]) -> [Tensor] {
            calls += 1
            return vectors.map { $0 * calls }
        }
    }

    @Test func `Top and bottom of the Hessian are those of the dense one`() throws {
        let small = SmallNetwork(constrained), hessian = try small.hessian()
        let values = dense(hessian).symmetricEigen().values.elements(Double.self)
        let result = try Lanczos.make { ($0.largest, $0.smallest, $0.tolerance) = (3, 2, 1e-8) }(hessian)
        let expected = Array(values.suffix(3).reversed()) + Array(values.prefix(2).reversed())
        #expect(largestDifference(result.pairs, expected) < 1e-12)
        #expect(result.forms.count == 5)
        let form = zip(result.forms[0], hessian.sliceWeights).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(form - result.pairs[0].value) < 1e-12)
    }
}
