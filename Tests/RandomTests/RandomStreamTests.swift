import CRandom
import Foundation
import Random
import Testing

struct RandomStreamTests {
    /// The known answers that come with the authors' library (Random123, kat_vectors: philox4x32, 10 rounds).
    @Test(
        arguments: [
            ([0, 0, 0, 0], 0, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            (
                [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], 0xffff_ffff_ffff_ffff,
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], 0x299f_31d0_a409_3822,
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ] as [([UInt32], UInt64, [UInt32])])
    func `Philox gives its published answers`(_ counter: [UInt32], _ key: UInt64, _ expected: [UInt32]) {
        var words = [UInt32](repeating: 0, count: 4)
        philox(counter, key, &words)
        #expect(words == expected)
    }

    @Test func `A stream's words are the blocks' words, whatever their number`() {
        let stream = RandomStream(seed: 5, purpose: "test")
        let long = stream.words(1000, jet: 9, epoch: 3, view: 1)
        for count in [1, 15, 16, 63, 64, 65, 200, 999] {
            #expect(stream.words(count, jet: 9, epoch: 3, view: 1) == Array(long.prefix(count)))
        }
        for i in [0, 15, 16, 63, 64, 130, 999] {
            let counter = [UInt32(16 * (i / 64) + i % 16), 9, 3, 1]
            var block = [UInt32](repeating: 0, count: 4)
            philox(counter, stream.key, &block)
            #expect(long[i] == block[(i / 16) % 4])
        }
    }

    @Test func `Every part of a name changes the numbers`() {
        let stream = RandomStream(seed: 1, purpose: "boosts")
        let base = stream.words(64, jet: 1, epoch: 1, view: 1)
        #expect(stream.words(64, jet: 2, epoch: 1, view: 1) != base)
        #expect(stream.words(64, jet: 1, epoch: 2, view: 1) != base)
        #expect(stream.words(64, jet: 1, epoch: 1, view: 2) != base)
        #expect(RandomStream(seed: 2, purpose: "boosts").words(64, jet: 1, epoch: 1, view: 1) != base)
        #expect(RandomStream(seed: 1, purpose: "dropout").words(64, jet: 1, epoch: 1, view: 1) != base)
        #expect(stream.part("a").words(64, jet: 1, epoch: 1, view: 1) != base)
    }

    @Test func `Uniform and normal numbers have the right moments`() {
        let stream = RandomStream(seed: 11, purpose: "moments")
        let n = 200_000.0
        let u = stream.uniforms(200_000), z = stream.normals(200_000)
        #expect(u.allSatisfy { $0 > 0 && $0 < 1 })
        // Five standard errors of each mean.
        #expect(abs(u.reduce(0, +) / n - 0.5) < 5 * (1 / 12.0 / n).squareRoot())
        #expect(abs(z.reduce(0, +) / n) < 5 / n.squareRoot())
        #expect(abs(z.reduce(0) { $0 + $1 * $1 } / n - 1) < 5 * (2 / n).squareRoot())
        #expect(abs(z.reduce(0) { $0 + $1 * $1 * $1 * $1 } / n - 3) < 5 * (96 / n).squareRoot())
    }

    @Test func `A permutation holds every index once and changes with the epoch`() {
        let stream = RandomStream(seed: 1, purpose: "order")
        let order = stream.permutation(1000, epoch: 1)
        #expect(order.sorted() == Array(0..<1000))
        #expect(order != stream.permutation(1000, epoch: 2))
        #expect(order == stream.permutation(1000, epoch: 1))
    }
}
