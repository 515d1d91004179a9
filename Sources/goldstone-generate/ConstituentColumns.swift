import Foundation

/// The columns of `jetConstituentList`, computed from the momenta as they are stored.
enum ConstituentColumns {
    static let momenta = ["j1_px", "j1_py", "j1_pz", "j1_e"]

    /// All, in the data set's order.
    static let all = [
        "j1_px", "j1_py", "j1_pz", "j1_e", "j1_erel", "j1_pt", "j1_ptrel", "j1_eta", "j1_etarel", "j1_etarot",
        "j1_phi", "j1_phirel", "j1_phirot", "j1_deltaR", "j1_costheta", "j1_costhetarel",
    ]

    /// Appends all columns of one jet: for each constituent, in ``all``'s order,
    ///
    /// px, py, pz, E; E/E_jet; pT = √(px² + py²); pT/pT_jet; η = asinh(pz/pT); η − η_jet; η_rot; φ = atan2(py, px);
    /// φ − φ_jet in (−π, π]; φ_rot; ΔR = √((η − η_jet)² + (φ − φ_jet)²); cos θ = pz/|p|; and the cosine of the angle
    /// between constituent and jet. For (η_rot, φ_rot) see ``rotated(_:)``. Empty slots are zero.
    ///
    /// Momenta and cosines keep all bits. The other ten columns, which follow from the momenta, are rounded to 15 bits
    /// of mantissa (relative error of 2⁻¹⁶ = 1.5·10⁻⁵ at most), so that their last bytes are zero and cost next to
    /// nothing to compress. A cosine near 1 would lose the angle.
    ///
    /// - Parameters:
    ///   - momenta: [slots · 4], (px, py, pz, E) each, in GeV; an empty slot has E = 0
    ///   - jet: the whole jet, of which some constituents may not be stored
    static func append(_ momenta: ArraySlice<Float>, jet: JetAxis, to columns: inout [Float]) {
        let slots = momenta.count / 4
        var constituents: [Constituent] = []
        constituents.reserveCapacity(slots)
        for start in stride(from: momenta.startIndex, to: momenta.endIndex, by: 4) where momenta[start + 3] > 0 {
            constituents.append(
                Constituent(momenta[start], momenta[start + 1], momenta[start + 2], momenta[start + 3]))
        }
        let axis = (cos(jet.azimuth), sin(jet.azimuth), sinh(jet.pseudorapidity), cosh(jet.pseudorapidity))
        for (constituent, rotation) in zip(constituents, rotated(constituents)) {
            let etaRelative = constituent.pseudorapidity - jet.pseudorapidity
            let phiRelative = wrapped(constituent.azimuth - jet.azimuth)
            let along = constituent.px * axis.0 + constituent.py * axis.1 + constituent.pz * axis.2
            // One by one: an array for each constituent would cost more than the numbers in it.
            columns.append(Float(constituent.px))
            columns.append(Float(constituent.py))
            columns.append(Float(constituent.pz))
            columns.append(Float(constituent.energy))
            columns.append(rounding(constituent.energy / jet.energy))
            columns.append(rounding(constituent.transverseMomentum))
            columns.append(rounding(constituent.transverseMomentum / jet.transverseMomentum))
            columns.append(rounding(constituent.pseudorapidity))
            columns.append(rounding(etaRelative))
            columns.append(rounding(rotation.pseudorapidity))
            columns.append(rounding(constituent.azimuth))
            columns.append(rounding(phiRelative))
            columns.append(rounding(rotation.azimuth))
            columns.append(rounding((etaRelative * etaRelative + phiRelative * phiRelative).squareRoot()))
            columns.append(Float(constituent.pz / constituent.momentum))
            columns.append(Float(min(1, along / (constituent.momentum * axis.3))))
        }
        columns.append(contentsOf: repeatElement(0, count: (slots - constituents.count) * all.count))
    }

    private static let rounding = Rounding(bits: 15)

    /// (η_rot, φ_rot): the jet in a frame that no longer knows how it is turned. Seen from the hardest constituent
    /// (Δη, Δφ relative to it), massless momenta pT·(cos Δφ, sin Δφ, sinh Δη) are turned about the first axis until the
    /// hardest constituent farther than ΔR = 0.1 lies at η = 0, φ < 0; then mirrored so that the side of η > 0 has
    /// the larger sum of pT. A rotation of three-momenta, so it keeps angles where a turn in the (η, φ) plane would not
    /// (after Pearkes et al., arXiv:1704.02124).
    private static func rotated(_ constituents: [Constituent]) -> [(pseudorapidity: Double, azimuth: Double)] {
        guard let hardest = constituents.first else { return [] }
        let relative = constituents.map { constituent in
            (
                eta: constituent.pseudorapidity - hardest.pseudorapidity,
                phi: wrapped(constituent.azimuth - hardest.azimuth)
            )
        }
        let far = relative.first { ($0.eta * $0.eta + $0.phi * $0.phi).squareRoot() > 0.1 }
        let angle = far.map { atan2(sin($0.phi), sinh($0.eta)) + .pi / 2 } ?? 0
        let (cosine, sine) = (cos(angle), sin(angle))
        var turned = constituents.map { constituent in
            // cos Δφ, sin Δφ and sinh Δη by the theorems of addition, which cost no transcendental functions.
            let scale = 1 / (constituent.transverseMomentum * hardest.transverseMomentum)
            let x = (constituent.px * hardest.px + constituent.py * hardest.py) * scale
            let y = (constituent.py * hardest.px - constituent.px * hardest.py) * scale
            let z = (constituent.pz * hardest.momentum - constituent.momentum * hardest.pz) * scale
            let turnedY = y * cosine - z * sine
            let turnedZ = y * sine + z * cosine
            let transverse = (x * x + turnedY * turnedY).squareRoot()
            return (pseudorapidity: asinh(turnedZ / transverse), azimuth: atan2(turnedY, x))
        }
        var balance = 0.0
        // The axis itself is on neither side, but for rounding.
        for (constituent, position) in zip(constituents, turned) where abs(position.pseudorapidity) > 1e-6 {
            balance += position.pseudorapidity > 0 ? constituent.transverseMomentum : -constituent.transverseMomentum
        }
        if balance < 0 { turned = turned.map { (-$0.pseudorapidity, $0.azimuth) } }
        return turned
    }
}

/// Where a jet points, and its energy: what the relative columns are relative to.
struct JetAxis: Sendable {
    let transverseMomentum, pseudorapidity, azimuth, energy: Double
}

private struct Constituent {
    let px, py, pz, energy, momentum, transverseMomentum, pseudorapidity, azimuth: Double

    init(_ px: Float, _ py: Float, _ pz: Float, _ energy: Float) {
        (self.px, self.py, self.pz, self.energy) = (Double(px), Double(py), Double(pz), Double(energy))
        transverseMomentum = (self.px * self.px + self.py * self.py).squareRoot()
        momentum = (self.px * self.px + self.py * self.py + self.pz * self.pz).squareRoot()
        pseudorapidity = transverseMomentum > 0 ? asinh(self.pz / transverseMomentum) : 0
        azimuth = atan2(self.py, self.px)
    }
}

/// An angle in (−π, π].
private func wrapped(_ angle: Double) -> Double {
    let turn = angle.remainder(dividingBy: 2 * .pi)
    return turn <= -.pi ? .pi : turn
}
