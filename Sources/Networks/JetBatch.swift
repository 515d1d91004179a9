import Torch

/// The jets that a tagger sees: features [B, N, F] and mask [B, N], true where there is a constituent; and the momenta
/// that the features were computed from, for networks that make other quantities of them.
public struct JetBatch: Sendable {
    public var features: Tensor
    public var mask: Tensor
    /// Not rounded to the features' type where they are known better: transformed jets' are in double.
    public var momenta: JetMomenta?

    /// Features [B, N, F] and mask [B, N].
    public init(features: Tensor, mask: Tensor, momenta: JetMomenta? = nil) {
        self.features = features
        self.mask = mask
        self.momenta = momenta
    }

    /// Features and mask of the first `count` slots; where there are fewer, empty ones behind them.
    func leading(_ count: Int) -> JetBatch {
        let slots = mask.shape[1], missing = count - slots
        guard missing > 0 else {
            return JetBatch(
                features: features.narrowed(1, from: 0, length: count), mask: mask.narrowed(1, from: 0, length: count))
        }
        let shape = features.shape
        func filledUp(_ tensor: Tensor, _ shape: [Int]) -> Tensor {
            .concatenated([tensor, .zeros(shape, tensor.scalarType, device: tensor.device)], dimension: 1)
        }
        return JetBatch(
            features: filledUp(features, [shape[0], missing, shape[2]]), mask: filledUp(mask, [shape[0], missing]))
    }

    /// Batches with equally many slots, one behind the other. Momenta become double; they are left out where one batch
    /// has none.
    public static func concatenated(_ batches: [JetBatch]) -> JetBatch {
        let momenta = batches.compactMap(\.momenta)
        func joined(_ part: (JetMomenta) -> Tensor) -> Tensor {
            .concatenated(momenta.map { part($0).to(.float64) })
        }
        return JetBatch(
            features: .concatenated(batches.map(\.features)), mask: .concatenated(batches.map(\.mask)),
            momenta: momenta.count < batches.count
                ? nil : JetMomenta(constituents: joined(\.constituents), jets: joined(\.jets)))
    }
}
