import Foundation
import Torch

/// Elements of the proper Lorentz group, one a jet, acting on four-momenta (E, px, py, pz).
public struct LorentzTransformations: Sendable {
    /// [B, 4, 4], Λ with p′ = Λ p.
    public let matrices: Tensor

    /// - Parameter matrices: [B, 4, 4]
    public init(matrices: Tensor) { self.matrices = matrices }

    /// Boosts with velocities `velocities` (units of c, one a jet): Λ₀₀ = γ, Λ₀ᵢ = −γβᵢ,
    /// Λᵢⱼ = δᵢⱼ + γ²/(γ+1) βᵢβⱼ, which is finite at rest.
    ///
    /// - Precondition: every speed is below 1.
    public init(boosts velocities: [SIMD3<Double>], _ type: ScalarType = .float32) {
        var elements: [Double] = []
        elements.reserveCapacity(16 * velocities.count)
        for beta in velocities { elements += LorentzTransformations.boost(beta) }
        matrices = Tensor(elements, shape: [velocities.count, 4, 4]).to(type)
    }

    /// One boost's matrix, row by row.
    public static func boost(_ beta: SIMD3<Double>) -> [Double] {
        let squared = (beta * beta).sum()
        precondition(squared < 1, "a boost's speed is below 1, not \(squared.squareRoot())")
        let gamma = 1 / (1 - squared).squareRoot(), factor = gamma * gamma / (gamma + 1)
        var rows = [gamma, -gamma * beta.x, -gamma * beta.y, -gamma * beta.z]
        for i in 0..<3 {
            rows.append(-gamma * beta[i])
            for j in 0..<3 { rows.append((i == j ? 1 : 0) + factor * beta[i] * beta[j]) }
        }
        return rows
    }

    /// One rotation's matrix, row by row: about `axis` (of any length) by `angle` (Rodrigues).
    public static func rotation(axis: SIMD3<Double>, angle: Double) -> [Double] {
        let n = axis / (axis * axis).sum().squareRoot(), c = cos(angle), s = sin(angle)
        let cross: [[Double]] = [[0, -n.z, n.y], [n.z, 0, -n.x], [-n.y, n.x, 0]]
        var rows: [Double] = [1, 0, 0, 0]
        for i in 0..<3 {
            rows.append(0)
            for j in 0..<3 { rows.append((i == j ? c : 0) + s * cross[i][j] + (1 - c) * n[i] * n[j]) }
        }
        return rows
    }

    /// Λ p for four-momenta [B, 4] or [B, N, 4] in the type of the matrices.
    public func callAsFunction(_ momenta: Tensor) -> Tensor {
        momenta.rank == 2
            ? momenta.unsqueezed(1).matmul(matrices.transposed(1, 2)).select(1, 0)
            : momenta.matmul(matrices.transposed(1, 2))
    }
}

/// The law by which random transformations are drawn, one a jet and view.
///
/// The direction is isotropic (azimuth 2πu₁, polar angle arccos(1 − 2u₂)) and β² uniform in [0, `betaSquaredMax`]:
/// the training law of SEAL (Hebbar et al., arXiv:2511.01982), with β ≤ 0.9747 and γ ≤ 4.47 at 0.95.
public struct BoostLaw: Sendable, Codable, Hashable {
    /// The largest β².
    public var betaSquaredMax: Double
    /// Whether a rotation, uniform over the group, goes before the boost.
    public var rotations: Bool

    /// - Precondition: 0 ≤ betaSquaredMax < 1.
    public init(betaSquaredMax: Double = 0.95, rotations: Bool = false) {
        precondition((0..<1).contains(betaSquaredMax), "β² lies in [0, 1), not \(betaSquaredMax)")
        self.betaSquaredMax = betaSquaredMax
        self.rotations = rotations
    }

    /// The transformations of the jets that `rows` names.
    public func draw(_ stream: RandomStream, _ rows: RowNames, _ type: ScalarType = .float32) -> LorentzTransformations
    {
        var elements: [Double] = []
        elements.reserveCapacity(16 * rows.jets.count)
        for i in rows.jets.indices {
            let u = stream.uniforms(rotations ? 6 : 3, jet: rows.jets[i], epoch: rows.epochs[i], view: rows.views[i])
            let velocity = BoostLaw.direction(u[0], u[1]) * (betaSquaredMax * u[2]).squareRoot()
            let boost = LorentzTransformations.boost(velocity)
            elements += rotations ? product(boost, BoostLaw.uniformRotation(u[3], u[4], u[5])) : boost
        }
        return LorentzTransformations(matrices: Tensor(elements, shape: [rows.jets.count, 4, 4]).to(type))
    }

    /// The isotropic direction of two uniform numbers.
    public static func direction(_ u1: Double, _ u2: Double) -> SIMD3<Double> {
        let cosine = 1 - 2 * u2, sine = (1 - cosine * cosine).squareRoot(), azimuth = 2 * Double.pi * u1
        return SIMD3(sine * cos(azimuth), sine * sin(azimuth), cosine)
    }

    /// A rotation, uniform over SO(3), of three uniform numbers (Shoemake's quaternions).
    static func uniformRotation(_ u1: Double, _ u2: Double, _ u3: Double) -> [Double] {
        let a = (1 - u1).squareRoot(), b = u1.squareRoot()
        let (w, x, y, z) = (
            a * sin(2 * .pi * u2), a * cos(2 * .pi * u2), b * sin(2 * .pi * u3), b * cos(2 * .pi * u3)
        )
        return [
            1, 0, 0, 0,
            0, 1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
            0, 2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
            0, 2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y),
        ]
    }
}

/// The product of two 4 × 4 matrices, row by row.
func product(_ a: [Double], _ b: [Double]) -> [Double] {
    (0..<16).map { index in
        let i = index / 4, j = index % 4
        return (0..<4).reduce(0) { $0 + a[4 * i + $1] * b[4 * $1 + j] }
    }
}
