import CTorch
// Whoever has tensors names the random numbers in them: `import Torch` brings both.
@_exported import Random

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
