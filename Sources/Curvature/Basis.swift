import Foundation
import Torch

/// Vectors q₀, q₁, … of ℝⁿ in double, to which others are added one after another; orthonormal where they were added so.
///
/// Memory: 8n bytes a vector.
struct Basis {
    let dimension: Int
    private(set) var count = 0
    /// [16, n] each, the last of them not full.
    private var blocks: [Tensor] = []

    private static let blockRows = 16

    init(dimension: Int) { self.dimension = dimension }

    var indices: Range<Int> { 0..<count }

    /// Row i, sharing memory.
    subscript(index: Int) -> Tensor {
        blocks[index / Basis.blockRows].select(0, index % Basis.blockRows)
    }

    /// Appends a vector as it is.
    mutating func append(_ vector: Tensor) {
        if count % Basis.blockRows == 0 { blocks.append(.zeros([Basis.blockRows, dimension], .float64)) }
        let row = count % Basis.blockRows, n = dimension
        vector.withElements(Double.self) { source in
            blocks.last!.withMutableElements(Double.self) { target in
                _ = UnsafeMutableBufferPointer(rebasing: target[row * n..<(row + 1) * n]).update(from: source)
            }
        }
        count += 1
    }

    /// ⟨qᵢ, x⟩ for all i, or those from `start` on. Cost: a pass over that part of the basis.
    func coefficients(of vector: Tensor, from start: Int = 0) -> [Double] {
        let first = start / Basis.blockRows
        let products = blocks.dropFirst(first).flatMap { $0.matmul(vector).elements(Double.self) }
        return Array(products[(start - first * Basis.blockRows)...].prefix(count - start))
    }

    /// Σ cᵢ qᵢ. Cost: a pass over the basis.
    func combination(_ coefficients: [Double]) -> Tensor {
        var sum = Tensor.zeros([dimension], .float64)
        for (index, block) in blocks.enumerated() where index * Basis.blockRows < coefficients.count {
            let start = index * Basis.blockRows
            let part = (start..<start + Basis.blockRows).map { $0 < coefficients.count ? coefficients[$0] : 0 }
            sum = sum + Tensor(part).matmul(block)
        }
        return sum
    }

    /// The basis rounded to another type, in blocks [16, n] with zeros after the last vector.
    func rounded(to type: ScalarType) -> [Tensor] { blocks.map { $0.to(type) } }

    /// x without its part in the basis, and that part's coefficients. Twice, since one pass of Gram and Schmidt leaves
    /// what rounding leaves (Giraud and others, 2005: twice is enough).
    func orthogonalised(_ vector: Tensor) -> (rest: Tensor, coefficients: [Double]) {
        guard count > 0 else { return (vector, []) }
        let first = coefficients(of: vector)
        let once = vector - combination(first)
        let second = coefficients(of: once)
        return (once - combination(second), zip(first, second).map(+))
    }

    /// Appends x/‖x‖ without its part in the basis, or a random vector where nothing is left of x.
    ///
    /// - Parameter scale: what ‖x‖ is small against where x lies in the basis but for rounding
    /// - Returns: ⟨qᵢ, x⟩ for the old basis, and what x has along the new vector: 0 where that is random.
    @discardableResult
    mutating func appendOrthonormalised(_ vector: Tensor, scale: Double, _ random: RandomStream)
        -> (coefficients: [Double], norm: Double)
    {
        let (rest, coefficients) = orthogonalised(vector)
        let norm = rest.norm
        if norm > 1e-12 * scale, norm > 0 {
            append(rest / norm)
            return (coefficients, norm)
        }
        // The span is invariant: go on outside it.
        let (outside, _) = orthogonalised(Tensor(random.normals(dimension, epoch: UInt32(count))))
        append(outside / outside.norm)
        return (coefficients, 0)
    }
}
