import CTorch
import Foundation
import Networks
import Support
import Torch

/// Turns an objective and a set of samples into a value or a gradient: cuts the samples into fixed slices, gives them
/// to one worker a core, and adds the slices' results in slice order, in double. The results are the same to the last
/// bit for any number of threads (on one kind of processor and version of LibTorch), and memory does not grow with the
/// number of samples.
public struct Reducer: Sendable {
    /// Samples in a slice. Part of what a result depends on: it decides which sums are done in float, and what random
    /// vectors there are where each slice has its own, as in a trace by Krylov's way. A slice on a GPU holds
    /// 32 times as many, so such a trace agrees with the CPU's within its standard error, not to rounding.
    public var sliceSize: Int
    /// Workers, each on a thread of its own. Never changes a result.
    public var threads: Int
    /// Processes that share values, gradients and Hessian products; nil where this one does all.
    public var processes = Processes.current

    /// How many slices' samples a GPU takes at a time.
    package static let slicesOnGPU = 32
    /// Slices whose gradients are kept before they are added up.
    package static let slicesPerRound = 16
    /// Slices whose own vectors are drawn together (``sliceForms(_:_:_:on:progress:vectors:graph:)``).
    package static let slicesPerGroup = 4
    /// Elements of a vector that one worker adds up at a time.
    static let blockSize = 1 << 16

    public init(sliceSize: Int = 32, threads: Int = ProcessInfo.processInfo.activeProcessorCount) {
        precondition(sliceSize > 0 && threads > 0, "a slice holds at least one sample, and one thread does the work")
        self.sliceSize = sliceSize
        self.threads = threads
    }

    /// The value of an objective, term by term.
    public struct Value: Sendable {
        /// Each term's mean over the samples, without its weight.
        public let terms: [Double]
        /// The weighted sum of the terms.
        public let total: Double

        init(_ terms: [Double], _ descriptions: [TermDescription]) {
            self.terms = terms
            total = zip(terms, descriptions).reduce(0) { $0 + $1.0 * $1.1.weight }
        }
    }

    /// The objective's mean over the samples. Cost: a forward pass.
    public func value(
        _ objective: some Objective, at theta: Tensor, samples: [Int], _ mode: EvaluationMode = .evaluation,
        progress: (@Sendable (Int) -> Void)? = nil
    ) -> Value {
        let device = objective.device, slices = cut(samples, on: device), own = share(of: slices.count)
        let terms = Slots<[Double]>(own.count)
        let tensors = objective.parameters.variables(of: theta.to(device))
        parallel(own.count, threads: workers(on: device)) { index in
            let slice = slices[own.lowerBound + index]
            terms[index] = withoutRecording { objective.means(tensors, samples: slice, mode).map(\.item) }
            progress?(slice.count)
        }
        return value(whole(terms.all, own, of: slices.count, objective.terms.count), slices, objective)
    }

    /// The objective's mean over the samples and its gradient with respect to θ. Cost: three forward passes; memory for
    /// sixteen gradients and a slice's activations a thread.
    ///
    /// - Parameter gradient: is overwritten with the gradient [P]
    public func gradient(
        _ objective: some Objective, at theta: Tensor, samples: [Int], _ mode: EvaluationMode = .evaluation,
        into gradient: Accumulator
    ) -> Value {
        let device = objective.device, slices = cut(samples, on: device), own = share(of: slices.count)
        let terms = Slots<[Double]>(own.count), theta = theta.to(device)
        gradient.clear()
        for start in stride(from: own.lowerBound, to: own.upperBound, by: Reducer.slicesPerRound) {
            let round = start..<min(start + Reducer.slicesPerRound, own.upperBound)
            let parts = Slots<Tensor>(round.count)
            parallel(round.count, threads: workers(on: device)) { index in
                let (values, part) = sliceGradient(objective, theta, slices[start + index], mode)
                terms[start - own.lowerBound + index] = values
                parts[index] = part.to(.cpu)
            }
            add(parts.all, weights: round.map { Double(slices[$0].count) / Double(samples.count) }, to: gradient)
        }
        return value(
            whole(terms.all, own, of: slices.count, objective.terms.count, with: [gradient]), slices, objective)
    }

    /// This process's share of the slices: a range, all of them where it works alone.
    package func share(of slices: Int) -> Range<Int> { processes?.share(of: slices) ?? 0..<slices }

