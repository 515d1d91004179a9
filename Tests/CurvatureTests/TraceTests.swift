import Curvature
import Fixtures
import Testing
import Torch

struct TraceTests {
    /// A few large eigenvalues above a bulk.
    private let spectrum: [Double] = [10, 6, 4, -2] + (0..<96).map { 0.001 * Double($0 + 16) }

    @Test(arguments: TraceMethod.allCases)
    func `Estimates lie within their errors of the truth`(_ method: TraceMethod) throws {
        let (matrix, _) = matrix(eigenvalues: spectrum)
        let truth = spectrum.reduce(0, +), squares = spectrum.reduce(0) { $0 + $1 * $1 }
        var pulls: [Double] = [], norms: [Double] = []
        for seed in 1...40 {
            var settings = TraceSettings()
            (settings.method, settings.seed, settings.maximumProducts) = (method, UInt64(seed), 48)
            settings.relativeError = 0
            let trace = try TraceEstimator(settings)(matrix)
            #expect(trace.products == 48 && !trace.converged)
            pulls.append((trace.value - truth) / trace.standardError)
            norms.append((trace.squaredFrobeniusNorm.value - squares) / trace.squaredFrobeniusNorm.standardError)
        }
        // 40 standard normal numbers: mean within 4/√40, deviation near 1. XTrace's draws share their vectors, and its
        // error is known to be a rough one; Krylov's way tells the norm's from four draws.
        for (pulls, width) in [(pulls, 2.0), (norms, method == .krylov ? 4 : 2)] {
            let mean = pulls.reduce(0, +) / 40, deviation = (pulls.reduce(0) { $0 + $1 * $1 } / 40).squareRoot()
            #expect(abs(mean) < 0.7)
            #expect(deviation > 0.5 && deviation < width)
        }
    }

    @Test func `The better methods need fewer products for one percent`() throws {
        let (matrix, _) = matrix(eigenvalues: spectrum)
        func products(_ method: TraceMethod) throws -> Int {
            var settings = TraceSettings()
            (settings.method, settings.maximumProducts, settings.relativeError) = (method, 100_000, 0.01)
            let trace = try TraceEstimator(settings)(matrix)
            #expect(trace.converged)
            #expect(trace.standardError <= 0.01 * abs(trace.value))
            return trace.products
        }
        let simple = try products(.hutchinson)
        #expect(try products(.xTrace) * 10 < simple)
        #expect(try products(.hutchPlusPlus) * 10 < simple)
    }

    @Test(arguments: [TraceMethod.xTrace, .hutchPlusPlus])
    func `A matrix of low rank has its trace exactly`(_ method: TraceMethod) throws {
        let (matrix, _) = matrix(eigenvalues: [5, 3, -1] + Array(repeating: 0, count: 80))
        var settings = TraceSettings()
        settings.method = method
        let trace = try TraceEstimator(settings)(matrix)
        #expect(abs(trace.value - 7) < 1e-10)
        #expect(trace.standardError < 1e-10)
        #expect(abs(trace.frobeniusNorm - 35.0.squareRoot()) < 1e-9)
        #expect(trace.products <= 24)
    }

    /// Seventy eigenvalues of one half.
    private static let bulk = matrix(eigenvalues: Array(repeating: 0.5, count: 70))

    @Test(arguments: [TraceMethod.xTrace, .hutchPlusPlus])
    func `Few dimensions, and as many vectors as dimensions, give everything exactly`(_ method: TraceMethod) throws {
        let (matrix, _) = matrix(eigenvalues: [5, 3, -1, 0.5, 2, 1])
        var settings = TraceSettings()
        (settings.method, settings.relativeError) = (method, 0)
        let ranges = [NamedRange(name: "first", range: 0..<2), NamedRange(name: "rest", range: 2..<6)]
        let trace = try TraceEstimator(settings, ranges: ranges)(matrix)
        #expect(abs(trace.value - 10.5) < 1e-9 && trace.converged && trace.products == 6)
        #expect(abs(trace.parts[0].value + trace.parts[1].value - 10.5) < 1e-9)
        let (larger, _) = Self.bulk
        settings.maximumProducts = 1000
        let whole = try TraceEstimator(settings)(larger)
        #expect(abs(whole.value - 35) < 1e-9)
        #expect(whole.standardError < 1e-9)
    }

