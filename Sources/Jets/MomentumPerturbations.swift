import Foundation

/// A worse momentum resolution: pT′ = pT · max(1 + σε, 0.01) with ε standard normal, a constituent each; directions and
/// masses are kept, and so is the order. (The paper's Eq. 7; the floor is ours.)
public struct MomentumSmearing: PerturbationLaw {
    /// The least factor: a momentum must not vanish or turn round.
    public static let leastFactor = 0.01

    /// The strength is told with each jet.
    public init() {}

    public let name = "smearing"
    public let title = "Smeared transverse momenta"
    public let strengthTitle = "relative width σ of the smearing"
    /// 0, 0.05, …, 0.5.
    public var defaultStrengths: [Double] { (0...10).map { Double($0) / 20 } }
    public var allowedStrengths: ClosedRange<Double> { 0...(.infinity) }

    /// As the law says; `strength` is its parameter, `noise` the jet's own random numbers.
    public func perturb(_ jet: inout PerturbedJet, strength: Double, _ noise: JetNoise) {
        let normals = noise.normals(jet.constituents.count)
        for slot in jet.constituents.indices {
            let factor = max(1 + strength * normals[slot], MomentumSmearing.leastFactor)
            jet.constituents[slot] = jet.constituents[slot].withMomentum(times: factor)
        }
    }
}

/// A shifted energy scale: all four-momenta, those beyond the network's slots too, times 1 + s. The same for every jet,
/// so there is nothing to draw.
public struct EnergyScale: PerturbationLaw {
    /// The strength is told with each jet.
    public init() {}

    public let name = "energyScale"
    public let title = "Shifted energy scale"
    public let strengthTitle = "relative shift s of the energy scale"
    /// −0.2, −0.15, …, 0.2.
    public var defaultStrengths: [Double] { (-4...4).map { Double($0) / 20 } }
    public var allowedStrengths: ClosedRange<Double> { -0.99...(.infinity) }
    public let isRandom = false

    /// As the law says; `strength` is its parameter, `noise` the jet's own random numbers.
    public func perturb(_ jet: inout PerturbedJet, strength: Double, _ noise: JetNoise) {
        for slot in jet.constituents.indices { jet.constituents[slot] *= 1 + strength }
        jet.unseen *= 1 + strength
    }
}

/// A worse angular resolution: η′ = η + σε₁ and φ′ = φ + σε₂ with ε standard normal, a constituent each; pT and mass are
/// kept.
public struct AngularSmearing: PerturbationLaw {
    /// The strength is told with each jet.
    public init() {}

    public let name = "angularSmearing"
    public let title = "Smeared directions"
    public let strengthTitle = "width σ of the smearing in η and φ"
    /// 0, 0.01, …, 0.1.
    public var defaultStrengths: [Double] { (0...10).map { Double($0) / 100 } }
    public var allowedStrengths: ClosedRange<Double> { 0...10 }

    /// As the law says; `strength` is its parameter, `noise` the jet's own random numbers.
    public func perturb(_ jet: inout PerturbedJet, strength: Double, _ noise: JetNoise) {
        let normals = noise.normals(2 * jet.constituents.count)
        for slot in jet.constituents.indices {
            jet.constituents[slot] = jet.constituents[slot].turned(
                eta: strength * normals[2 * slot], phi: strength * normals[2 * slot + 1])
        }
    }
}

extension SIMD4<Double> {
    /// The four-momentum with its three-momentum times `factor` and the same mass: E′² = E² + (f² − 1) p², which is E to
    /// the last bit at f = 1, and loses nothing of the small difference E² − p².
    func withMomentum(times factor: Double) -> SIMD4<Double> {
        let squared = y * y + z * z + w * w
        let energy = (x * x + (factor * factor - 1) * squared).clampedRoot
        return SIMD4(energy, factor * y, factor * z, factor * w)
    }

    /// The four-momentum moved in pseudorapidity and azimuth, with pT and mass kept:
    /// pz′ = pz cosh δη + |p| sinh δη, and E′² = E² + pz′² − pz².
    func turned(eta: Double, phi: Double) -> SIMD4<Double> {
        let magnitude = (y * y + z * z + w * w).squareRoot()
        let along = w * cosh(eta) + magnitude * sinh(eta)
        let energy = (x * x + (along - w) * (along + w)).clampedRoot
        return SIMD4(energy, y * cos(phi) - z * sin(phi), y * sin(phi) + z * cos(phi), along)
    }
}

extension Double {
    /// √max(self, 0): files whose masses are not mended hold constituents with E² < p².
    fileprivate var clampedRoot: Double { Swift.max(self, 0).squareRoot() }
}
