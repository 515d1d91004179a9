import Torch

/// Generators of the Lorentz group: what an infinitesimal boost or rotation does to a four-momentum, δp = G p.
public enum LorentzGenerators: String, Sendable, Codable, CaseIterable {
    /// Boosts along x, y and z: δE = −pₖ, δpₖ = −E, the derivative of ``LorentzTransformations/boost(_:)`` by β at rest.
    case boosts
    /// Rotations about x, y and z: δp = k × p, the derivative of ``LorentzTransformations/rotation(axis:angle:)``.
    case rotations
    /// All six, boosts first.
    case both

    /// The matrices G, row by row.
    public var matrices: [[Double]] {
        switch self {
        case .boosts: (1...3).map { axis in LorentzGenerators.matrix([(0, axis, -1), (axis, 0, -1)]) }
        case .rotations:
            (0..<3).map { axis in
                let next = 1 + (axis + 1) % 3, last = 1 + (axis + 2) % 3
                return LorentzGenerators.matrix([(last, next, 1), (next, last, -1)])
            }
        case .both: LorentzGenerators.boosts.matrices + LorentzGenerators.rotations.matrices
        }
    }

    private static func matrix(_ elements: [(row: Int, column: Int, value: Double)]) -> [Double] {
        var rows = [Double](repeating: 0, count: 16)
        for element in elements { rows[4 * element.row + element.column] = element.value }
        return rows
    }
}

extension Features {
    /// How the features vary under each generator, the jet's own four-momentum varying with its constituents: the
    /// derivative of ``compute(constituents:jets:mask:)`` along the generator.
    ///
    /// With δp = G p: δ log E = δE/E; δ log pT = (px δpx + py δpy)/pT²; δη = (δpz − pz δ log pT)/|p|;
    /// δφ = (px δpy − py δpx)/pT²; the features relative to the jet have the jet's own variation subtracted;
    /// δΔR = (Δη δΔη + Δφ δΔφ)/ΔR, and 0 at ΔR = 0, where ΔR has no derivative. Hebbar et al. (arXiv:2511.01982) give the
    /// same as a table in the angles, for the inverse boosts and rotations: opposite signs throughout.
    ///
    /// - Parameters:
    ///   - constituents: [B, N, 4], (E, px, py, pz) in GeV
    ///   - jets: [B, 4]
    ///   - mask: [B, N], true where there is a constituent
    /// - Returns: [K, B, N, 7] for K generators, 0 where the mask is false. Cost: some twenty passes over [K, B, N].
    public static func variations(
        constituents: Tensor, jets: Tensor, mask: Tensor, under generators: LorentzGenerators
    ) -> Tensor {
        let matrices = generators.matrices, empty = mask.inverted()
        let transposed = Tensor.constant(
            matrices.flatMap { $0 }, shape: [matrices.count, 1, 4, 4], constituents.scalarType,
            device: constituents.device
        ).transposed(-2, -1)
        let p = Kinematics(constituents, empty: empty), jet = Kinematics(jets.unsqueezed(1), empty: nil)
        let delta = Variation(of: p, momenta: constituents.matmul(transposed))
        let jetDelta = Variation(of: jet, momenta: jets.unsqueezed(1).matmul(transposed))
        let eta = p.pseudorapidity - jet.pseudorapidity, phi = wrapped(p.azimuth - jet.azimuth)
        let radius = (eta.squared() + phi.squared()).sqrt()
        let deltaEta = delta.pseudorapidity - jetDelta.pseudorapidity, deltaPhi = delta.azimuth - jetDelta.azimuth
        let deltaRadius = ((eta * deltaEta + phi * deltaPhi) / radius).filled(where: radius.equals(0), with: 0)
        return Tensor.stacked(
            [
                deltaEta, deltaPhi, delta.logTransverseMomentum - jetDelta.logTransverseMomentum,
                delta.logTransverseMomentum, delta.logEnergy - jetDelta.logEnergy, delta.logEnergy, deltaRadius,
            ], dimension: -1
        ).filled(where: empty.unsqueezed(-1), with: 0)
    }
}

/// How energy and direction vary with the four-momentum.
private struct Variation {
    let logEnergy: Tensor, logTransverseMomentum: Tensor, pseudorapidity: Tensor, azimuth: Tensor

    /// - Parameter momenta: δp, [K, ..., 4], zero in empty slots
    init(of p: Kinematics, momenta: Tensor) {
        let dx = momenta.select(-1, 1), dy = momenta.select(-1, 2), dz = momenta.select(-1, 3)
        let squared = p.transverseMomentum.squared()
        logEnergy = momenta.select(-1, 0) / p.energy
        logTransverseMomentum = (p.px * dx + p.py * dy) / squared
        azimuth = (p.px * dy - p.py * dx) / squared
        pseudorapidity = (dz - p.pz * logTransverseMomentum) / (squared + p.pz.squared()).sqrt()
    }
}
