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
