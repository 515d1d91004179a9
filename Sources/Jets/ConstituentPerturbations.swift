import Foundation

/// A lower efficiency: each constituent is lost with probability p. Those that stay close ranks in their order. A jet
/// that would lose all keeps its leading one. Constituents beyond the network's slots stay.
///
/// A constituent with the uniform number u is lost where u < p, so that what is lost at one p is lost at all larger ones.
public struct ConstituentLoss: PerturbationLaw {
    /// The strength is told with each jet.
    public init() {}

    public let name = "lostConstituents"
    public let title = "Lost constituents"
    public let strengthTitle = "probability p that a constituent is lost"
    /// 0, 0.05, …, 0.5.
    public var defaultStrengths: [Double] { (0...10).map { Double($0) / 20 } }
    public var allowedStrengths: ClosedRange<Double> { 0...1 }

    /// As the law says; `strength` is its parameter, `noise` the jet's own random numbers.
    public func perturb(_ jet: inout PerturbedJet, strength: Double, _ noise: JetNoise) {
        let uniforms = noise.uniforms(jet.constituents.count), leading = jet.constituents[0]
        jet.constituents = jet.constituents.indices.filter { uniforms[$0] >= strength }.map { jet.constituents[$0] }
        if jet.constituents.isEmpty { jet.constituents = [leading] }
    }
}

/// Soft radiation that was not modelled: a Poisson number of massless constituents with mean n is added to each jet, with
/// the laws of soft and collinear emission, dz/z in the fraction z of the jet's pT from 10⁻³ to 10⁻² and dθ/θ in the
/// distance θ from its axis from 0.01 to 0.8.
///
/// They take their places by pT among the others. Where a jet then has more constituents than slots, the softest are
/// pushed out of the network's sight: an empty slot is filled first, and in a full jet an emission shows only if it is
/// harder than the last constituent.
///
/// Emissions come at the times of a Poisson process, and a jet has those before n, so that what is added at one n is
/// there at all larger ones.
public struct SoftEmissions: PerturbationLaw {
    /// Fractions of the jet's pT.
    public static let fractions = 1e-3...1e-2
    /// Distances from the jet's axis in (η, φ).
    public static let distances = 0.01...0.8

    /// The strength is told with each jet.
    public init() {}

    public let name = "softEmissions"
    public let title = "Added soft emissions"
    public let strengthTitle = "mean number n of added emissions"
    /// 0, 2, …, 20.
    public var defaultStrengths: [Double] { (0...10).map { Double(2 * $0) } }
    public var allowedStrengths: ClosedRange<Double> { 0...1000 }

    /// As the law says; `strength` is its parameter, `noise` the jet's own random numbers.
    public func perturb(_ jet: inout PerturbedJet, strength: Double, _ noise: JetNoise) {
        let emissions = emissions(of: jet.seen + jet.unseen, before: strength, noise)
        guard !emissions.isEmpty else { return }
        func squaredTransverseMomentum(_ p: SIMD4<Double>) -> Double { p.y * p.y + p.z * p.z }
        // A stable sort: the jet's own constituents keep their order, also where rounding has left it not quite sorted.
        var all = jet.constituents
        for emission in emissions {
            let place = all.lastIndex { squaredTransverseMomentum($0) >= squaredTransverseMomentum(emission) }
            all.insert(emission, at: place.map { $0 + 1 } ?? 0)
        }
        jet.constituents = Array(all.prefix(jet.slots))
        jet.unseen += all.dropFirst(jet.slots).reduce(.zero, +)
    }

    /// Massless four-momenta.
    private func emissions(of jet: SIMD4<Double>, before end: Double, _ noise: JetNoise) -> [SIMD4<Double>] {
        let pt = (jet.y * jet.y + jet.z * jet.z).squareRoot(), eta = asinh(jet.w / pt), phi = atan2(jet.z, jet.y)
        var emissions: [SIMD4<Double>] = [], time = 0.0, drawn: [Double] = []
        while true {
            let next = 4 * emissions.count
            // The numbers of a place are the same however many are drawn.
            if next >= drawn.count { drawn = noise.uniforms(max(64, 2 * drawn.count)) }
            time -= log(drawn[next])
            guard time < end else { return emissions }
            func logUniform(_ range: ClosedRange<Double>, _ u: Double) -> Double {
                range.lowerBound * pow(range.upperBound / range.lowerBound, u)
            }
            let momentum = pt * logUniform(SoftEmissions.fractions, drawn[next + 1])
            let distance = logUniform(SoftEmissions.distances, drawn[next + 2]), angle = 2 * Double.pi * drawn[next + 3]
            let newEta = eta + distance * cos(angle), newPhi = phi + distance * sin(angle)
            emissions.append(
                momentum * SIMD4(cosh(newEta), cos(newPhi), sin(newPhi), sinh(newEta)))
        }
    }
}
