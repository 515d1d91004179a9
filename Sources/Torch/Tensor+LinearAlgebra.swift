/// Dense linear algebra by LibTorch (LAPACK), for matrices of up to some thousand rows.
extension Tensor {
    /// The eigenvalues of a symmetric matrix [n, n] in ascending order, and its eigenvectors in columns. Reads the lower
    /// triangle. Cost: O(n³).
    public func symmetricEigen() -> (values: Tensor, vectors: Tensor) {
        let results = Operators.eigh(.tensor(self))
        return (results[0], results[1])
    }

    /// The inverse of an upper triangular matrix [n, n]. Cost: O(n³).
    public func upperTriangularInverse() -> Tensor {
        Operators.solveTriangular.one(
            .tensor(self), .tensor(Tensor.identity(shape[0], scalarType)), .bool(true), .bool(true), .bool(false))
    }

    /// The identity matrix.
    public static func identity(_ n: Int, _ type: ScalarType = .float64, device: Device = .cpu) -> Tensor {
        Operators.eye.one(.int(n), .type(type), .none, .device(device))
    }

    /// ⟨x, y⟩ of two vectors, as a number.
    public func dot(_ other: Tensor) -> Double { Operators.dot.one(.tensor(self), .tensor(other)).item }

    /// ‖x‖ of all elements.
    public var norm: Double { squared().sum().item.squareRoot() }
}
