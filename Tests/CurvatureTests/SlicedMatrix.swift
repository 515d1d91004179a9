import Curvature
import Torch

/// A mean of matrices that are written down: A = Σ wₛAₛ.
struct SlicedMatrix: SampledOperator {
    /// Double [n, n] each.
    let slices: [Tensor]
    let sliceWeights: [Double]
    var blocks: [Range<Int>] = []

    var dimension: Int { slices[0].shape[0] }
    var scalarType: ScalarType { .float64 }
    var whole: Tensor {
        zip(slices, sliceWeights).map { $0 * $1 }.reduce(Tensor.zeros(slices[0].shape, .float64), +)
    }
    var trace: Double { slices.indices.reduce(0) { $0 + sliceWeights[$1] * trace(of: $1) } }

    /// That of one slice.
    func trace(of slice: Int) -> Double {
        (0..<dimension).reduce(0) { $0 + slices[slice].select(0, $1).select(0, $1).item }
    }

    func productsAndForms(_ vectors: [Tensor]) -> (products: [Tensor], forms: [[Double]]) {
        let whole = whole
        return (vectors.map { whole.matmul($0) }, vectors.map { v in slices.map { v.dot($0.matmul(v)) } })
    }

    func sliceForms(_ ranges: [Range<Int>], _ vectors: @Sendable (Range<Int>) -> [Tensor]) -> (
        diagonal: Tensor, forms: [[Double]]
    ) {
        var diagonal = Tensor.zeros([dimension], .float64), forms: [[Double]] = []
        for (index, z) in vectors(slices.indices).enumerated() {
            let product = z * slices[index].matmul(z)
            diagonal = diagonal + product * sliceWeights[index]
            forms.append(ranges.map { product.narrowed(0, from: $0.lowerBound, length: $0.count).sum().item })
        }
        return (diagonal, forms)
    }

    static let weights = [0.3, 0.25, 0.2, 0.15, 0.1]

    /// What all slices share, with some large eigenvalues, and a part of each one's own.
    static func sliced(_ count: Int = 80) -> SlicedMatrix {
        let common = matrix(eigenvalues: [9, 5, -3] + (3..<count).map { 0.3 + 0.01 * Double($0) }).matrix.elements
        return SlicedMatrix(
            slices: weights.indices.map { slice in
                let own = (0..<count).map { 0.5 * Double(($0 * (slice + 3)) % 7 - 3) }
                return common + matrix(eigenvalues: own, seed: UInt64(slice)).matrix.elements
            }, sliceWeights: weights)
    }
}
