import Torch

/// The network's inputs: seven features a constituent, computed from four-momenta as tensor code, so that they can be
/// recomputed after a boost and run on any device.
///
/// In order: Δη, Δφ, log(pT/pT_jet), log pT, log(E/E_jet), log E, ΔR; natural logarithms, GeV; η = asinh(pz/pT),
/// φ = atan2(py, px), Δφ wrapped once into (−π, π], ΔR = √(Δη² + Δφ²). All are 0 where the mask is false. (Hebbar et
/// al., arXiv:2511.01982.)
public enum Features {
    /// How many features a constituent has.
    public static let count = 7

    /// What each feature is, in order.
    public static let names = ["Δη", "Δφ", "log(pT/pT_jet)", "log pT", "log(E/E_jet)", "log E", "ΔR"]

    /// - Parameters:
    ///   - constituents: [B, N, 4], (E, px, py, pz) in GeV
    ///   - jets: [B, 4], the jets' four-momenta
    ///   - mask: [B, N], true where there is a constituent
    /// - Returns: [B, N, 7]. Cost: some twenty passes over [B, N].
    public static func compute(constituents: Tensor, jets: Tensor, mask: Tensor) -> Tensor {
        let empty = mask.inverted()
        let p = Kinematics(constituents, empty: empty)
        let jet = Kinematics(jets.unsqueezed(1), empty: nil)
        let deltaEta = p.pseudorapidity - jet.pseudorapidity
        let deltaPhi = wrapped(p.azimuth - jet.azimuth)
        let logPT = p.transverseMomentum.log(), logE = p.energy.log()
        return Tensor.stacked(
            [
                deltaEta, deltaPhi, logPT - jet.transverseMomentum.log(), logPT, logE - jet.energy.log(), logE,
                (deltaEta.squared() + deltaPhi.squared()).sqrt(),
            ], dimension: -1
        ).filled(where: empty.unsqueezed(-1), with: 0)
    }

    /// Angles in (−2π, 2π] moved into (−π, π] by one turn at the most.
    static func wrapped(_ angle: Tensor) -> Tensor {
        let above = (angle - 2 * Double.pi).selected(where: angle.isGreater(than: Double.pi), else: angle)
        return above.selected(where: above.isGreater(than: -Double.pi), else: above + 2 * Double.pi)
    }
}

/// Components and direction of four-momenta [..., 4].
struct Kinematics {
    let energy: Tensor, px: Tensor, py: Tensor, pz: Tensor
    let transverseMomentum: Tensor, pseudorapidity: Tensor, azimuth: Tensor

    /// An empty slot is given pT = E = 1 in the x direction, so that no logarithm or quotient of zero arises.
    init(_ momenta: Tensor, empty: Tensor?) {
        func component(_ index: Int, _ filler: Double) -> Tensor {
            let value = momenta.select(-1, index)
            guard let empty else { return value }
            return value.filled(where: empty, with: filler)
        }
        energy = component(0, 1)
        px = component(1, 1)
        py = component(2, 0)
        pz = component(3, 0)
        transverseMomentum = (px.squared() + py.squared()).sqrt()
        pseudorapidity = (pz / transverseMomentum).asinh()
        azimuth = py.atan2(px)
    }
}
