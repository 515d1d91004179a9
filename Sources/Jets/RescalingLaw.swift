import Torch

/// Random anisotropic rescalings, the control that is no symmetry: each momentum component is multiplied by a factor of
/// its own, pᵢ′ = pᵢ exp(s zᵢ) with zᵢ standard normal, the same three factors for all constituents of a jet and for the
/// jet, and the energy is computed anew with the mass kept, E′² = p′² + max(E² − p², 0).
///
/// Like a boost it is a smooth, invertible map of momentum space that leaves masses alone; unlike a boost it changes the
/// invariant masses of pairs, and so the substructure.
public struct RescalingLaw: TransformationLaw, Codable, Hashable {
    /// s, the standard deviation of a component's logarithm.
    public var scale: Double

    /// The s at which the mean squared change of the features is that of ``BoostLaw``'s boosts, on the W and gluon jets
    /// of the sample that ships with the project.
    ///
    /// Measured on its 44,000 W and gluon jets, up to 32 constituents each: a mean over constituents and features of 0.161
    /// for the boosts; 0.144, 0.159 and 0.167 at s = 0.8, 0.84 and 0.86. Features as they are, not scaled.
    public static let matchedScale = 0.84

    /// - Precondition: scale ≥ 0.
    public init(scale: Double = RescalingLaw.matchedScale) {
        precondition(scale >= 0, "a standard deviation is not negative: \(scale)")
        self.scale = scale
    }

    /// Rescales constituents [B, N, 4] and jets [B, 4] by the same three factors a jet; masses are kept.
    public func transform(constituents: Tensor, jets: Tensor, _ stream: RandomStream, _ rows: RowNames) -> (
        constituents: Tensor, jets: Tensor
    ) {
        let factors = (exponents(stream, rows) * scale).exp().to(constituents.device)
        return (rescaled(constituents, factors), rescaled(jets.unsqueezed(1), factors).select(1, 0))
    }

    /// Three standard normal numbers a jet, [B, 1, 3].
    private func exponents(_ stream: RandomStream, _ rows: RowNames) -> Tensor {
        if rows.isResident { return stream.normals(3, rows).unsqueezed(1) }
        var exponents: [Double] = []
        exponents.reserveCapacity(3 * rows.count)
        for i in rows.jets.indices {
            exponents += stream.normals(3, jet: rows.jets[i], epoch: rows.epochs[i], view: rows.views[i])
        }
        return Tensor(exponents, shape: [rows.count, 1, 3])
    }

    /// Momenta [B, N, 4] with components multiplied by factors [B, 1, 3]; in double within, for the difference E² − p².
    private func rescaled(_ momenta: Tensor, _ factors: Tensor) -> Tensor {
        let parts = momenta.to(.float64).split([1, 3], dimension: -1), energy = parts[0], before = parts[1]
        let after = before * factors
        let massSquared = (energy.squared() - before.squared().sum(-1, keepingDimensions: true)).clamped(from: 0)
        let newEnergy = (massSquared + after.squared().sum(-1, keepingDimensions: true)).sqrt()
        return .concatenated([newEnergy, after], dimension: -1).to(momenta.scalarType)
    }
}
