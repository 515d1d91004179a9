/// Rounds numbers so that they take less room, and keeps what physics needs of them.
struct Rounding: Sendable {
    /// Bits of mantissa that stay, 8 to 23 (all of a `Float`).
    let bits: Int

    /// The nearest number with that many bits; not-a-number and infinity stay.
    func callAsFunction(_ number: Double) -> Float {
        let value = Float(number)
        guard bits < 23, value.isFinite else { return value }
        let dropped = UInt32(23 - bits)
        let half: UInt32 = 1 << (dropped - 1)
        return Float(bitPattern: (value.bitPattern &+ half) & ~((1 << dropped) - 1))
    }

    /// A four-momentum (px, py, pz, E) whose three-momentum is rounded and whose energy is computed anew: the mass
    /// stays, and E² ≥ p² holds exactly. Rounding E on its own would shift the mass of a jet by tenths of a GeV.
    ///
    /// E keeps all bits of a `Float`, and is rounded up.
    func fourMomentum(_ p: UnsafeBufferPointer<Double>) -> (Float, Float, Float, Float) {
        let massSquared = max(0, p[3] * p[3] - p[0] * p[0] - p[1] * p[1] - p[2] * p[2])
        let (x, y, z) = (self(p[0]), self(p[1]), self(p[2]))
        let energy = (Double(x) * Double(x) + Double(y) * Double(y) + Double(z) * Double(z) + massSquared).squareRoot()
        let nearest = Float(energy)
        return (x, y, z, Double(nearest) < energy ? nearest.nextUp : nearest)
    }
}
