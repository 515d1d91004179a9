import CTorch
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
            if count > 0 { ct_philox_words(key, jet, epoch, view, buffer.baseAddress, Int64(count)) }
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

/// Which numbers of a stream the rows of a tensor draw: one name a row.
public struct RowNames: Sendable {
    /// The jet, the epoch and the view of each row.
    public var jets: [UInt32], epochs: [UInt32], views: [UInt32]

    /// All rows in one epoch and one view.
    public init(jets: [UInt32], epoch: UInt32, view: UInt32) {
        self.jets = jets
        epochs = Array(repeating: epoch, count: jets.count)
        views = Array(repeating: view, count: jets.count)
    }

    /// The rows of `first`, then those of `second`.
    public static func + (first: RowNames, second: RowNames) -> RowNames {
        var both = first
        both.jets += second.jets
        both.epochs += second.epochs
        both.views += second.views
        return both
    }

    func withRows<Result>(_ key: UInt64, _ body: (UnsafePointer<ct_rows>) -> Result) -> Result {
        jets.withUnsafeBufferPointer { jets in
            epochs.withUnsafeBufferPointer { epochs in
                views.withUnsafeBufferPointer { views in
                    var rows = ct_rows(
                        key: key, jets: jets.baseAddress, epochs: epochs.baseAddress, views: views.baseAddress,
                        rows: Int64(jets.count))
                    return body(&rows)
                }
            }
        }
    }
}

extension Tensor {
    /// `self` [rows, …] with each element zeroed with the given probability and divided by 1 − probability else.
    /// Row b draws its mask from the stream at `rows[b]`. Can be differentiated any number of times.
    public func dropout(_ probability: Double, _ stream: RandomStream, _ rows: RowNames) -> Tensor {
        guard probability > 0 else { return self }
        guard let result = rows.withRows(stream.key, { ct_dropout(raw, probability, $0) }) else {
            fatalError(lastError())
        }
        return Tensor(owning: result)
    }

    /// Attention of packed projections in one fused kernel: `self` is [B, N, 3D], queries, keys and values side by
    /// side, the heads side by side within each; `valid` [B, N] says which keys count. Gives [B, N, D].
    ///
    /// softmax(Q Kᵀ/√(D/heads)) V per head, with the probabilities dropped out where a stream is given. On the CPU,
    /// in float or double; has a first derivative only.
    public func fusedAttention(
        heads: Int, valid: Tensor?, dropout probability: Double = 0, _ stream: RandomStream? = nil,
        _ rows: RowNames? = nil
    ) -> Tensor {
        let result: OpaquePointer? =
            if let stream, let rows, probability > 0 {
                rows.withRows(stream.key) { ct_attention(raw, valid?.raw, Int64(heads), probability, $0) }
            } else {
                ct_attention(raw, valid?.raw, Int64(heads), 0, nil)
            }
        guard let result else { fatalError(lastError()) }
        return withExtendedLifetime((self, valid)) { Tensor(owning: result) }
    }
}
