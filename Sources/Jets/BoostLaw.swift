import Foundation
import Torch

/// A law by which random transformations of jets are drawn, one a jet and view: a symmetry of physics, or a control that
/// is none.
public protocol TransformationLaw: Sendable {
    /// Jets after a transformation each, drawn under the jets' names `rows`. A jet's constituents and its own
    /// four-momentum are transformed alike; order and empty slots stay. On a GPU the rows' names lie there, too: draw with
    /// `RandomStream.uniforms(_:_:)` or `normals(_:_:)` of the rows, which works everywhere.
    ///
    /// - Parameters:
    ///   - constituents: [B, N, 4], (E, px, py, pz) in GeV
    ///   - jets: [B, 4]
    func transform(constituents: Tensor, jets: Tensor, _ stream: RandomStream, _ rows: RowNames) -> (
        constituents: Tensor, jets: Tensor
    )
}

/// Random boosts.
///
/// The direction is isotropic (azimuth 2πu₁, polar angle arccos(1 − 2u₂)) and β² uniform in [0, `betaSquaredMax`]:
/// the training law of SEAL (Hebbar et al., arXiv:2511.01982), with β ≤ 0.9747 and γ ≤ 4.47 at 0.95.
public struct BoostLaw: TransformationLaw, Codable, Hashable {
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
    public func draw(_ stream: RandomStream, _ rows: RowNames) -> LorentzTransformations {
        if rows.isResident { return drawResident(stream, rows) }
        var elements: [Double] = []
        elements.reserveCapacity(16 * rows.jets.count)
        for i in rows.jets.indices {
            let u = stream.uniforms(rotations ? 6 : 3, jet: rows.jets[i], epoch: rows.epochs[i], view: rows.views[i])
            let velocity = BoostLaw.direction(u[0], u[1]) * (betaSquaredMax * u[2]).squareRoot()
            let boost = LorentzTransformations.boost(velocity)
            elements += rotations ? product(boost, BoostLaw.uniformRotation(u[3], u[4], u[5])) : boost
        }
        return LorentzTransformations(matrices: Tensor(elements, shape: [rows.jets.count, 4, 4]))
    }

    /// The same transformations but for rounding, drawn and computed where the rows' names lie.
    private func drawResident(_ stream: RandomStream, _ rows: RowNames) -> LorentzTransformations {
        let numbers = stream.uniforms(rotations ? 6 : 3, rows),
            u = (0..<(rotations ? 6 : 3)).map { numbers.select(1, $0) }
        let cosine = 1 - 2 * u[1], sine = (1 - cosine.squared()).clamped(from: 0).sqrt(),
            azimuth = u[0] * (2 * Double.pi)
        let direction = Tensor.stacked([sine * azimuth.cos(), sine * azimuth.sin(), cosine], dimension: -1)
        let boosts = LorentzTransformations(velocities: direction * (u[2] * betaSquaredMax).sqrt().unsqueezed(-1))
        guard rotations else { return boosts }
        return LorentzTransformations(
            matrices: boosts.matrices.matmul(BoostLaw.uniformRotations(u[3], u[4], u[5])))
    }

    /// Boosts a slice's constituents [B, N, 4] and jets [B, 4], one draw a jet.
    public func transform(constituents: Tensor, jets: Tensor, _ stream: RandomStream, _ rows: RowNames) -> (
        constituents: Tensor, jets: Tensor
    ) {
        let transformation = draw(stream, rows)
        return (transformation(constituents), transformation(jets))
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

    /// As ``uniformRotation(_:_:_:)``, of tensors [B]: [B, 4, 4].
    static func uniformRotations(_ u1: Tensor, _ u2: Tensor, _ u3: Tensor) -> Tensor {
        let a = (1 - u1).sqrt(), b = u1.sqrt(), first = u2 * (2 * Double.pi), second = u3 * (2 * Double.pi)
        let w = a * first.sin(), x = a * first.cos(), y = b * second.sin(), z = b * second.cos()
        func diagonal(_ p: Tensor, _ q: Tensor) -> Tensor { 1 - 2 * (p.squared() + q.squared()) }
        func sum(_ p: Tensor, _ q: Tensor, _ r: Tensor, _ s: Tensor) -> Tensor { 2 * (p * q + r * s) }
        func difference(_ p: Tensor, _ q: Tensor, _ r: Tensor, _ s: Tensor) -> Tensor { 2 * (p * q - r * s) }
        let zero = u1 * 0, one = zero + 1
        return Tensor.stacked(
            [
                one, zero, zero, zero,
                zero, diagonal(y, z), difference(x, y, z, w), sum(x, z, y, w),
                zero, sum(x, y, z, w), diagonal(x, z), difference(y, z, x, w),
                zero, difference(x, z, y, w), sum(y, z, x, w), diagonal(x, y),
            ], dimension: -1
        ).reshaped(u1.shape[0], 4, 4)
    }
}
