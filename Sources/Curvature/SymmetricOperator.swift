import Torch

/// A symmetric linear operator A on ℝⁿ that is known by its products alone: a Hessian, a Gauss–Newton matrix, or in a
/// test a matrix that is written down.
public protocol SymmetricOperator: Sendable {
    /// n.
    var dimension: Int { get }

    /// Whether vectors are rounded to float or kept in double before they are multiplied.
    var scalarType: ScalarType { get }

    /// The products A vⱼ, each double [n]; the same bits for the same vectors, however many are given at once.
    ///
    /// - Parameter vectors: double [n] each
    func products(_ vectors: [Tensor]) -> [Tensor]
}

extension SymmetricOperator {
    /// A v, double [n].
    public func product(_ vector: Tensor) -> Tensor { products([vector])[0] }
}
