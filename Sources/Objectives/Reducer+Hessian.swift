import Networks
import Support
import Torch

extension Reducer {
    /// Products H vⱼ of the objective's Hessian at θ with several vectors, exact to rounding: the gradient's graph of a
    /// slice is built once, and every vector is pushed through it (H v = ∂⟨∂L/∂θ, v⟩/∂θ).
    ///
    /// Dropout is off and random parts of the objective are always the same, so equal arguments give equal bits, for any
    /// number of threads. Slices count by their samples, and are added in order, in double.
    /// Cost: a gradient with its graph and about two gradients more a vector; memory for sixteen slices' products.
    ///
    /// - Parameter vectors: each [P], in θ's type
    /// - Returns: one vector [P] for each.
    public func hessianProducts(
        _ objective: some Objective, at theta: Tensor, samples: [Int], _ vectors: [Tensor]
    ) -> [Accumulator] {
        let count = objective.parameters.count
        for vector in vectors {
            precondition(
                vector.count == count, "a vector of \(vector.count) elements is no direction of \(count) parameters")
        }
        let slices = cut(samples), sums = vectors.map { _ in Accumulator(count: count) }
        let mode = EvaluationMode(isTwiceDifferentiable: true)
        let directions = vectors.map { objective.parameters.views(of: $0) }
        for start in stride(from: 0, to: slices.count, by: Reducer.slicesPerRound) {
            let round = start..<min(start + Reducer.slicesPerRound, slices.count)
            let parts = Slots<[Tensor]>(round.count)
            parallel(round.count, threads: threads) { index in
                parts[index] = sliceProducts(objective, theta, slices[start + index], directions, mode)
            }
            let weights = round.map { Double(slices[$0].count) / Double(samples.count) }, products = parts.all
            for (index, sum) in sums.enumerated() { add(products.map { $0[index] }, weights: weights, to: sum) }
        }
        return sums
    }

    /// One slice's products with every direction, each [P].
    private func sliceProducts(
        _ objective: some Objective, _ theta: Tensor, _ samples: [Int], _ directions: [[Tensor]], _ mode: EvaluationMode
    ) -> [Tensor] {
        recording {
            let variables = objective.parameters.variables(of: theta)
            let total = weightedSum(objective, objective.means(variables, samples: samples, mode))
            let slopes = gradients(of: total, with: variables, recording: true)
            // A parameter that the loss is linear in has a slope without a graph, and a zero row of the Hessian.
            let curved = slopes.indices.filter { slopes[$0].isRecorded }
            return directions.map { direction in
                let products = gradients(
                    of: curved.map { slopes[$0] }, seeds: curved.map { direction[$0] }, with: variables,
                    keepingGraph: true)
                return withoutRecording { objective.parameters.packed(products) }
            }
        }
    }
}
