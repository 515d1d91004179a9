import Foundation
import Jets
import Networks
import Objectives
import Torch

/// Invented jets and a small network.
public enum Example {
    /// Jets near 1 TeV of 3 to 12 constituents; signal jets are wider.
    public static func jets(_ count: Int, constituents: Int = 12) -> JetData {
        var data = JetData(constituents: constituents)
        let stream = RandomStream(seed: 21, purpose: "invented jets")
        for jet in 0..<count {
            let u = stream.uniforms(3 * constituents + 2, jet: UInt32(jet))
            let filled = 3 + Int(u[0] * Double(constituents - 2)), isSignal = jet % 2 == 0
            var momenta = [Float](repeating: 0, count: 4 * constituents)
            var pts = (0..<filled).map { 1 + 400 * pow(u[3 * $0 + 2], 3) }
            pts.sort(by: >)
            var sum = SIMD4<Double>.zero
            for slot in 0..<filled {
                let width = isSignal ? 0.3 : 0.1
                let eta = 0.5 + width * (2 * u[3 * slot + 3] - 1), phi = 1 + width * (2 * u[3 * slot + 4] - 1)
                let p = SIMD4(pts[slot] * cosh(eta), pts[slot] * cos(phi), pts[slot] * sin(phi), pts[slot] * sinh(eta))
                sum += p
                for k in 0..<4 { momenta[4 * slot + k] = Float(p[k]) }
            }
            data.append(
                momenta: momenta, count: filled, jetClass: isSignal ? .w : .gluon,
                sum: (sum[0], sum[1], sum[2], sum[3]),
                eventIndex: Int64(jet), index: Int64(jet))
        }
        return data
    }

    public static func network(dropout: Double = 0) -> JetTransformer {
        var settings = JetTransformer.Settings()
        settings.width = 16
        settings.heads = 2
        settings.layers = 2
        settings.feedForward = 24
        settings.head = [8]
        settings.dropout = dropout
        return JetTransformer(settings)
    }

    public static func objective(jets count: Int, dropout: Double = 0, type: ScalarType = .float32) -> (
        TaggingObjective<JetTransformer>, Tensor
    ) {
        let network = network(dropout: dropout)
        let objective = TaggingObjective(
            network: network, data: TaggingData(jets(count), signal: .w, type),
            terms: [WeightedTerm(BinaryCrossEntropy())], seed: 5)
        return (objective, network.initialParameters(seed: 1).to(type))
    }
}
