import Foundation
import Studies
import Testing
import Torch

struct JensenShannonTests {
    /// The definition, from entropies: H(M) − (H(P) + H(Q))/2.
    static func direct(_ chosen: [Int], _ all: [Int]) -> Double {
        func fractions(_ counts: [Int]) -> [Double] { counts.map { Double($0) / Double(counts.reduce(0, +)) } }
        func entropy(_ p: [Double]) -> Double { p.reduce(0) { $0 - ($1 > 0 ? $1 * log($1) / log(2) : 0) } }
        let p = fractions(chosen), q = fractions(all)
        return entropy(zip(p, q).map { ($0 + $1) / 2 }) - (entropy(p) + entropy(q)) / 2
    }

    static let all = [400, 300, 0, 200, 90, 10], chosen = [20, 90, 0, 80, 9, 1]

    @Test func `The value is that of the definition, with empty bins and without`() {
        let divergence = JensenShannon(chosen: Self.chosen, among: Self.all)
        #expect(abs(divergence.value - Self.direct(Self.chosen, Self.all)) < 1e-14 && divergence.value > 0.05)
        // A choice of one bin out of n equal ones: P = 1 there, M = (1 + 1/n)/2.
        let one = JensenShannon(chosen: [5, 0, 0, 0], among: [5, 5, 5, 5])
        let expected = 0.5 * log2(1 / 0.625) + 0.5 * (0.25 * log2(0.25 / 0.625) + 0.75)
        #expect(abs(one.value - expected) < 1e-14)
    }

    @Test func `All of the jets, and any fair choice, do not differ`() {
        let all = JensenShannon(chosen: Self.all, among: Self.all)
        #expect(all.value == 0 && all.standardError == 0 && abs(all.byChance) < 1e-12)
        #expect(JensenShannon(chosen: [40, 30, 20, 10], among: [400, 300, 200, 100]).value < 1e-15)
    }

    @Test func `The error is the spread over samples of jets`() {
        // Each jet's bin and whether it is chosen, drawn anew with replacement.
        let cells = Self.all.indices.flatMap { bin in
            [Int](repeating: 2 * bin, count: Self.chosen[bin])
                + [Int](repeating: 2 * bin + 1, count: Self.all[bin] - Self.chosen[bin])
        }
        let stream = RandomStream(seed: 3, purpose: "resamples")
        let values = (0..<2000).map { sample -> Double in
            var chosen = [Int](repeating: 0, count: 6), all = chosen
            for u in stream.uniforms(cells.count, jet: UInt32(sample)) {
                let cell = cells[Int(u * Double(cells.count))]
                all[cell / 2] += 1
                if cell % 2 == 0 { chosen[cell / 2] += 1 }
            }
            return Self.direct(chosen, all)
        }
        let mean = values.reduce(0, +) / 2000
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1999).squareRoot()
        // 2,000 values know their deviation to 1.6 %; the first order leaves out a little more.
        let error = JensenShannon(chosen: Self.chosen, among: Self.all).standardError
        #expect(abs(error / deviation - 1) < 0.1, "\(error), resampled \(deviation)")
    }

    @Test func `What chance gives is the mean over random choices`() {
        let jets = Self.all.indices.flatMap { [Int](repeating: $0, count: Self.all[$0]) }
        let stream = RandomStream(seed: 4, purpose: "choices")
        let values = (0..<1000).map { sample -> Double in
            var chosen = [Int](repeating: 0, count: 6)
            for jet in stream.permutation(jets.count, epoch: UInt32(sample)).prefix(200) { chosen[jets[jet]] += 1 }
            return Self.direct(chosen, Self.all)
        }
        let mean = values.reduce(0, +) / 1000
        let error = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 999 / 1000).squareRoot()
        let found = JensenShannon(chosen: Self.chosen, among: Self.all).byChance
        #expect(abs(found - mean) < 5 * error, "\(found), not \(mean) ± \(error)")
        // For many jets, (k − 1)/(8 ln 2) (1/n − 1/N) with k = 4 bins.
        let large = JensenShannon(chosen: [2500, 2500, 2500, 2500], among: [25000, 25000, 25000, 25000]).byChance
        let asymptotic = 3 / (8 * log(2)) * (1 / 10_000.0 - 1 / 100_000.0)
        #expect(abs(large / asymptotic - 1) < 0.01)
    }
}
