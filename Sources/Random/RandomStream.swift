import CRandom
import Foundation

/// Random numbers that are named, not drawn in turn: the number at a place of a stream depends on the seed, the
/// purpose and the place alone. Other slices, threads or machines therefore draw the same numbers, and a resumed run
/// draws those that it would have drawn.
///
/// Philox 4x32-10 (Salmon et al., SC 2011); seed and purpose make the key; jet, epoch and view the counter.
public struct RandomStream: Sendable, Hashable {
    /// The Philox key.
    public let key: UInt64

    /// - Parameters:
    ///   - seed: the seed of the run
    ///   - purpose: what the numbers are for, for example `boosts`; streams of different purposes are independent
    public init(seed: UInt64, purpose: String) {
        // FNV-1a over the purpose, then the finaliser of SplitMix64, so that near seeds give unlike keys.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        key = RandomStream.mixed(RandomStream.mixed(seed &+ 0x9e37_79b9_7f4a_7c15) ^ hash)
    }

    private init(key: UInt64) { self.key = key }

    /// A stream of its own for a part of the purpose, for example one layer's dropout.
    public func part(_ name: String) -> RandomStream { RandomStream(seed: key, purpose: name) }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// `count` random words of the stream at (jet, epoch, view).
    public func words(_ count: Int, jet: UInt32 = 0, epoch: UInt32 = 0, view: UInt32 = 0) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
            if count > 0 { philox_words(key, jet, epoch, view, buffer.baseAddress, Int64(count)) }
            filled = count
        }
    }

    /// `count` numbers, uniform in (0, 1): the middles of 2³² equal parts.
    public func uniforms(_ count: Int, jet: UInt32 = 0, epoch: UInt32 = 0, view: UInt32 = 0) -> [Double] {
        words(count, jet: jet, epoch: epoch, view: view).map { (Double($0) + 0.5) / 4_294_967_296 }
    }

    /// `count` standard normal numbers, by Box and Muller's transformation of pairs of uniform ones.
    public func normals(_ count: Int, jet: UInt32 = 0, epoch: UInt32 = 0, view: UInt32 = 0) -> [Double] {
        let u = uniforms(count + count % 2, jet: jet, epoch: epoch, view: view)
        return (0..<count).map { i in
            let radius = (-2 * log(u[i & ~1])).squareRoot(), angle = 2 * Double.pi * u[i | 1]
            return radius * (i % 2 == 0 ? cos(angle) : sin(angle))
        }
    }

    /// `count` signs, −1 or 1 with equal probability (Rademacher's law).
    public func signs(_ count: Int, jet: UInt32 = 0, epoch: UInt32 = 0, view: UInt32 = 0) -> [Double] {
        words(count, jet: jet, epoch: epoch, view: view).map { $0 & 1 == 0 ? -1 : 1 }
    }

    /// 0..<`count` in a random order (Fisher and Yates's shuffle; the bias of a 32-bit draw is below count/2³²).
    public func permutation(_ count: Int, epoch: UInt32 = 0) -> [Int] {
        var order = Array(0..<count)
        let draws = words(count, epoch: epoch)
        for i in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(i, Int((UInt64(draws[i]) &* UInt64(i + 1)) >> 32))
        }
        return order
    }
}
