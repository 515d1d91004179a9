import CTorch
import Networks
import Support
import Torch

extension Reducer {
    /// Products H vⱼ of the objective's Hessian at θ with several vectors, exact to rounding. For many products in turn,
    /// `HessianOperator` of the room `Curvature` keeps the graphs.
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
        let device = objective.device, slices = cut(samples, on: device), parameters = objective.parameters
        let theta = theta.to(device)
        return sliceProducts(parameters, slices.map(\.count), vectors, on: device) { index in
            HessianGraph(objective, theta, samples: slices[index], selected: parameters, self)
        }.products
    }

    /// The products of a sum over slices with several vectors, and what each slice contributes to vⱼᵀ A vⱼ.
    ///
    /// - Parameters:
    ///   - parameters: what the vectors are made of
    ///   - counts: each slice's samples, which it counts by
    ///   - vectors: each [P], in θ's type, on the CPU
    ///   - device: where the graphs are
    ///   - graph: the slice's graph, from any thread
    /// - Returns: one product [P] for each vector; for each vector a form a slice, not weighted.
    package func sliceProducts(
        _ parameters: ParameterTable, _ counts: [Int], _ vectors: [Tensor], on device: Device,
        progress: (@Sendable (Double) -> Void)? = nil, graph: @Sendable (Int) -> any SliceGraph
    ) -> (products: [Accumulator], forms: [[Double]]) {
        for vector in vectors {
            precondition(
                vector.count == parameters.count,
                "a vector of \(vector.count) elements is no direction of \(parameters.count) parameters")
        }
        let sums = vectors.map { _ in Accumulator(count: parameters.count) }
        let directions = vectors.map { parameters.views(of: $0.to(device)) }, total = Double(counts.reduce(0, +))
        let own = share(of: counts.count)
        // A row a slice, a column a vector.
        var forms: [[Double]] = []
        for start in stride(from: own.lowerBound, to: own.upperBound, by: Reducer.slicesPerRound) {
            let round = start..<min(start + Reducer.slicesPerRound, own.upperBound)
            let parts = Slots<[Tensor]>(round.count), roundForms = Slots<[Double]>(round.count)
            parallel(round.count, threads: workers(on: device)) { index in
                let graph = graph(start + index)
                let products = directions.map { direction in
                    let product = graph.product(direction)
                    return withoutRecording { parameters.packed(product).to(.cpu) }
                }
                roundForms[index] = withoutRecording { zip(products, vectors).map { inner($0, $1) } }
                parts[index] = products
                progress?(Double(counts[start + index]) / total * Double(vectors.count))
            }
            let weights = round.map { Double(counts[$0]) / total }, products = parts.all
            for (index, sum) in sums.enumerated() {
                add(products.map { $0[index] }, weights: weights, to: sum)
            }
            forms += roundForms.all
        }
        forms = whole(forms, own, of: counts.count, vectors.count, with: sums)
        return (sums, vectors.indices.map { vector in forms.map { $0[vector] } })
    }
}

extension Reducer {
    /// A form zₛᵀ Aₛ zₛ of each slice s with a vector of its own, split by ranges of the parameters, and the weighted sum
    /// Σ wₛ zₛ ⊙ Aₛ zₛ. Cost: that of one product.
    ///
    /// - Parameters:
    ///   - parameters: what the vectors are made of
    ///   - counts: each slice's samples, which it counts by
    ///   - ranges: of 0..<P
    ///   - device: where the graphs are
    ///   - vectors: the vectors of some slices, each [P], in θ's type, on the CPU; from any thread
    ///   - graph: the slice's graph, from any thread
    /// - Returns: the sum [P]; for each slice a form a range, not weighted.
    package func sliceForms(
        _ parameters: ParameterTable, _ counts: [Int], _ ranges: [Range<Int>], on device: Device,
        progress: (@Sendable (Double) -> Void)? = nil, vectors: @Sendable (Range<Int>) -> [Tensor],
        graph: @Sendable (Int) -> any SliceGraph
    ) -> (diagonal: Accumulator, forms: [[Double]]) {
        let sum = Accumulator(count: parameters.count), total = Double(counts.reduce(0, +))
        let own = share(of: counts.count)
        var forms: [[Double]] = []
        for start in stride(from: own.lowerBound, to: own.upperBound, by: Reducer.slicesPerRound) {
            let round = start..<min(start + Reducer.slicesPerRound, own.upperBound)
            // Groups begin at the same slices whichever of them are this process's.
            let size = Reducer.slicesPerGroup
            let groups = (start / size...(round.upperBound - 1) / size).map { group in
                max(start, group * size)..<min((group + 1) * size, round.upperBound)
            }
            let drawn = Slots<[Tensor]>(groups.count), parts = Slots<Tensor>(round.count)
            parallel(groups.count, threads: threads) { drawn[$0] = vectors(groups[$0]) }
            let directions = drawn.all.flatMap { $0 }, roundForms = Slots<[Double]>(round.count)
            parallel(round.count, threads: workers(on: device)) { index in
                let direction = directions[index]
                let product = graph(start + index).product(parameters.views(of: direction.to(device)))
                withoutRecording {
                    let image = parameters.packed(product).to(.cpu)
                    roundForms[index] = ranges.map { range in
                        inner(
                            direction.narrowed(0, from: range.lowerBound, length: range.count),
                            image.narrowed(0, from: range.lowerBound, length: range.count))
                    }
                    parts[index] = direction * image
                }
                progress?(Double(counts[start + index]) / total)
            }
            add(parts.all, weights: round.map { Double(counts[$0]) / total }, to: sum)
            forms += roundForms.all
        }
        return (sum, whole(forms, own, of: counts.count, ranges.count, with: [sum]))
    }
}

/// ⟨x, y⟩ of two contiguous vectors of one type, summed in double in a fixed order.
package func inner(_ x: Tensor, _ y: Tensor) -> Double {
    x.scalarType == .float64
        ? x.withElements(Double.self) { x in
            y.withElements(Double.self) { ct_dot_double(x.baseAddress, $0.baseAddress, Int64(x.count)) }
        }
        : x.withElements(Float.self) { x in
            y.withElements(Float.self) { ct_dot(x.baseAddress, $0.baseAddress, Int64(x.count)) }
        }
}
