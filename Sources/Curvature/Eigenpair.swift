import Torch

/// An eigenvalue λ of a symmetric operator A with its eigenvector ν, and how well they fit.
public struct Eigenpair: Sendable {
    /// λ.
    public let value: Double
    /// ν, double [n], ‖ν‖ = 1; its component of largest magnitude is positive.
    public let vector: Tensor
    /// ‖Aν − λν‖. There is an exact eigenvalue at most that far from λ.
    public let residual: Double
    /// Whether the residual is within what was asked for.
    public let converged: Bool

    /// A pair as found; nothing is computed or checked.
    public init(value: Double, vector: Tensor, residual: Double, converged: Bool) {
        self.value = value
        self.vector = vector
        self.residual = residual
        self.converged = converged
    }
}
