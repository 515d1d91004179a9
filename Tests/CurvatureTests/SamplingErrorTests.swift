import Curvature
import Testing
import Torch

/// What a trace's slices tell of the choice of the samples, apart from the random vectors.
struct SamplingErrorTests {
    /// Slices whose traces differ by what `spread` says, and are alike else.
    private static func sliced(spread: Double) -> SlicedMatrix {
        let count = 64, common = matrix(eigenvalues: (0..<80).map { $0 % 2 == 0 ? 1 : 0.5 }).matrix.elements
        let identity = Tensor.identity(80)
        return SlicedMatrix(
            slices: (0..<count).map { common + identity * (spread * (Double($0 * 7 % count) / Double(count) - 0.5)) },
            sliceWeights: Array(repeating: 1 / Double(count), count: count))
    }

    private func traces(_ sliced: SlicedMatrix, _ method: TraceMethod) throws -> [(
        trace: TraceEstimate, replicates: [Double]
    )] {
        try (1...12).map { seed in
            var settings = TraceSettings()
            (settings.method, settings.seed) = (method, UInt64(seed))
            (settings.maximumProducts, settings.relativeError) = (12, 0)
            let trace = try TraceEstimator(settings)(sliced)
            return (trace, SamplingError.replicates(trace.forms, weights: sliced.sliceWeights))
        }
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    @Test func `Slices that are all the same have no sampling error, though their signs differ`() throws {
        let found = try traces(Self.sliced(spread: 0), .krylov)
        let signs = mean(found.map { $0.trace.standardError * $0.trace.standardError })
        // The slices' estimates do spread: the jackknife finds the signs' error.
        let jackknife = mean(found.map { pow2(SamplingError.jackknife($0.replicates)!) })
        #expect(found.allSatisfy { $0.trace.formsContainError })
        #expect(jackknife > 0.7 * signs && jackknife < 1.4 * signs)
        #expect(mean(found.map { pow2($0.trace.samplingError($0.replicates)!) }) < 0.3 * signs)
        // With signs that all share nothing has to be taken out.
        let shared = try traces(Self.sliced(spread: 0), .hutchinson)
        #expect(shared.allSatisfy { !$0.trace.formsContainError && $0.trace.samplingError($0.replicates)! < 1e-9 })
    }

    @Test(arguments: [TraceMethod.krylov, .hutchinson])
    func `Slices that differ have the sampling error of their traces, whatever signs they take`(_ method: TraceMethod)
        throws
    {
        let sliced = Self.sliced(spread: 0.2)
        let exact = SamplingError.jackknife(
            SamplingError.replicates(sliced.slices.indices.map { sliced.trace(of: $0) }, weights: sliced.sliceWeights))!
        let found = try traces(sliced, method).map { pow2($0.trace.samplingError($0.replicates)!) }
        #expect(abs(mean(found).squareRoot() / exact - 1) < 0.15)
    }

    @Test func `A known error is taken out in squares, and what is left is never negative`() {
        let replicates = [1.0, 3, 2, 6], whole = SamplingError.jackknife(replicates)!
        #expect(abs(SamplingError.jackknife(replicates, without: 0.6 * whole)! - 0.8 * whole) < 1e-12)
        #expect(SamplingError.jackknife(replicates, without: 2 * whole) == 0)
        #expect(SamplingError.jackknife([1], without: 0) == nil)
    }

    private func pow2(_ x: Double) -> Double { x * x }
}
