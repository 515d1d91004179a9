import Foundation
import Jets
import Testing
import Torch

/// What the laws draw: moments within five standard errors of 20,000 draws.
struct TransformationLawTests {
    static let count = 20_000
    static let rows = RowNames(jets: (0..<UInt32(count)).map { $0 }, epoch: 3, view: 1)
    static let stream = RandomStream(seed: 8, purpose: "boosts")

    /// Λ's rows for each jet.
    static func matrices(_ law: BoostLaw) -> [[Double]] {
        let all = law.draw(stream, rows).matrices.elements(Double.self)
        return (0..<count).map { Array(all[16 * $0..<16 * $0 + 16]) }
    }

    static func expectMean(_ values: [Double], _ mean: Double, _ deviation: Double) {
        let average = values.reduce(0, +) / Double(values.count)
        #expect(abs(average - mean) < 5 * deviation / Double(values.count).squareRoot(), "\(average), not \(mean)")
    }

    @Test func `β² is uniform and the direction isotropic`() {
        let velocities = Self.matrices(BoostLaw()).map { -SIMD3($0[1], $0[2], $0[3]) / $0[0] }
        let squares = velocities.map { ($0 * $0).sum() / 0.95 }
        #expect(squares.allSatisfy { (0...1).contains($0) })
        #expect(squares.max()! > 0.999)
        Self.expectMean(squares, 0.5, (1.0 / 12).squareRoot())
        Self.expectMean(squares.map { $0 * $0 }, 1.0 / 3, (4.0 / 45).squareRoot())
        let unit = velocities.map { $0 / ($0 * $0).sum().squareRoot() }
        for i in 0..<3 {
            Self.expectMean(unit.map { $0[i] }, 0, (1.0 / 3).squareRoot())
            Self.expectMean(unit.map { $0[i] * $0[i] }, 1.0 / 3, (4.0 / 45).squareRoot())
            Self.expectMean(unit.map { $0[i] * $0[(i + 1) % 3] }, 0, (1.0 / 15).squareRoot())
        }
        Self.expectMean(zip(unit, squares).map { $0[2] * ($1 - 0.5) }, 0, (1.0 / 36).squareRoot())
    }

    @Test func `Rotations are proper and uniform`() {
        let matrices = Self.matrices(BoostLaw(betaSquaredMax: 0, rotations: true))
        for i in 0..<3 {
            for j in 0..<3 {
                let elements = matrices.map { $0[4 * (i + 1) + j + 1] }
                Self.expectMean(elements, 0, (1.0 / 3).squareRoot())
                Self.expectMean(elements.map { $0 * $0 }, 1.0 / 3, (4.0 / 45).squareRoot())
            }
        }
        // The angle's law is (1 − cos ω)/π: the trace 1 + 2 cos ω has mean 0 and mean square 1.
        Self.expectMean(matrices.map { $0[5] + $0[10] + $0[15] }, 0, 1)
        Self.expectMean(matrices.map { pow($0[5] + $0[10] + $0[15], 2) }, 1, 3)
        for matrix in matrices.prefix(200) {
            #expect(matrix[0] == 1)
            let rows = (1...3).map { row in SIMD3(matrix[4 * row + 1], matrix[4 * row + 2], matrix[4 * row + 3]) }
            let cross = SIMD3(
                rows[0].y * rows[1].z - rows[0].z * rows[1].y, rows[0].z * rows[1].x - rows[0].x * rows[1].z,
                rows[0].x * rows[1].y - rows[0].y * rows[1].x)
            for i in 0..<3 { #expect(abs(cross[i] - rows[2][i]) < 1e-12) }
            #expect(abs((rows[0] * rows[0]).sum() - 1) < 1e-12)
            #expect(abs((rows[0] * rows[1]).sum()) < 1e-12)
        }
    }

    @Test func `A jet's draw depends on its name, the epoch and the view alone`() {
        func draw(_ jets: [UInt32], epoch: UInt32 = 3, view: UInt32 = 1) -> [Double] {
            BoostLaw().draw(Self.stream, RowNames(jets: jets, epoch: epoch, view: view)).matrices.elements()
        }
        let one = draw([7])
        #expect(draw([2, 7, 5])[16..<32] == one[...])
        for other in [draw([8]), draw([7], epoch: 4), draw([7], view: 2)] { #expect(other != one) }
    }
}

struct RescalingLawTests {
    @Test func `Components are scaled by normal exponents and masses kept`() {
        let jets = JetMomenta.collinear(2000, slots: 3)
        let rows = RowNames(jets: (0..<2000).map { $0 }, epoch: 0, view: 1)
        let law = RescalingLaw(scale: 0.4)
        let after = law.transform(
            constituents: jets.constituents, jets: jets.jetTensor, TransformationLawTests.stream, rows)
        let constituents = after.constituents.elements(Double.self), sums = after.jets.elements(Double.self)
        var exponents: [[Double]] = [[], [], []]
        for (jet, sum) in jets.sums.enumerated() {
            let new = Momentum(sums[4 * jet], sums[4 * jet + 1], sums[4 * jet + 2], sums[4 * jet + 3])
            let factors = new.vector / sum.vector
            let energy = max(sum[0], new[0])
            #expect(abs(new.massSquared - max(sum.massSquared, 0)) < 1e-12 * energy * energy)
            for i in 0..<3 { exponents[i].append(log(factors[i])) }
            for (slot, p) in jets.jets[jet].enumerated() {
                let q = (0..<4).map { constituents[4 * (3 * jet + slot) + $0] }
                let moved = Momentum(q[0], q[1], q[2], q[3])
                for i in 0..<3 { #expect(abs(moved.vector[i] - factors[i] * p.vector[i]) < 1e-9 * p[0]) }
                #expect(abs(moved.massSquared - max(p.massSquared, 0)) < 1e-12 * pow(max(p[0], moved[0]), 2))
            }
        }
        for i in 0..<3 {
            TransformationLawTests.expectMean(exponents[i], 0, 0.4)
            TransformationLawTests.expectMean(exponents[i].map { $0 * $0 }, 0.16, 0.16 * 2.0.squareRoot())
        }
        TransformationLawTests.expectMean(zip(exponents[0], exponents[1]).map(*), 0, 0.16)
    }

    /// The control changes the network's input about as much as boosts do.
    @Test func `The default scale changes features as much as boosts do`() throws {
        let data = try JetReader(constituents: 32, classes: [.w, .gluon]).read([samplePath])
        let constituents = data.fourMomenta.tensor([data.count, 32, 4])
        let jets = data.jetMomenta.tensor([data.count, 4]).to(.float32)
        let mask = constituents.select(-1, 0).isGreater(than: 0)
        let before = Features.compute(constituents: constituents, jets: jets, mask: mask)
        let rows = RowNames(jets: (0..<UInt32(data.count)).map { $0 }, epoch: 0, view: 1)
        func change(_ law: some TransformationLaw) -> Double {
            let after = law.transform(
                constituents: constituents, jets: jets, TransformationLawTests.stream, rows)
            let features = Features.compute(constituents: after.constituents, jets: after.jets, mask: mask)
            let square = (features - before).to(.float64).squared()
            return square.sum().item / (7 * mask.to(.float64).sum().item)
        }
        let ratio = change(RescalingLaw()) / change(BoostLaw())
        #expect((0.97...1.03).contains(ratio), "ratio \(ratio)")
    }
}