    @Test(arguments: TraceMethod.allCases)
    func `Parts and diagonal are those of the matrix, within their errors`(_ method: TraceMethod) throws {
        let (matrix, _) = matrix(eigenvalues: spectrum)
        let ranges = [NamedRange(name: "first", range: 0..<30), NamedRange(name: "rest", range: 30..<100)]
        let diagonal = (0..<100).map { matrix.elements.select(0, $0).select(0, $0).item }
        let truth = [diagonal[..<30].reduce(0, +), diagonal[30...].reduce(0, +)]
        var pulls: [Double] = []
        for seed in 1...30 {
            var settings = TraceSettings()
            (settings.method, settings.seed, settings.maximumProducts) = (method, UInt64(seed), 60)
            settings.relativeError = 0
            let trace = try TraceEstimator(settings, ranges: ranges)(matrix)
            #expect(trace.parts.map(\.name) == ["first", "rest"] && trace.parts.map(\.parameters) == [30, 70])
            let sum = trace.parts.reduce(0) { $0 + $1.value }
            #expect(abs(sum - trace.value) < 1e-9)
            #expect(abs(trace.diagonal.values.sum().item - trace.value) < 1e-9)
            pulls += zip(trace.parts, truth).map { ($0.value - $1) / $0.standardError }
            let errors = (trace.diagonal.values - Tensor(diagonal)).elements(Double.self)
            let stated = trace.diagonal.standardErrors.elements(Double.self)
            let within = zip(errors, stated).count { abs($0) <= 3 * $1 + 1e-12 }
            #expect(within >= 85)
        }
        let deviation = (pulls.reduce(0) { $0 + $1 * $1 } / Double(pulls.count)).squareRoot()
        #expect(deviation > 0.4 && deviation < 2)
    }

    @Test(arguments: TraceMethod.allCases)
    func `A Hessian's trace by layers`(_ method: TraceMethod) throws {
        let small = SmallNetwork(), hessian = try small.hessian(), whole = dense(hessian)
        let ranges = hessian.parameters.entries.map {
            NamedRange(name: $0.name, range: $0.offset..<$0.offset + $0.count)
        }
        var settings = TraceSettings()
        (settings.method, settings.maximumProducts, settings.relativeError) = (method, 120, 1e-3)
        let trace = try TraceEstimator(settings, ranges: ranges)(hessian)
        let truth = (0..<hessian.dimension).reduce(0) { $0 + whole.select(0, $1).select(0, $1).item }
        #expect(abs(trace.value - truth) < 5 * trace.standardError + 1e-9)
        // Each probe's forms give its own naive estimate, the mean of which is unbiased.
        #expect(trace.forms.allSatisfy { $0.count == 5 })
        #expect(SamplingError.jackknife(SamplingError.replicates(trace.forms, weights: hessian.sliceWeights))! > 0)
    }

    @Test func `The jackknife of equal blocks is the standard error of their mean`() {
        let values = [3.0, 5, 4, 8, 1, 6], n = 6.0, mean = values.reduce(0, +) / n
        let expected = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n * (n - 1))).squareRoot()
        func error(_ values: [Double], blocks: Int) -> Double? {
            let weights = Array(repeating: 1 / Double(values.count), count: values.count)
            return SamplingError.jackknife(SamplingError.replicates(values, weights: weights, blocks: blocks))
        }
        #expect(abs(error(values, blocks: 32)! - expected) < 1e-12)
        #expect(error([1], blocks: 32) == nil)
        // In pairs: the error of the mean of three pairs' means.
        let means = [4.0, 6, 3.5], average = 4.5
        let ofPairs = (means.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 6).squareRoot()
        #expect(abs(error(values, blocks: 3)! - ofPairs) < 1e-12)
    }
}
