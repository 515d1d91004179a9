import Curvature
import Objectives
import Support
import Torch

extension LandscapeSubject {
    // Temporary: until Lanczos is in main.
    public func leadingEigenvectors(
        _ count: Int, _ settings: LandscapeSettings, keptIn folder: String, _ reducer: Reducer
    ) throws -> [Direction] {
        let objective = TaggingObjective(
            network: tagger.network, data: data, terms: [WeightedTerm(BinaryCrossEntropy())], seed: 1)
        let n = tagger.theta.count
        var q = [Direction.isotropic("start", count: n, seed: 1).vector], alpha: [Double] = [], beta: [Double] = []
        let steps = 40
        let progress = ProgressLine("temporary Lanczos", total: Double(steps), unit: "products")
        for step in 0..<steps {
            let sum = reducer.hessianProducts(
                objective, at: tagger.theta, samples: Array(0..<data.count), [q[step].to(.float32)])[0]
            var w = Tensor(sum.values)
            alpha.append(w.dot(q[step]))
            for _ in 0..<2 { for v in q { w = w - v * w.dot(v) } }
            beta.append(w.norm)
            q.append(w / w.norm)
            progress.advance(by: 1)
        }
        progress.finish()
        var t = [Double](repeating: 0, count: steps * steps)
        for i in 0..<steps {
            t[i * steps + i] = alpha[i]
            if i + 1 < steps {
                t[i * steps + i + 1] = beta[i]
                t[(i + 1) * steps + i] = beta[i]
            }
        }
        let (values, vectors) = Tensor(t, shape: [steps, steps]).symmetricEigen()
        let lambda = values.elements(Double.self)
        return (0..<count).map { k in
            let s = vectors.select(1, steps - 1 - k).elements(Double.self)
            var v = Tensor.zeros([n], .float64)
            for (a, b) in zip(s, q) { v = v + b * a }
            v = v / v.norm
            let largest = v.elements(Double.self).max { abs($0) < abs($1) }!
            return Direction(
                name: "eigenvector \(k + 1)", vector: largest < 0 ? -v : v, eigenvalue: lambda[steps - 1 - k])
        }
    }
}
