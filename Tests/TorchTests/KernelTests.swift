import Foundation
import Testing
import Torch

/// The kernels of our own against LibTorch's operators.
struct KernelTests {
    private let stream = RandomStream(seed: 3, purpose: "kernel test")
    private func rows(_ jets: [UInt32]) -> RowNames { RowNames(jets: jets, epoch: 2, view: 1) }

    @Test func `Dropout keeps what its stream says, scaled, and is its own derivative`() {
        let values = (0..<300).map { Double($0) + 1 }
        let x = Tensor(values, shape: [2, 150]).asVariable()
        let y = x.dropout(0.3, stream, rows([7, 8]))
        var expected: [Double] = []
        for jet in [UInt32(7), 8] {
            let halves = stream.words(75, jet: jet, epoch: 2, view: 1).flatMap { [$0 & 0xffff, $0 >> 16] }
            for half in halves {
                let value = values[expected.count]
                expected.append(Double(half) >= 0.3 * 65536 ? value / 0.7 : 0)
            }
        }
        for (ours, theirs) in zip(y.elements(Double.self), expected) { #expect(abs(ours - theirs) < 1e-4) }
        let gradient = gradients(of: y.sum(), with: [x])[0].elements(Double.self)
        for (slope, value) in zip(gradient, expected) { #expect((slope != 0) == (value != 0)) }
        let dropped = Double(expected.filter { $0 == 0 }.count) / 300
        #expect(abs(dropped - 0.3) < 0.12)
    }

    @Test func `A jet draws the same mask in any slice`() {
        let x = Tensor.full([3, 64], 1)
        let all = x.dropout(0.5, stream, rows([4, 5, 6])).elements(Float.self)
        let one = Tensor.full([1, 64], 1).dropout(0.5, stream, rows([5])).elements(Float.self)
        #expect(one == Array(all[64..<128]))
    }

    @Test func `Dropout of bfloat16 is that of float, rounded`() {
        let x = Tensor((0..<128).map { Float($0) }, shape: [1, 128])
        let float = x.dropout(0.1, stream, rows([1])).to(.bfloat16).elements(Float.self)
        #expect(x.to(.bfloat16).dropout(0.1, stream, rows([1])).elements(Float.self) == float)
    }

    @Test(arguments: [0.0, 0.2])
    func `Fused attention is plain attention, forward and backward`(_ probability: Double) {
        let b = 3, n = 9, d = 16, h = 4
        let numbers = stream.normals(b * n * 3 * d)
        let packed = Tensor(numbers, shape: [b, n, 3 * d]).asVariable()
        let valid = Tensor((0..<b * n).map { $0 % n < 3 + 2 * ($0 / n) }, shape: [b, n])
        let names = rows([1, 2, 3])
        let fused = packed.fusedAttention(heads: h, valid: valid, dropout: probability, stream, names)

        let parts = packed.split([d, d, d], dimension: -1).map { $0.reshaped(b, n, h, d / h).transposed(1, 2) }
        let scores = (parts[0].matmul(parts[1].transposed(-2, -1)) / 2)
            .filled(where: valid.inverted().reshaped(b, 1, 1, n), with: -1e30)
        let plain = scores.softmax(-1).dropout(probability, stream, names).matmul(parts[2]).transposed(1, 2)
            .reshaped(b, n, d)

        let seed = Tensor(stream.normals(b * n * d, jet: 1), shape: [b, n, d])
        let ours = gradients(of: fused, seed: seed, with: [packed])[0].elements(Double.self)
        let theirs = gradients(of: plain, seed: seed, with: [packed])[0].elements(Double.self)
        let tolerance = probability > 0 ? 1e-6 : 1e-12  // the kept factors 1/(1 − p) are floats
        for (a, b) in zip(fused.elements(Double.self), plain.elements(Double.self)) { #expect(abs(a - b) < tolerance) }
        for (a, b) in zip(ours, theirs) { #expect(abs(a - b) < tolerance) }
    }
}
