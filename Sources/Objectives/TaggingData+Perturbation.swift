import Jets
import Torch

extension TaggingData.Slice {
    /// The same jets as `law` changes them in one draw. Labels and names stay; the mask follows the constituents, which come
    /// first in their order, with the empty slots behind them.
    ///
    /// The jet's own four-momentum is summed anew, J′ = J + Σp′ − Σp. Where it is the sum of all constituents that the file
    /// stores (``TaggingData/JetSum/all``), those beyond the network's slots are known by their sum U = J − Σp alone; a law
    /// that changes it (the energy scale) or moves constituents beyond the slots adds U′ − U.
    ///
    /// Everything is done in double and rounded to the momenta's type. Cost: a few microseconds a jet, on the CPU.
    ///
    /// - Parameters:
    ///   - stream: of the seed and the law, the same for all taggers that are compared
    ///   - draw: from 0 on
    public func perturbed(
        by law: any PerturbationLaw, strength: Double, _ stream: RandomStream, draw: Int
    ) -> TaggingData.Slice {
        let slots = constituents.shape[1], width = 4 * slots
        var momenta = constituents.elements(Double.self), sums = jets.elements(Double.self)
        func vector(_ values: [Double], _ place: Int) -> SIMD4<Double> {
            SIMD4(values[place], values[place + 1], values[place + 2], values[place + 3])
        }
        for (row, name) in names.enumerated() {
            // Empty slots come last.
            let before = (0..<slots).map { vector(momenta, width * row + 4 * $0) }.prefix { $0[0] > 0 }
            guard !before.isEmpty else { continue }
            let jet = vector(sums, 4 * row), seen = before.reduce(.zero, +)
            let unseen = jetSum == .all ? jet - seen : .zero
            var changed = PerturbedJet(constituents: Array(before), unseen: unseen, slots: slots)
            law.perturb(&changed, strength: strength, JetNoise(stream, jet: name, draw: draw))
            var moved = changed.seen - seen
            if jetSum == .all { moved += changed.unseen - unseen }
            for k in 0..<4 {
                sums[4 * row + k] = jet[k] + moved[k]
                for slot in 0..<slots {
                    let isFilled = slot < changed.constituents.count
                    momenta[width * row + 4 * slot + k] = isFilled ? changed.constituents[slot][k] : 0
                }
            }
        }
        func tensor(_ values: [Double], like other: Tensor) -> Tensor {
            Tensor(values, shape: other.shape).to(other.scalarType).to(other.device)
        }
        let constituents = tensor(momenta, like: self.constituents)
        return replacing(
            constituents: constituents, jets: tensor(sums, like: jets),
            mask: constituents.select(-1, 0).isGreater(than: 0))
    }
}
