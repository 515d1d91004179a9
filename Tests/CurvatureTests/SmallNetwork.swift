import Curvature
import Fixtures
import Jets
import Networks
import Objectives
import Torch

/// A network small enough for its dense Hessian, on 22 invented jets in slices of 5 (the last holds two).
struct SmallNetwork {
    let objective: TaggingObjective<JetTransformer>
    let theta: Tensor
    let samples = Array(0..<22)
    let reducer = Reducer(sliceSize: 5, threads: 2)

    init(_ terms: [WeightedTerm] = [WeightedTerm(BinaryCrossEntropy())], _ type: ScalarType = .float64) {
        var settings = JetTransformer.Settings()
        settings.width = 4
        settings.heads = 2
        settings.layers = 1
        settings.feedForward = 4
        settings.head = [3]
        let network = JetTransformer(settings)
        var data = TaggingData(Example.jets(22), signal: .w, type)
        data.scaling = data.measuredScaling()
        objective = TaggingObjective(network: network, data: data, terms: terms, seed: 2)
        theta = network.initialParameters(seed: 1).to(type)
    }

    func hessian(_ names: [String]? = nil, memory: Int = 1 << 30) throws -> HessianOperator {
        let selected = try names.map { try HessianOperator.selection($0, of: objective.parameters) }
        return HessianOperator(
            of: objective, at: theta, samples: samples, selecting: selected, reducer: reducer, memory: memory)
    }
}

/// All elements of an operator, [n, n], by its products with the axes.
func dense(_ operator: some SymmetricOperator) -> Tensor {
    let n = `operator`.dimension
    let axes = (0..<n).map { axis in Tensor((0..<n).map { $0 == axis ? 1.0 : 0 }) }
    return .stacked(`operator`.products(axes))
}

/// A symmetric matrix with the eigenvalues given and eigenvectors at random.
func matrix(eigenvalues: [Double], seed: UInt64 = 5) -> (matrix: Matrix, vectors: Tensor) {
    let n = eigenvalues.count
    let random = Tensor(RandomStream(seed: seed, purpose: "matrix").normals(n * n), shape: [n, n])
    let (_, q) = (random + random.transposed(0, 1)).symmetricEigen()
    let product = (q * Tensor(eigenvalues)).matmul(q.transposed(0, 1))
    return (Matrix(((product + product.transposed(0, 1)) / 2).elements(Double.self), dimension: n), q)
}

/// How far eigenvalues are from what they should be.
func largestDifference(_ pairs: [Eigenpair], _ values: [Double]) -> Double {
    precondition(pairs.count == values.count)
    return zip(pairs, values).map { abs($0.value - $1) }.max() ?? 0
}
