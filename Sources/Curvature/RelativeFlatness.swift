import Objectives
import Torch

/// The relative flatness of a layer: its curvature weighted with its own weights, so that neither a rescaling of the layer
/// that another layer undoes nor one of a neuron that the next layer undoes changes it, unlike eigenvalues and the trace.
///
/// κ = Σ_{s,s′} ⟨w_s, w_s′⟩ Tr(H_{s,s′}), with w_s the rows of the layer's weight matrix W [out, in] (one a neuron) and
/// H_{s,s′} = ∂²L/∂w_s∂w_s′ [in, in]. (H. Petzka and others, “Relative flatness and generalization”, NeurIPS 2021,
/// definition 3.) Larger is sharper.
///
/// With WWᵀ = Σᵣ gᵣ uᵣuᵣᵀ it is Σᵣ Σₜ gᵣ vᵀHv over the matrices v = uᵣeₜᵀ: rank × in Hessian products when done exactly.
/// Otherwise Hutchinson's estimate is taken, the mean of vᵀHv over v = (√G p) zᵀ, where p and z have random signs.
public struct RelativeFlatness: Sendable, Codable, Equatable {
    /// κ.
    public let value: Double
    /// From the random signs; nil where κ is exact.
    public let standardError: Double?
    /// Hessian products made.
    public let products: Int

    /// - Parameters:
    ///   - weights: W, [out, in]
    ///   - curvature: the Hessian with respect to W alone, on vectors of out · in elements (rows one after another)
    ///   - exactUpTo: the most products that are made for an exact value
    ///   - probes: products of an estimate, at least 2
    ///   - seed: of the random signs
    public init(
        of weights: Tensor, _ curvature: some SymmetricOperator, exactUpTo: Int = 1024, probes: Int = 256,
        seed: UInt64 = 1
    ) {
        let w = weights.to(.float64), outputs = w.shape[0], inputs = w.shape[1]
        precondition(curvature.dimension == w.count, "a Hessian of \(curvature.dimension), not of \(w.count) weights")
        precondition(probes > 1, "an estimate's error needs at least two probes")
        let (values, vectors) = w.matmul(w.transposed(0, 1)).symmetricEigen()
        let gram = values.elements(Double.self), largest = gram.max() ?? 0
        // Rounding leaves eigenvalues beyond the rank at 1e-16 of the largest.
        let rank = gram.indices.filter { gram[$0] > 1e-12 * largest }
        let axes = vectors.transposed(0, 1)  // row r is uᵣ
        if rank.count * inputs <= exactUpTo {
            var sum = 0.0
            for r in rank {
                let axis = axes.select(0, r)
                let matrices = (0..<inputs).map { input in
                    let unit = Tensor((0..<inputs).map { $0 == input ? 1.0 : 0 })
                    return outer(axis, unit)
                }
                sum += gram[r] * zip(matrices, curvature.products(matrices)).reduce(0) { $0 + $1.0.dot($1.1) }
            }
            self.init(value: sum, standardError: nil, products: rank.count * inputs)
            return
        }
        let stream = RandomStream(seed: seed, purpose: "relative flatness")
        let roots = Tensor(gram.map { max($0, 0).squareRoot() })
        let matrices = (0..<probes).map { probe in
            let signs = stream.signs(outputs + inputs, epoch: UInt32(probe))
            let mixed = (roots * Tensor(Array(signs.prefix(outputs)))).matmul(axes)  // √G p
            return outer(mixed, Tensor(Array(signs.suffix(inputs))))
        }
        // In groups, so that not all products are in memory at once.
        let forms = stride(from: 0, to: probes, by: 16).flatMap { start -> [Double] in
            let group = Array(matrices[start..<min(start + 16, probes)])
            return zip(group, curvature.products(group)).map { $0.dot($1) }
        }
        let mean = forms.reduce(0, +) / Double(probes)
        let variance = forms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(probes - 1)
        self.init(value: mean, standardError: (variance / Double(probes)).squareRoot(), products: probes)
    }

    private init(value: Double, standardError: Double?, products: Int) {
        self.value = value
        self.standardError = standardError
        self.products = products
    }
}

/// The matrix x yᵀ, row by row in a vector.
private func outer(_ x: Tensor, _ y: Tensor) -> Tensor {
    (x.unsqueezed(1) * y.unsqueezed(0)).reshaped(x.count * y.count)
}
