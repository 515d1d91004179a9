extension Tensor {
    /// The singular values of a matrix [m, n], or of each of a stack of them [..., m, n], in descending order (LAPACK).
    /// Cost: O(m n min(m, n)) a matrix.
    public func singularValues() -> Tensor { Operator.singularValues.one(.tensor(self)) }
}

extension Operator {
    static let singularValues = Operator("aten::linalg_svdvals")
}