    /// What all slices gave, of which this process has computed its share; sums of shares become sums of all slices, in the
    /// same message.
    package func whole(
        _ rows: [[Double]], _ own: Range<Int>, of slices: Int, _ columns: Int, with sums: [Accumulator] = []
    ) -> [[Double]] {
        guard let processes else { return rows }
        var flat = [Double](repeating: 0, count: slices * columns)
        for (slice, row) in zip(own, rows) { flat.replaceSubrange(slice * columns..<(slice + 1) * columns, with: row) }
        flat.withUnsafeMutableBufferPointer { flat in processes.sum([flat] + sums.map(\.elements)) }
        return (0..<slices).map { Array(flat[$0 * columns..<($0 + 1) * columns]) }
    }

    private func sliceGradient(
        _ objective: some Objective, _ theta: Tensor, _ samples: [Int], _ mode: EvaluationMode
    ) -> ([Double], Tensor) {
        recording {
            let variables = objective.parameters.variables(of: theta)
            let means = objective.means(variables, samples: samples, mode)
            let parts = gradients(of: Reducer.weightedSum(objective, means), with: variables)
            return (means.map(\.item), withoutRecording { objective.parameters.packed(parts) })
        }
    }

    /// The objective of its terms' means. A term of weight 0 is left out: it has no say, not even by a NaN.
    package static func weightedSum(_ objective: some Objective, _ means: [Tensor]) -> Tensor {
        for (mean, term) in zip(means, objective.terms) {
            precondition(
                mean.rank == 0, "the mean of the term \(term.name) has the shape \(mean.shape), not that of a number")
        }
        let weighted = zip(means, objective.terms).filter { $1.weight != 0 }.map { $0 * $1.weight }
        return weighted.dropFirst().reduce(weighted[0], +)
    }

    /// sum += Σₛ weightₛ partₛ, slices in order, in double; each worker takes blocks of the vector.
    package func add(_ parts: [Tensor], weights: [Double], to sum: Accumulator) {
        let count = sum.count, blocks = (count + Reducer.blockSize - 1) / Reducer.blockSize
        let isDouble = parts[0].scalarType == .float64
        parallel(blocks, threads: threads) { block in
            let from = Int64(block * Reducer.blockSize), to = Int64(min(count, (block + 1) * Reducer.blockSize))
            let elements = sum.elements.baseAddress
            if isDouble {
                let pointers = parts.map { part in part.withElements(Double.self) { $0.baseAddress } }
                ct_accumulate_double(elements, pointers, weights, Int64(parts.count), from, to)
            } else {
                let pointers = parts.map { part in part.withElements(Float.self) { $0.baseAddress } }
                ct_accumulate(elements, pointers, weights, Int64(parts.count), from, to)
            }
        }
    }

    /// Fixed slices of the samples: larger ones for a GPU.
    package func cut(_ samples: [Int], on device: Device = .cpu) -> [[Int]] {
        let size = sliceSize(on: device)
        return stride(from: 0, to: samples.count, by: size).map { Array(samples[$0..<min($0 + size, samples.count)]) }
    }

    /// Samples in a slice on a device.
    package func sliceSize(on device: Device) -> Int {
        device == .cpu ? sliceSize : sliceSize * Reducer.slicesOnGPU
    }

    /// Threads that hand out slices: a GPU does one after the other.
    package func workers(on device: Device) -> Int { device == .cpu ? threads : 1 }

    private func value(_ terms: [[Double]], _ slices: [[Int]], _ objective: some Objective) -> Value {
        let count = Double(slices.reduce(0) { $0 + $1.count })
        let means = (terms.first ?? []).indices.map { term in
            zip(terms, slices).reduce(0) { $0 + $1.0[term] * Double($1.1.count) } / count
        }
        return Value(means, objective.terms)
    }
}

extension Reducer {
    /// ‖x‖, summed in double over fixed blocks in order.
    public func norm(of vector: Accumulator) -> Double {
        let blocks = (vector.count + Reducer.blockSize - 1) / Reducer.blockSize
        let sums = Slots<Double>(blocks)
        forEachBlock(of: vector) { elements, range in
            sums[range.lowerBound / Reducer.blockSize] = ct_sum_of_squares(
                elements, Int64(range.lowerBound), Int64(range.upperBound))
        }
        return sums.all.reduce(0, +).squareRoot()
    }

    /// Calls `body` for each fixed block of a vector, on several threads, with the vector's memory and the block's range.
    public func forEachBlock(
        of vector: Accumulator, _ body: @Sendable (UnsafePointer<Double>, Range<Int>) -> Void
    ) {
        let count = vector.count
        parallel((count + Reducer.blockSize - 1) / Reducer.blockSize, threads: threads) { block in
            let start = block * Reducer.blockSize
            body(UnsafePointer(vector.elements.baseAddress!), start..<min(count, start + Reducer.blockSize))
        }
    }
}
