/// The error of a curvature from the choice of the samples that it is a mean over, by the jackknife over blocks of them
/// (Tukey 1958).
///
/// A form vᵀAv is a mean over slices, so leaving a block out changes it by what the block's own form says: the
/// jackknife's error of a mean over B blocks of one size is that of the blocks' spread, √(Σ (tᵦ − t̄)²/(B(B − 1))). For an
/// eigenvalue v is the eigenvector of all samples: to first order an eigenvalue changes with the operator as its form
/// does (Feynman and Hellmann).
public enum SamplingError {
    /// The form without each block of consecutive slices in turn.
    ///
    /// - Parameters:
    ///   - form: each slice's contribution, as ``SampledOperator/productsAndForms(_:)`` gives it
    ///   - weights: the slices' weights
    ///   - blocks: how many blocks are made, if there are as many slices
    public static func replicates(_ form: [Double], weights: [Double], blocks: Int = 32) -> [Double] {
        let count = min(blocks, form.count)
        guard count > 1 else { return [] }
        let total = zip(form, weights).reduce(0) { $0 + $1.0 * $1.1 }
        return (0..<count).map { block in
            let range = block * form.count / count..<(block + 1) * form.count / count
            let part = range.reduce(0) { $0 + form[$1] * weights[$1] }
            let weight = range.reduce(0) { $0 + weights[$1] }
            return (total - part) / (1 - weight)
        }
    }

    /// As ``replicates(_:weights:blocks:)`` for the mean over several forms: the trace over random signs.
    public static func replicates(_ forms: [[Double]], weights: [Double], blocks: Int = 32) -> [Double] {
        guard let first = forms.first else { return [] }
        let mean = first.indices.map { slice in forms.reduce(0) { $0 + $1[slice] } / Double(forms.count) }
        return replicates(mean, weights: weights, blocks: blocks)
    }

    /// The standard error that replicates tell from the choice of the samples where their spread contains another error
    /// that is known: √(jackknife² − known²), or 0 where that is less. Nil where there are fewer than two.
    public static func jackknife(_ replicates: [Double], without known: Double) -> Double? {
        jackknife(replicates).map { max(0, $0 * $0 - known * known).squareRoot() }
    }

    /// The standard error that replicates tell, of any function of them; nil where there are fewer than two.
    public static func jackknife(_ replicates: [Double]) -> Double? {
        let count = Double(replicates.count), mean = replicates.reduce(0, +) / count
        guard replicates.count > 1 else { return nil }
        let squares = replicates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return ((count - 1) / count * squares).squareRoot()
    }
}
