import Curvature
import Torch

/// A symmetric matrix that is written down, as an operator.
struct Matrix: SymmetricOperator {
    /// Double [n, n].
    let elements: Tensor

    init(diagonal: [Double]) {
        let n = diagonal.count
        elements = Tensor((0..<n * n).map { $0 / n == $0 % n ? diagonal[$0 / n] : 0 }, shape: [n, n])
    }

    /// - Parameter rows: [n, n] row by row
    init(_ rows: [Double], dimension n: Int) { elements = Tensor(rows, shape: [n, n]) }

    var dimension: Int { elements.shape[0] }
    var scalarType: ScalarType { .float64 }

    func products(_ vectors: [Tensor]) -> [Tensor] { vectors.map { elements.matmul($0) } }
}
