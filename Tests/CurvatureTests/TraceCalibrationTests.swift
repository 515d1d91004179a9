import Curvature
import Testing
import Torch

/// Traces that run until their error is small: whether that error, of which the end is a function, is true.
struct TraceCalibrationTests {
    /// Twenty slices, of which the first outweighs the rest: it makes most of the spread.
    private static let uneven: SlicedMatrix = {
        let common = matrix(eigenvalues: (0..<80).map { $0 % 2 == 0 ? 1 : 0.5 }).matrix.elements
        return SlicedMatrix(
            slices: (0..<20).map { $0 == 0 ? common * 100 : common }, sliceWeights: Array(repeating: 0.05, count: 20))
    }()

    private func trace(_ seed: Int = 1, products: Int = 300, error: Double) throws -> TraceEstimate {
        var settings = TraceSettings()
        (settings.seed, settings.maximumProducts, settings.relativeError) = (UInt64(seed), products, error)
        return try TraceEstimator(settings)(Self.uneven)
    }

    @Test func `Run to a relative error, estimates lie as far from the truth as that says`() throws {
        let truth = Self.uneven.trace
        var pulls: [Double] = []
        for seed in 1...40 {
            let trace = try trace(seed, error: 0.006)
            #expect(trace.converged && trace.standardError <= 0.006 * abs(trace.value))
            pulls.append((trace.value - truth) / trace.standardError)
        }
        // 40 numbers with the width of Student's t of 16 degrees, which ends that are early where the spread looks small
        // make a little wider.
        let mean = pulls.reduce(0, +) / 40, deviation = (pulls.reduce(0) { $0 + $1 * $1 } / 40).squareRoot()
        #expect(abs(mean) < 0.6)
        #expect(deviation > 0.7 && deviation < 1.4)
    }

    @Test func `An error that is told from too few draws is no precision`() throws {
        let early = try trace(products: 8, error: 0.5)
        #expect(!early.converged && early.standardError < 0.5 * early.value && early.products <= 8)
        let late = try trace(error: 0.5)
        // Seventeen draws of the slice that counts, all but.
        #expect(late.converged && late.products > 14 && late.products < 40)
    }

    @Test func `Degrees of freedom are the slices' together, or one's that outweighs them`() {
        func degrees(_ scales: [Double], draws: Int) -> Double {
            let weights = scales.map { _ in 1 / Double(scales.count) }
            var slices = SliceDraws(0..<1, of: 1, weights, 0)
            for draw in 0..<draws { slices.add(.zeros([1], .float64), scales.map { [$0 * Double(draw % 2)] }) }
            return slices.degrees
        }
        #expect(degrees([1, 1, 1, 1], draws: 1) == 0)
        #expect(abs(degrees([1, 1, 1, 1], draws: 5) - 16) < 1e-12)
        #expect(abs(degrees([1000, 1, 1, 1], draws: 5) - 4) < 1e-4)
        // Slices that say nothing of who adds more.
        #expect(degrees([0, 0], draws: 9) == 16)
    }

    @Test func `A diagonal's errors are told from two draws on`() {
        var slices = SliceDraws(0..<2, of: 2, [1], 0)
        slices.add(Tensor([1.0, 2]), [[3]])
        #expect(slices.diagonal.squaredErrors.elements(Double.self) == [.infinity, .infinity])
        #expect(slices.variance == .infinity)
        slices.add(Tensor([3.0, 2]), [[5]])
        #expect(slices.diagonal.squaredErrors.elements(Double.self) == [1, 0])
        #expect(slices.diagonal.mean.elements(Double.self) == [2, 2] && slices.variance == 2)
    }

    @Test(arguments: TraceMethod.allCases)
    func `No more products are made than are allowed, and too few are refused`(_ method: TraceMethod) throws {
        func trace(_ products: Int) throws -> TraceEstimate {
            var settings = TraceSettings()
            (settings.method, settings.maximumProducts, settings.relativeError) = (method, products, 0)
            return try TraceEstimator(settings)(SlicedMatrix.sliced())
        }
        let fewest = method.fewestProducts
        for products in fewest...fewest + 12 {
            let trace = try trace(products)
            #expect(trace.value.isFinite && trace.standardError.isFinite && trace.standardError > 0)
            #expect(trace.squaredFrobeniusNorm.value > 0 && trace.squaredFrobeniusNorm.standardError.isFinite)
            #expect(trace.products <= products && !trace.converged)
        }
        for products in 0..<fewest {
            let refusal = CurvatureError.tooFewProducts(method: method.rawValue, maximum: products, fewest: fewest)
            #expect(throws: refusal) { try trace(products) }
        }
    }

    @Test(arguments: 1...10)
    func `The norm of a matrix with one large eigenvalue is no matter of chance, though the trace takes no space`(
        _ seed: Int
    ) throws {
        let values = [100] + (1..<80).map { 3 / Double($0) }
        let common = matrix(eigenvalues: values).matrix.elements
        let sliced = SlicedMatrix(slices: SlicedMatrix.weights.map { _ in common }, sliceWeights: SlicedMatrix.weights)
        var settings = TraceSettings()
        (settings.method, settings.relativeError, settings.seed) = (.krylov, 1, UInt64(seed))
        let trace = try TraceEstimator(settings)(sliced)
        // Draws for the trace, four vectors and four draws for the norm.
        #expect(trace.products < 20)
        let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(trace.frobeniusNorm - norm) < 0.01 * norm)
    }
}
