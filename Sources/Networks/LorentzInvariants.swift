import Torch

/// Four-momenta of jets, (E, px, py, pz) in GeV, float or double.
public struct JetMomenta: Sendable {
    /// [B, N, 4], zero where there is no constituent.
    public var constituents: Tensor
    /// [B, 4], the jets' own.
    public var jets: Tensor

    /// Constituents [B, N, 4] and jets [B, 4].
    public init(constituents: Tensor, jets: Tensor) {
        self.constituents = constituents
        self.jets = jets
    }
}

/// What of a jet's four-momenta no Lorentz transformation changes: the Minkowski products of its constituents with each
/// other, with the jet, and of the jet with itself.
///
/// Products are taken in double: the momenta of two nearly collinear constituents cancel to one part in E²/(pᵢ·pⱼ), up to
/// 10⁵ here, which would leave float little. They go in as logarithms, ψ(x) = ln(1 + max(x, 0)/s), which is 0 at 0 and below
/// (a product of light-like momenta can be slightly negative by rounding) and has the slope 1/s there. A constituent's
/// own mass² is left out: of momenta that are stored as float it is rounding noise of 10⁻⁷ E².
///
/// For every pair there is also c = (pᵢ·pⱼ) P²/((pᵢ·P)(pⱼ·P)), for light-like momenta 1 − cos θ of their angle in the jet's
/// rest frame.
package struct LorentzInvariants {
    /// [B, N, N, 3], (ψ(pᵢ·pⱼ) − 5)/2, (ln(c + 3·10⁻⁴) + 0.7)/1.6 and c − 1; as of no product at i = j and for empty slots.
    let pairs: Tensor
    /// [B, N, 2], (ψ(pᵢ·P) − 10)/1.5 and (ψ(P²) − 14)/1.2.
    let constituents: Tensor
    /// [B, 2, N], weights of a sum over constituents: pᵢ·P/Σₖ pₖ·P, the fraction of the energy in the jet's rest frame;
    /// and 1/n. Both are 0 in empty slots.
    let weights: Tensor

    // About mean and deviation over the W and gluon jets of the sample that ships with the project, at s = 0.01 GeV².
    package static let pairScale = (5.0, 2.0), angleScale = (-0.7, 1.6)
    package static let constituentScale = (10.0, 1.5), jetScale = (14.0, 1.2)
    /// c from which on angles can be told from 0, and the largest c that counts: 2 is back to back.
    package static let smallestAngle = 3e-4, largestAngle = 4.0

    /// Cost: some twenty passes over [B, N, N].
    ///
    /// - Parameters:
    ///   - mask: [B, N], true where there is a constituent
    ///   - scale: s in GeV²
    ///   - type: of the results
    init(_ momenta: JetMomenta, mask: Tensor, scale: Double, _ type: ScalarType) {
        let metric = Tensor.constant([1, -1, -1, -1], .float64, device: momenta.constituents.device)
        let filled = mask.to(.float64), slots = mask.shape[1]
        // Whatever lies in an empty slot is no momentum.
        let p = momenta.constituents.to(.float64) * filled.unsqueezed(-1), jet = momenta.jets.to(.float64)
        func scaled(_ x: Tensor, _ scaling: (centre: Double, width: Double)) -> Tensor {
            (x - scaling.centre) / scaling.width
        }
        func logarithm(_ product: Tensor) -> Tensor { (product / scale + 1).log() }
        let apart = 1 - Tensor.identity(slots).to(p.device)
        let products = ((p * metric).matmul(p.transposed(1, 2)) * apart).clamped(from: 0)  // [B, N, N]
        let shares = (p * (jet * metric).unsqueezed(1)).sum(-1).clamped(from: 0)  // [B, N], pᵢ·P
        let massSquared = (jet * jet * metric).sum(-1, keepingDimensions: true).clamped(from: 0)  // [B, 1]
        // s² keeps the quotient finite where a product with the jet vanishes.
        let pairsOfShares = shares.unsqueezed(2) * shares.unsqueezed(1) + scale * scale
        let angles = (products * massSquared.unsqueezed(-1) / pairsOfShares).clamped(
            to: LorentzInvariants.largestAngle)
        pairs = Tensor.stacked(
            [
                scaled(logarithm(products), LorentzInvariants.pairScale),
                scaled((angles + LorentzInvariants.smallestAngle).log(), LorentzInvariants.angleScale), angles - 1,
            ], dimension: -1
        ).to(type)
        let masses = massSquared * Tensor.full(shares.shape, 1, .float64).to(p.device)
        constituents = Tensor.stacked(
            [
                scaled(logarithm(shares), LorentzInvariants.constituentScale),
                scaled(logarithm(masses), LorentzInvariants.jetScale),
            ], dimension: -1
        ).to(type)
        // And here where all of them vanish, as for a single light-like constituent.
        let energies = shares / (shares.sum(-1, keepingDimensions: true) + scale)
        let evenly = filled / filled.sum(-1, keepingDimensions: true).clamped(from: 1)
        weights = Tensor.stacked([energies, evenly], dimension: 1).to(type)
    }
}
