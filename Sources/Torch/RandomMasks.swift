import CTorch
// Whoever has tensors names the random numbers in them: `import Torch` brings both.
@_exported import Random

/// Which numbers of a stream the rows of a tensor draw: one name a row.
///
/// The names are known to the host, or lie on a device as whole numbers that the host never sees
/// (``init(resident:epoch:view:)``).
public struct RowNames: Sendable {
    private enum Storage: Sendable {
        case host(jets: [UInt32], epochs: [UInt32], views: [UInt32])
        case device(jets: Tensor, epochs: Tensor, views: Tensor)
    }

    private let storage: Storage

    /// All rows in one epoch and one view.
    public init(jets: [UInt32], epoch: UInt32, view: UInt32) {
        storage = .host(
            jets: jets, epochs: Array(repeating: epoch, count: jets.count),
            views: Array(repeating: view, count: jets.count))
    }

    /// All rows in one epoch and one view, by tensors of whole numbers.
    ///
    /// - Parameters:
    ///   - jets: [B]
    ///   - epoch: [1]
    public init(resident jets: Tensor, epoch: Tensor, view: UInt32) {
        let count = jets.shape[0]
        storage = .device(
            jets: jets, epochs: Tensor.zeros([count], .int64, device: jets.device) + epoch,
            views: Tensor.full([count], Double(view), .int64, device: jets.device))
    }

    private init(_ storage: Storage) { self.storage = storage }

    /// B.
    public var count: Int {
        switch storage {
        case .host(let jets, _, _): jets.count
        case .device(let jets, _, _): jets.shape[0]
        }
    }

    /// Whether the names lie on a device. Then `RandomStream.uniforms(_:_:)` and its like draw there.
    public var isResident: Bool {
        if case .device = storage { return true }
        return false
    }

    /// The jet, the epoch and the view of each row.
    ///
    /// - Precondition: they are known to the host (``isResident`` is false).
    public var jets: [UInt32] { host.jets }
    /// As ``jets``.
    public var epochs: [UInt32] { host.epochs }
    /// As ``jets``.
    public var views: [UInt32] { host.views }

    private var host: (jets: [UInt32], epochs: [UInt32], views: [UInt32]) {
        guard case .host(let jets, let epochs, let views) = storage else {
            preconditionFailure(
                "these rows' names lie on a device: draw with RandomStream.uniforms(_:_:) or normals(_:_:) of the rows")
        }
        return (jets, epochs, views)
    }

    /// The names as whole numbers [B], on the CPU where the host knows them.
    var tensors: (jets: Tensor, epochs: Tensor, views: Tensor) {
        switch storage {
        case .device(let jets, let epochs, let views): return (jets, epochs, views)
        case .host(let jets, let epochs, let views):
            func tensor(_ names: [UInt32]) -> Tensor { Tensor(names.map(Int64.init)) }
            return (tensor(jets), tensor(epochs), tensor(views))
        }
    }

    /// These names on a device.
    func resident(on device: Device) -> RowNames {
        let (jets, epochs, views) = tensors
        return RowNames(.device(jets: jets.to(device), epochs: epochs.to(device), views: views.to(device)))
    }

    /// The rows of `first`, then those of `second`.
    public static func + (first: RowNames, second: RowNames) -> RowNames {
        if case .host(let jets, let epochs, let views) = first.storage,
            case .host(let otherJets, let otherEpochs, let otherViews) = second.storage
        {
            return RowNames(
                .host(jets: jets + otherJets, epochs: epochs + otherEpochs, views: views + otherViews))
        }
        let (a, b) = (first.tensors, second.tensors)
        return RowNames(
            .device(
                jets: .concatenated([a.jets, b.jets]), epochs: .concatenated([a.epochs, b.epochs]),
                views: .concatenated([a.views, b.views])))
    }

    func withRows<Result>(_ key: UInt64, _ body: (UnsafePointer<ct_rows>) -> Result) -> Result {
        let (jets, epochs, views) = host
        return jets.withUnsafeBufferPointer { jets in
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
        if rows.isResident || device != .cpu {
            let names = rows.resident(on: device)
            let factors = withoutRecording {
                stream.dropoutFactors(probability, count / max(1, shape[0]), names, scalarType).reshaped(shape)
            }
            return self * factors
        }
        guard let result = rows.withRows(stream.key, { ct_dropout(raw, probability, $0) }) else {
            fatalError(lastError())
        }
        return Tensor(owning: result)
    }

    /// Attention of packed projections in one fused kernel: `self` is [B, N, 3D], queries, keys and values side by
    /// side, the heads side by side within each; `valid` [B, N] says which keys count. Gives [B, N, D].
    ///
    /// softmax(Q Kᵀ/√(D/heads)) V per head, with the probabilities dropped out where a stream is given; a jet without a
    /// valid key gives 0. On the CPU, in float or double. Can be differentiated any number of times: the first two are
    /// fused.
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
