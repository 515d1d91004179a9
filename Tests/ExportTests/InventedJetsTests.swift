import Export
import Foundation
import Jets
import Testing

/// The jets that exports are checked on where no others are given.
struct InventedJetsTests {
    private let jets = InventedJets.make(64, constituents: 6, classes: (.top, .quark), seed: 1)

    @Test func `Every number of constituents occurs, more than are seen among them`() {
        #expect(Set((1...6).map(Int32.init)).isSubset(of: Set(jets.counts)) && jets.counts.max()! > 6)
        for jet in 0..<jets.count {
            let energies = (0..<6).map { jets.fourMomenta[24 * jet + 4 * $0] }
            #expect(energies.count { $0 > 0 } == min(6, Int(jets.counts[jet])))
        }
    }

    @Test func `Momenta are physical and ordered by pT, and the jet is their sum`() {
        for jet in 0..<jets.count {
            var last = Double.infinity, sum = [0.0, 0, 0, 0]
            for slot in 0..<6 {
                let p = (0..<4).map { Double(jets.fourMomenta[24 * jet + 4 * slot + $0]) }
                let squared = p[1] * p[1] + p[2] * p[2] + p[3] * p[3], pT = hypot(p[1], p[2])
                #expect(p[0] * p[0] >= squared && p[0] * p[0] <= squared * (1 + 1e-6) && pT <= last * (1 + 1e-6))
                last = pT
                for k in 0..<4 { sum[k] += p[k] }
            }
            let total = (0..<4).map { jets.jetMomenta[4 * jet + $0] }
            if jets.counts[jet] <= 6 {
                for k in 0..<4 { #expect(abs(total[k] - sum[k]) <= 1e-9 * total[0]) }
            } else {
                #expect(total[0] > sum[0])
            }
        }
    }

    @Test func `Equal seeds give equal jets, other seeds others`() {
        let again = InventedJets.make(64, constituents: 6, classes: (.top, .quark), seed: 1)
        #expect(again.fourMomenta == jets.fourMomenta && again.classes == jets.classes)
        #expect(
            InventedJets.make(64, constituents: 6, classes: (.top, .quark), seed: 2).fourMomenta != jets.fourMomenta)
        #expect(jets.classCounts.map(\.jets) == [32, 32])
    }
}
