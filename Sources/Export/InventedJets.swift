import Foundation
import Jets
import Torch

/// Jets for a check of a network: of no process, but of every number of constituents that the network can meet.
public enum InventedJets {
    /// Jets with 1, 2, … n constituents and, every fourth of them, with up to 8 more than n, whose momenta are in the jet's
    /// alone. pT falls steeply from 500 GeV on, directions lie within 0.8 of an axis, masses are 0.
    ///
    /// - Parameters:
    ///   - constituents: n
    ///   - classes: signal and background, by turns
    public static func make(_ count: Int, constituents: Int, classes: (JetClass, JetClass), seed: UInt64) -> JetData {
        let stream = RandomStream(seed: seed, purpose: "invented jets for the check of an export")
        var data = JetData(constituents: constituents)
        for jet in 0..<count {
            let filled = jet % 4 == 3 ? constituents + 1 + jet / 4 % 8 : 1 + (jet - jet / 4) % constituents
            let u = stream.uniforms(3 * filled + 2, jet: UInt32(jet))
            let axis = (eta: 3 * u[0] - 1.5, phi: 2 * Double.pi * u[1])
            let pTs = (0..<filled).map { 1 + 500 * pow(u[3 * $0 + 2], 4) }.sorted(by: >)
            var momenta = [Float](repeating: 0, count: 4 * constituents)
            var sum = SIMD4<Double>.zero
            for slot in 0..<filled {
                let eta = axis.eta + 0.8 * (2 * u[3 * slot + 3] - 1)
                let phi = axis.phi + 0.8 * (2 * u[3 * slot + 4] - 1)
                let p = SIMD3<Float>(SIMD3(pTs[slot] * cos(phi), pTs[slot] * sin(phi), pTs[slot] * sinh(eta)))
                let squared = (SIMD3<Double>(p) * SIMD3<Double>(p)).sum()
                // E² ≥ p² as the reader of files leaves it, not below by rounding.
                let energy = Float(squared.squareRoot()).nextUp
                sum += SIMD4(Double(energy), Double(p.x), Double(p.y), Double(p.z))
                if slot < constituents {
                    momenta.replaceSubrange(4 * slot..<4 * slot + 4, with: [energy, p.x, p.y, p.z])
                }
            }
            data.append(
                momenta: momenta, count: filled, jetClass: jet % 2 == 0 ? classes.0 : classes.1,
                sum: (sum[0], sum[1], sum[2], sum[3]), eventIndex: Int64(jet), index: Int64(jet))
        }
        return data
    }
}
