// The curvature of a loss that Goldstone knows nothing of: logistic regression, whose Hessian can be written down,
// (1/N) Xᵀ diag(p(1−p)) X, so that the answers can be checked.
//
//     .build/release/CurvatureOfYourLoss [SAMPLES] [FEATURES]

import Curvature
import Foundation
import Networks
import Objectives
import Random
import Torch

/// The mean cross-entropy of σ(Xw + b) with labels y.
struct LogisticRegression: Objective {
    let inputs: Tensor, labels: Tensor
    let parameters: ParameterTable
    let terms = [TermDescription(name: "cross-entropy", weight: 1)]
    var sampleCount: Int { labels.count }

    init(inputs: Tensor, labels: Tensor) {
        (self.inputs, self.labels) = (inputs, labels)
        var table = ParameterTable()
        table.append("weight", [inputs.shape[1]], .constant(0))
        table.append("bias", [1], .constant(0))
        parameters = table
    }

    /// The term's mean over some of the samples. Any operators with second derivatives will do.
    func means(_ theta: [Tensor], samples: [Int], _ mode: EvaluationMode) -> [Tensor] {
        let logits = inputs.gathered(0, samples).matmul(theta[0]) + theta[1]
        return [logits.binaryCrossEntropy(targets: labels.gathered(0, samples)).mean()]
    }
}

LibTorch.configureProcess()
let arguments = CommandLine.arguments.dropFirst()
let n = arguments.first.flatMap { Int($0) } ?? 2_000
let d = arguments.dropFirst().first.flatMap { Int($0) } ?? 40

// Inputs whose k-th feature has standard deviation 1/(k+1), and labels of a random plane.
let stream = RandomStream(seed: 1, purpose: "example")
let scales = Tensor((0..<d).map { 1 / Double($0 + 1) })
let x = Tensor(stream.normals(n * d), shape: [n, d]) * scales
let plane = Tensor(stream.part("plane").normals(d))
let loss = LogisticRegression(inputs: x, labels: x.matmul(plane).isGreater(than: 0).to(.float64))
let theta = Tensor(stream.part("weights").normals(loss.parameters.count))

// Slices go to the cores; their order, and so every bit of the result, does not depend on how many there are.
let hessian = HessianOperator(of: loss, at: theta, samples: Array(0..<n), reducer: Reducer(sliceSize: 256))

var lanczos = Lanczos()
(lanczos.largest, lanczos.tolerance) = (3, 1e-8)
let top = try lanczos(hessian)
for (place, pair) in top.pairs.enumerated() {
    print(String(format: "eigenvalue %d: %.6f, residual %.1e", place + 1, pair.value, pair.residual))
}
let trace = try TraceEstimator()(hessian)
print(String(format: "trace: %.5f ± %.5f by %d products", trace.value, trace.standardError, trace.products))

// What it must be.
let weight = theta.narrowed(0, from: 0, length: d), bias = theta.narrowed(0, from: d, length: 1)
let p = (x.matmul(weight) + bias).sigmoid()
let exact = (p * (1 - p) * ((x * x).sum(1) + 1)).mean().item
print(String(format: "by its formula: %.5f", exact))
