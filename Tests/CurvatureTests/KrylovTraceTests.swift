import Curvature
import Random
import Testing
import Torch

struct KrylovTraceTests {
    private func settings(seed: Int = 1, products: Int, error: Double = 0) -> TraceSettings {
        var settings = TraceSettings()
        (settings.method, settings.seed) = (.krylov, UInt64(seed))
        (settings.maximumProducts, settings.relativeError) = (products, error)
        return settings
    }

    @Test(arguments: [[], [0..<20, 20..<50, 50..<80]])
    func `Trace, parts, norm, diagonal and slices lie within their errors of the truth`(_ blocks: [Range<Int>]) throws {
        var sliced = SlicedMatrix.sliced()
        sliced.blocks = blocks
        let whole = sliced.whole
        let diagonal = (0..<80).map { whole.select(0, $0).select(0, $0).item }
        let slices = sliced.slices.map { slice in (0..<80).reduce(0) { $0 + slice.select(0, $1).select(0, $1).item } }
        let ranges = [NamedRange(name: "first", range: 0..<30), NamedRange(name: "rest", range: 30..<80)]
        var pulls: [[Double]] = [[], [], []], sliceErrors = 0.0
        for seed in 1...40 {
            let trace = try TraceEstimator(settings(seed: seed, products: 120), ranges: ranges)(sliced)
            #expect(trace.products == 120 && !trace.converged)
            pulls[0].append((trace.value - diagonal.reduce(0, +)) / trace.standardError)
            pulls[1].append((trace.parts[0].value - diagonal[..<30].reduce(0, +)) / trace.parts[0].standardError)
            pulls[2].append(
                (trace.squaredFrobeniusNorm.value - whole.squared().sum().item)
                    / trace.squaredFrobeniusNorm.standardError)
            let errors = (trace.diagonal.values - Tensor(diagonal)).elements(Double.self)
            let stated = trace.diagonal.standardErrors.elements(Double.self)
            #expect(zip(errors, stated).count { abs($0) <= 4 * $1 } >= 76)
            #expect(trace.forms.count == 1)
            let mean = zip(trace.forms[0], SlicedMatrix.weights).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(mean - trace.value) < 1e-9)
            sliceErrors += zip(trace.forms[0], slices).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 5 / 40
        }
        // 40 standard normal numbers; the norm's error is told from four draws.
        for (pulls, width) in zip(pulls, [0.7...1.4, 0.7...1.4, 0.7...4]) {
            let mean = pulls.reduce(0, +) / 40, deviation = (pulls.reduce(0) { $0 + $1 * $1 } / 40).squareRoot()
            #expect(abs(mean) < 0.25 * width.upperBound + 0.3)
            #expect(width.contains(deviation))
        }
        #expect(sliceErrors < 16)
    }

    @Test func `However slices are asked for, their vectors have the same bits`() throws {
        /// Asks for some slices at a time, as several processes do.
        struct Asking: SampledOperator {
            let sliced: SlicedMatrix, parts: [Range<Int>]
            var dimension: Int { sliced.dimension }
            var scalarType: ScalarType { sliced.scalarType }
            var sliceWeights: [Double] { sliced.sliceWeights }
            var blocks: [Range<Int>] { sliced.blocks }
            func productsAndForms(_ vectors: [Tensor]) -> (products: [Tensor], forms: [[Double]]) {
                sliced.productsAndForms(vectors)
            }
            func sliceForms(_ ranges: [Range<Int>], _ vectors: @Sendable (Range<Int>) -> [Tensor]) -> (
                diagonal: Tensor, forms: [[Double]]
            ) {
                let asked = parts.flatMap(vectors)
                return sliced.sliceForms(ranges) { Array(asked[$0]) }
            }
        }
        let traces = try [[0..<5], [0..<3, 3..<5], [0..<1, 1..<2, 2..<3, 3..<4, 4..<5]].map {
            try TraceEstimator(settings(products: 60))(Asking(sliced: SlicedMatrix.sliced(), parts: $0))
        }
        for trace in traces.dropFirst() {
            #expect(trace.value == traces[0].value && trace.forms == traces[0].forms)
            #expect(trace.diagonal.values.elements(Double.self) == traces[0].diagonal.values.elements(Double.self))
        }
    }

    @Test func `Signs of each slice's own lower the variance by as much as the slices have in common`() throws {
        // The same matrix in every slice, none of whose eigenvectors stands out: a mean over sixteen independent forms.
        let common = matrix(eigenvalues: (0..<80).map { $0 % 2 == 0 ? 1 : 0.5 }).matrix
        let sliced = SlicedMatrix(
            slices: Array(repeating: common.elements, count: 16), sliceWeights: Array(repeating: 1 / 16, count: 16),
            blocks: [])
        let diagonal = (0..<80).map { common.elements.select(0, $0).select(0, $0).item }
        let variance = 2 * (common.elements.squared().sum().item - diagonal.reduce(0) { $0 + $1 * $1 })
        for (slices, errors) in [(sliced as any SymmetricOperator, 16.0), (common, 1)] {
            var found = 0.0
            for seed in 1...20 {
                // Too few products for a space: fourteen draws, and four for the norm.
                let trace = try TraceEstimator(settings(seed: seed, products: 18))(slices)
                #expect(trace.products == 18)
                found += trace.standardError * trace.standardError * 14 / 20
            }
            #expect(found * errors > 0.7 * variance && found * errors < 1.4 * variance)
        }
    }

    @Test func `Block by block, what lies between blocks costs nothing`() throws {
        // A heavy part between two blocks, with all its eigenvalues of one size, and a light diagonal.
        let n = 128, random = RandomStream(seed: 3, purpose: "rotation")
        let rotation = Tensor(random.normals(64 * 64), shape: [64, 64])
        let orthogonal = (rotation + rotation.transposed(0, 1)).symmetricEigen().vectors * 10
        let zero = Tensor.zeros([64, 64], .float64), light = Tensor.identity(64) + orthogonal * 0.01
        let symmetric = (light + light.transposed(0, 1)) / 2
        let top = Tensor.concatenated([symmetric, orthogonal], dimension: 1)
        let bottom = Tensor.concatenated([orthogonal.transposed(0, 1), symmetric + zero], dimension: 1)
        var sliced = SlicedMatrix(
            slices: Array(repeating: Tensor.concatenated([top, bottom]), count: 8),
            sliceWeights: Array(repeating: 1 / 8, count: 8), blocks: [])
        let truth = (0..<n).reduce(0) { $0 + sliced.whole.select(0, $1).select(0, $1).item }
        let without = try TraceEstimator(settings(products: 300, error: 0.01))(sliced)
        #expect(without.products == 300 && !without.converged)
        sliced.blocks = [0..<64, 64..<128]
        let with = try TraceEstimator(settings(products: 300, error: 0.01))(sliced)
        #expect(with.products < 150 && with.converged)
        #expect(abs(with.value - truth) < 4 * with.standardError)
    }

    @Test(arguments: [1, 5]) func `Blocks are joined until none is small, and what is left over to the last`(
        _ size: Int
    ) {
        // No block is to hold fewer than 10 of 640.
        func joined(_ counts: [Int]) -> [Int] {
            var blocks: [Range<Int>] = [], start = 0
            for count in counts {
                blocks.append(start..<start + count)
                start += count
            }
            let sliced = SlicedMatrix(slices: [.zeros([start, start], .float64)], sliceWeights: [1], blocks: blocks)
            let joined = sliced.jointBlocks
            #expect(joined.first?.lowerBound ?? 0 == 0 && joined.last?.upperBound ?? 0 == start)
            #expect(zip(joined, joined.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
            return joined.map(\.count)
        }
        // Tensors that are all small do not end as one block.
        #expect(joined(Array(repeating: size, count: 640 / size)) == Array(repeating: 10, count: 64))
        #expect(joined([300, size, 340 - size]) == [300, 340])
        #expect(joined([300, 340 - size, size]) == [300, 340])
        #expect(joined([size, 640 - size]) == [640])
        #expect(joined([640]) == [640] && joined([]).isEmpty)
    }

    @Test func `A plain operator has no slices, and so no forms`() throws {
        let (plain, _) = matrix(eigenvalues: (0..<80).map(Double.init))
        let trace = try TraceEstimator(settings(products: 30))(plain)
        #expect(trace.forms.isEmpty && !trace.formsContainError && trace.samplingError([]) == nil)
    }

    @Test func `A Hessian's slices take vectors of their own, the same bits for any threads and memory`() throws {
        let small = SmallNetwork(), hessian = try small.hessian(), n = hessian.dimension
        let stream = RandomStream(seed: 1, purpose: "vectors")
        let vectors: @Sendable (Range<Int>) -> [Tensor] = { $0.map { Tensor(stream.normals(n, epoch: UInt32($0))) } }
        let ranges = [0..<n, 0..<7, 7..<n]
        let (diagonal, forms) = hessian.sliceForms(ranges, vectors)
        var expected = Tensor.zeros([n], .float64)
        for (slice, z) in vectors(0..<5).enumerated() {
            let samples = Array(small.samples[slice * 5..<min(slice * 5 + 5, 22)])
            let alone = HessianOperator(
                of: small.objective, at: small.theta, samples: samples, reducer: small.reducer)
            let product = z * alone.product(z)
            expected = expected + product * hessian.sliceWeights[slice]
            for (form, range) in zip(forms[slice], ranges) {
                let sum = product.narrowed(0, from: range.lowerBound, length: range.count).sum().item
                #expect(abs(form - sum) < 1e-12 * max(1, abs(sum)))
            }
        }
        #expect((diagonal - expected).norm < 1e-13 * expected.norm)
        for threads in 1...3 {
            for memory in [0, 1 << 30] {
                var reducer = small.reducer
                reducer.threads = threads
                let other = HessianOperator(
                    of: small.objective, at: small.theta, samples: small.samples, reducer: reducer, memory: memory)
                let (again, andForms) = other.sliceForms(ranges, vectors)
                #expect(again.elements(Double.self) == diagonal.elements(Double.self))
                #expect(andForms == forms)
                #expect(other.productCount == 1)
            }
        }
        #expect(
            hessian.blocks.map(\.count).reduce(0, +) == n
                && hessian.blocks.count == small.objective.parameters.entries.count)
    }
}
