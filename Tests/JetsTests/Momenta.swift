import Foundation
import Jets
import Torch

/// Four-momenta in plain doubles, and what tests compute from them with other formulas than the package.
typealias Momentum = SIMD4<Double>

extension Momentum {
    var vector: SIMD3<Double> { SIMD3(self[1], self[2], self[3]) }
    var magnitude: Double { (vector * vector).sum().squareRoot() }
    /// Energy squared minus momentum squared.
    var massSquared: Double { self[0] * self[0] - (vector * vector).sum() }
    /// −log tan(θ/2) from the polar angle.
    var pseudorapidity: Double { -log(tan(atan2(hypot(self[1], self[2]), self[3]) / 2)) }

    /// The boost as a textbook writes it: parallel and perpendicular parts apart.
    func boosted(_ beta: SIMD3<Double>) -> Momentum {
        let speed = (beta * beta).sum().squareRoot(), gamma = 1 / (1 - speed * speed).squareRoot()
        let direction = beta / speed, along = (vector * direction).sum()
        let after = vector - along * direction + gamma * (along - speed * self[0]) * direction
        return Momentum(gamma * (self[0] - speed * along), after.x, after.y, after.z)
    }
}

/// The seven features of a constituent.
func naiveFeatures(_ p: Momentum, jet: Momentum) -> [Double] {
    let eta = p.pseudorapidity - jet.pseudorapidity
    let phi = remainder(atan2(p[2], p[1]) - atan2(jet[2], jet[1]), 2 * .pi)
    let pt = hypot(p[1], p[2]), jetPT = hypot(jet[1], jet[2])
    return [eta, phi, log(pt / jetPT), log(pt), log(p[0] / jet[0]), log(p[0]), hypot(eta, phi)]
}

/// Jets in double with empty slots, as tensors and as plain numbers.
struct JetMomenta {
    var jets: [[Momentum]]
    let slots: Int

    /// Jets of 1 TeV and more whose constituents (0.5 GeV to hundreds, with the charged pion's mass) lie within 10⁻⁴ to
    /// 0.4 of an axis, each component rounded to float as files hold them.
    static func collinear(_ count: Int, slots: Int = 16) -> JetMomenta {
        let stream = RandomStream(seed: 31, purpose: "collinear jets")
        let jets = (0..<count).map { jet in
            let u = stream.uniforms(3 * slots + 3, jet: UInt32(jet))
            let axisEta = 4 * u[0] - 2, axisPhi = 2 * Double.pi * u[1], filled = 1 + Int(u[2] * Double(slots))
            return (0..<filled).map { slot in
                let pt = 0.5 * pow(2000, u[3 * slot + 3]), angle = 2 * Double.pi * u[3 * slot + 4]
                let radius = 1e-4 * pow(4000, u[3 * slot + 5])
                let eta = axisEta + radius * cos(angle), phi = axisPhi + radius * sin(angle)
                let mass = 0.13957, magnitude = pt * cosh(eta)
                let p = Momentum(hypot(magnitude, mass), pt * cos(phi), pt * sin(phi), pt * sinh(eta))
                return Momentum(SIMD4<Float>(p))
            }
        }
        return JetMomenta(jets: jets, slots: slots)
    }

    var sums: [Momentum] { jets.map { $0.reduce(.zero, +) } }

    /// [B, slots, 4].
    var constituents: Tensor {
        let numbers = jets.flatMap { jet in
            (0..<slots).flatMap { slot in (0..<4).map { slot < jet.count ? jet[slot][$0] : 0 } }
        }
        return Tensor(numbers, shape: [jets.count, slots, 4])
    }

    /// [B, 4].
    var jetTensor: Tensor { Tensor(sums.flatMap { p in (0..<4).map { p[$0] } }, shape: [jets.count, 4]) }

    /// [B, slots].
    var mask: Tensor {
        Tensor(jets.flatMap { jet in (0..<slots).map { $0 < jet.count } }, shape: [jets.count, slots])
    }

    /// As the package computes them, [B, slots, 7].
    var features: Tensor { Features.compute(constituents: constituents, jets: jetTensor, mask: mask) }

    func map(_ transform: (Int, Momentum) -> Momentum) -> JetMomenta {
        JetMomenta(
            jets: jets.enumerated().map { jet, constituents in constituents.map { transform(jet, $0) } }, slots: slots)
    }
}

/// Isotropic directions, one a jet.
func directions(_ count: Int, seed: UInt64 = 1) -> [SIMD3<Double>] {
    let stream = RandomStream(seed: seed, purpose: "test directions")
    return (0..<count).map {
        let u = stream.uniforms(2, jet: UInt32($0))
        return BoostLaw.direction(u[0], u[1])
    }
}

/// The largest difference between two tensors' elements; features of angle are compared as angles where `isAngle` says.
func largestDifference(_ a: Tensor, _ b: Tensor, angleAt angle: Int? = nil, width: Int = 7) -> Double {
    zip(a.elements(Double.self), b.elements(Double.self)).enumerated().reduce(0) { largest, next in
        let difference = next.element.0 - next.element.1
        return max(largest, abs(next.offset % width == angle ? remainder(difference, 2 * .pi) : difference))
    }
}
