import Torch

/// Features moved and scaled to mean 0 and standard deviation 1 over the constituents of the training jets:
/// (x − mean) / deviation. The paper's network takes them as they are; on tens of thousands of jets it then learns far
/// more slowly (docs/training.md has the figures).
public struct FeatureScaling: Sendable, Codable, Hashable {
    /// One for each feature, in the order of ``Features/names``.
    public let means: [Double], deviations: [Double]

    /// Measures the jets' constituents, in double and in their order.
    ///
    /// - Parameters: as for ``Features/compute(constituents:jets:mask:)``
    public init(constituents: Tensor, jets: Tensor, mask: Tensor) {
        var count = 0.0
        var sums = [Double](repeating: 0, count: Features.count), squares = sums
        let step = 4096, total = mask.shape[0]
        for start in stride(from: 0, to: total, by: step) {
            func part(_ tensor: Tensor) -> Tensor {
                tensor.narrowed(0, from: start, length: min(step, total - start))
            }
            let valid = part(mask).to(.float64).unsqueezed(-1)
            let features = Features.compute(
                constituents: part(constituents), jets: part(jets), mask: part(mask)
            ).to(.float64)
            count += valid.sum().item
            for (index, value) in features.sum(0, 1).elements(Double.self).enumerated() { sums[index] += value }
            for (index, value) in features.squared().sum(0, 1).elements(Double.self).enumerated() {
                squares[index] += value
            }
        }
        let means = sums.map { $0 / max(count, 1) }
        self.means = means
        deviations = zip(squares, means).map { max($0 / max(count, 1) - $1 * $1, 1e-12).squareRoot() }
    }

    /// Scaled features [B, N, 7]; those of empty slots stay 0.
    public func callAsFunction(_ features: Tensor, mask: Tensor) -> Tensor {
        ((features - row(means, like: features)) / row(deviations, like: features))
            .filled(where: mask.inverted().unsqueezed(-1), with: 0)
    }

    /// What scaling makes of small changes of the features, [..., 7].
    public func variations(_ changes: Tensor) -> Tensor { changes / row(deviations, like: changes) }

    private func row(_ values: [Double], like other: Tensor) -> Tensor {
        Tensor.constant(values, other.scalarType, device: other.device)
    }
}
