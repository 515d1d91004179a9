import Objectives
import Support
import Torch

/// A trace with a Krylov space taken out, and random signs of each slice's own outside it.
///
/// With Q an orthonormal basis of a Krylov space and P = QQᵀ, Tr A = Σ qᵀAq + E[zᵀ(I−P)A(I−P)z]. Lanczos' recursion finds
/// the outlying eigenvectors, which make most of the spread of such forms, with one product a vector. Where A is a mean
/// over slices, A = Σ wₛAₛ, each slice takes signs of its own: the product costs the same, while what the slices have in
/// common averages out over them, so the variance falls from 2‖(I−P)A(I−P)‖²_F to Σ wₛ² 2‖(I−P)Aₛ(I−P)‖²_F. The slices'
/// spread over draws gives the standard error, from two draws on.
///
/// The space grows as long as that promises to save more products than it takes: what a doubling did to the variance is
/// taken for what the next will do. Draws of smaller spaces are dropped, so that the signs and the space that they are
/// used with are independent.
///
/// Where many draws are still needed, the signs are tried block by block (``SampledOperator/blocks``): z restricted to one
/// of them, the trace being the sum over blocks. What A has between two blocks, which adds nothing to the trace, then
/// adds nothing to the spread. Each next draw goes to the block where it lowers the variance most; that pays where
/// (Σ σ_b)² < σ² (Neyman 1934).
struct KrylovTrace {
    private let settings: TraceSettings
    private let ranges: [NamedRange]
    private let dimension: Int
    private let weights: [Double]
    private let blocks: [Range<Int>]
    private let start: RandomStream, signs: RandomStream, sharedSigns: RandomStream
    /// Q, and Aq of its last vector: where it grows next.
    private var basis: Basis
    private var next: Tensor
    private var scale = 0.0
    /// Q in the products' type.
    private var rounded: [Tensor] = []
    /// What is known exactly: Σ q ⊙ Aq, each slice's Σ qᵀAₛq, and ‖AQ‖²_F.
    private var knownDiagonal: Tensor
    private var knownForms: [Double]
    private var knownSquares = 0.0
    /// Draws outside the space: of everything, or block by block.
    private var strata: [SliceDraws]
    private var products = 0, drawn = 0

    /// Signs that all slices share, for ‖A‖_F, which slices' own signs say nothing of.
    private static let sharedDraws = 4
    /// Degrees of freedom of a variance: to judge a space by, and to end with.
    private static let degreesToJudge = 8, degreesToEnd = 16
    /// The first space's vectors, and what it is taken to do to the variance.
    private static let firstVectors = 8, firstGain = 0.5
    /// A block is as large as this part of everything, or joined to the one before it.
    private static let smallestBlock = 1.0 / 64

    init(_ operator: some SymmetricOperator, _ settings: TraceSettings, _ ranges: [NamedRange]) {
        self.settings = settings
        self.ranges = ranges
        dimension = `operator`.dimension
        let sampled = `operator` as? any SampledOperator
        weights = sampled?.sliceWeights ?? [1]
        blocks = KrylovTrace.joined(sampled?.blocks ?? [], dimension)
        let stream = RandomStream(seed: settings.seed, purpose: "trace")
        (start, signs, sharedSigns) = (stream.part("space"), stream.part("own signs"), stream.part("shared signs"))
        basis = Basis(dimension: dimension)
        next = Tensor(start.normals(dimension))
        knownDiagonal = .zeros([dimension], .float64)
        knownForms = weights.map { _ in 0 }
        strata = [SliceDraws(0..<dimension, of: dimension, weights, ranges.count)]
    }

    /// Neighbours joined until none is small.
    private static func joined(_ blocks: [Range<Int>], _ dimension: Int) -> [Range<Int>] {
        blocks.reduce(into: []) { joined, block in
            if let last = joined.last, Double(min(last.count, block.count)) < smallestBlock * Double(dimension) {
                joined[joined.count - 1] = last.lowerBound..<block.upperBound
            } else {
                joined.append(block)
            }
        }
    }

    mutating func estimate(
        _ operator: some SymmetricOperator, progress: (Int, Double) -> Void
    ) throws -> TraceEstimate {
        try findSpace(`operator`, progress)
        while basis.count < dimension, products < budget {
            let uncertain = strata.indices.first {
                strata[$0].count < strata[$0].count(forDegrees: KrylovTrace.degreesToEnd)
            }
            guard uncertain != nil || relativeError > settings.relativeError else { break }
            let best = strata.indices.max { strata[$0].nextGain < strata[$1].nextGain }!
            try draw(`operator`, uncertain ?? best, progress)
        }
        let squares = try squaredNorm(`operator`)
        let error = relativeError
        progress(products, error)
        let (parts, diagonal) = parts()
        return TraceEstimate(
            value: value, standardError: standardError, products: products,
            converged: error <= settings.relativeError, squaredFrobeniusNorm: squares, parts: parts,
            diagonal: diagonal,
            forms: [strata.reduce(knownForms) { zip($0, $1.means).map(+) }])
    }

    /// Products for space and signs; those for ‖A‖_F come on top.
    private var budget: Int { max(2, settings.maximumProducts - KrylovTrace.sharedDraws) }

    /// Grows the space as long as that pays, and leaves the draws that the rest are to be like.
    private mutating func findSpace(_ operator: some SymmetricOperator, _ progress: (Int, Double) -> Void) throws {
        var last: Double?
        // What block by block does to the draws that are needed, and the draws that told it, of this space.
        var splitting: Double?, split: [SliceDraws]?
        while basis.count < dimension {
            try judge(`operator`, progress)
            let variance = strata[0].variance
            if basis.count > 0, splitting == nil, isWorthSplitting(variance) {
                let whole = strata
                try splitAndJudge(`operator`, progress)
                let deviation = strata.reduce(0) { $0 + $1.variance.squareRoot() }
                splitting = min(1, deviation * deviation / variance)
                (split, strata) = (strata, whole)
            }
            let needed = draws(forVariance: variance) * (splitting ?? 1)
            let gain = last.map { variance < $0 ? variance / $0 : 1 } ?? KrylovTrace.firstGain
            let more = min(max(KrylovTrace.firstVectors, basis.count), dimension - basis.count)
            guard Double(more) + gain * needed < needed - Double(strata[0].count), products + more <= budget / 2 else {
                break
            }
            last = variance
            split = nil
            try grow(`operator`, by: more)
        }
        guard let splitting, splitting < 1, basis.count < dimension else { return }
        if let split {
            strata = split
        } else {
            try splitAndJudge(`operator`, progress)
        }
    }

    /// Draws until there are enough to tell the variance.
    private mutating func judge(_ operator: some SymmetricOperator, _ progress: (Int, Double) -> Void) throws {
        for index in strata.indices {
            while strata[index].count < strata[index].count(forDegrees: KrylovTrace.degreesToJudge), products < budget {
                try draw(`operator`, index, progress)
            }
        }
    }

    /// Whether enough draws are needed to try them block by block.
    private func isWorthSplitting(_ variance: Double) -> Bool {
        let trial = blocks.count * strata[0].count(forDegrees: KrylovTrace.degreesToJudge)
        return blocks.count > 1 && draws(forVariance: variance) > Double(4 * trial) && products + 2 * trial <= budget
    }

    private mutating func splitAndJudge(_ operator: some SymmetricOperator, _ progress: (Int, Double) -> Void) throws {
        strata = blocks.map { SliceDraws($0, of: dimension, weights, ranges.count) }
        try judge(`operator`, progress)
    }

    // MARK: Products

    private mutating func grow(_ operator: some SymmetricOperator, by count: Int) throws {
        strata = [SliceDraws(0..<dimension, of: dimension, weights, ranges.count)]
        for _ in 0..<count {
            if Interruption.isRequested { throw Interrupted(state: nil) }
            basis.appendOrthonormalised(next, scale: scale, start.part("more"))
            let vector = basis[basis.count - 1]
            let (images, forms) = products(`operator`, [vector])
            guard images[0].isFinite else { throw CurvatureError.notFinite(what: "a product of the operator") }
            next = images[0]
            scale = max(scale, next.norm)
            knownDiagonal = knownDiagonal + vector * next
            knownForms = zip(knownForms, forms[0]).map(+)
            knownSquares += next.dot(next)
            products += 1
        }
        rounded = basis.rounded(to: `operator`.scalarType)
    }

    /// Draws signs for each slice, in one block.
    private mutating func draw(
        _ operator: some SymmetricOperator, _ stratum: Int, _ progress: (Int, Double) -> Void
    ) throws {
        if Interruption.isRequested { throw Interrupted(state: nil) }
        let n = dimension, type = `operator`.scalarType, block = strata[stratum].block
        let rounded = rounded, all = [0..<n] + ranges.map(\.range)
        let number = UInt32(drawn), signs = signs
        @Sendable func sign(_ slice: Int) -> Tensor {
            let own = Tensor(signs.signs(block.count, epoch: number, view: UInt32(slice))).to(type)
            guard block.count < n else { return own }
            let vector = Tensor.zeros([n], type)
            vector.narrowed(0, from: block.lowerBound, length: block.count).overwrite(with: own)
            return vector
        }
        let vectors: @Sendable (Range<Int>) -> [Tensor] = { slices in
            // Each in a place of a product of one size that the slice alone decides: another share of the slices, as
            // another process has it, changes no bit.
            let size = Reducer.slicesPerGroup, empty = Tensor.zeros([n], type)
            return (slices.lowerBound / size...(slices.upperBound - 1) / size).flatMap { group in
                let all = group * size..<(group + 1) * size
                let rest = KrylovTrace.outside(rounded, all.map { slices.contains($0) ? sign($0) : empty })
                return zip(all, rest).filter { slices.contains($0.0) }.map(\.1)
            }
        }
        let diagonal: Tensor, forms: [[Double]]
        if let sampled = `operator` as? any SampledOperator {
            (diagonal, forms) = sampled.sliceForms(all, vectors)
        } else {
            let vector = vectors(0..<1)[0].to(.float64)
            diagonal = vector * `operator`.product(vector)
            forms = [all.map { diagonal.narrowed(0, from: $0.lowerBound, length: $0.count).sum().item }]
        }
        guard diagonal.isFinite else { throw CurvatureError.notFinite(what: "a product of the operator") }
        strata[stratum].add(diagonal, forms)
        drawn += 1
        products += 1
        progress(products, relativeError)
    }

    /// z − QQᵀz of some vectors, in their type.
    private static func outside(_ blocks: [Tensor], _ vectors: [Tensor]) -> [Tensor] {
        var rest = Tensor.stacked(vectors)
        for block in blocks { rest = rest - rest.matmul(block.transposed(0, 1)).matmul(block) }
        return vectors.indices.map { rest.select(0, $0) }
    }

    private func products(_ operator: some SymmetricOperator, _ vectors: [Tensor]) -> ([Tensor], [[Double]]) {
        if let sampled = `operator` as? any SampledOperator { return sampled.productsAndForms(vectors) }
        let products = `operator`.products(vectors)
        return (products, zip(vectors, products).map { [$0.dot($1)] })
    }

    /// ‖A‖²_F = ‖AQ‖²_F + E‖A(I−P)z‖².
    private mutating func squaredNorm(_ operator: some SymmetricOperator) throws -> (
        value: Double, standardError: Double
    ) {
        guard basis.count < dimension else { return (knownSquares, 0) }
        let blocks = basis.rounded(to: .float64)
        let vectors = (0..<KrylovTrace.sharedDraws).map {
            Tensor(sharedSigns.signs(dimension, epoch: UInt32($0)))
        }
        let images = products(`operator`, KrylovTrace.outside(blocks, vectors)).0
        guard images.allSatisfy(\.isFinite) else {
            throw CurvatureError.notFinite(what: "a product of the operator")
        }
        products += images.count
        let (value, error) = meanAndError(images.map { $0.dot($0) })
        return (knownSquares + value, error)
    }

    // MARK: Estimates

    private var value: Double { strata.reduce(knownDiagonal.sum().item) { $0 + $1.mean } }
    private var standardError: Double {
        basis.count == dimension ? 0 : strata.reduce(0) { $0 + $1.squaredError }.squareRoot()
    }
    private var relativeError: Double {
        let value = value
        return value == 0 ? standardError : standardError / abs(value)
    }

    /// Draws that the wanted error takes, if each has this variance.
    private func draws(forVariance variance: Double) -> Double {
        let goal = settings.relativeError * (value == 0 ? 1 : abs(value))
        return variance == 0 ? 0 : min((variance / (goal * goal)).rounded(.up), 1e9)
    }

    /// The trace over each range and the diagonal, with standard errors.
    private func parts() -> (parts: [TraceEstimate.Part], diagonal: (values: Tensor, standardErrors: Tensor)) {
        let parts = ranges.enumerated().map { index, range in
            let known = knownDiagonal.narrowed(0, from: range.range.lowerBound, length: range.range.count)
            let draws = strata.filter { $0.count > 0 }.map { $0.part(index) }
            return TraceEstimate.Part(
                name: range.name, parameters: range.range.count,
                value: draws.reduce(known.sum().item) { $0 + $1.mean },
                standardError: draws.reduce(0) { $0 + $1.squaredError }.squareRoot())
        }
        var diagonal = knownDiagonal, squaredErrors = Tensor.zeros([dimension], .float64)
        for stratum in strata where stratum.count > 0 {
            diagonal = diagonal + stratum.diagonal.mean
            squaredErrors = squaredErrors + stratum.diagonal.squaredErrors
        }
        return (parts, (diagonal, squaredErrors.sqrt()))
    }
}

/// Forms of slices with signs of their own in one block, draw after draw.
private struct SliceDraws {
    let block: Range<Int>
    private(set) var count = 0
    private let weights: [Double]
    /// For each slice its forms' sums and sums of squares about the first draw, over everything and over each range.
    private var first: [[Double]] = [], sums: [[Double]], squares: [[Double]]
    /// The same of the diagonals.
    private var diagonalSum: Tensor, diagonalSquares: Tensor

    init(_ block: Range<Int>, of dimension: Int, _ weights: [Double], _ ranges: Int) {
        self.block = block
        self.weights = weights
        sums = weights.map { _ in Array(repeating: 0, count: ranges + 1) }
        squares = sums
        diagonalSum = .zeros([dimension], .float64)
        diagonalSquares = diagonalSum
    }

    mutating func add(_ diagonal: Tensor, _ forms: [[Double]]) {
        if first.isEmpty { first = forms }
        for slice in weights.indices {
            for (index, form) in forms[slice].enumerated() {
                let difference = form - first[slice][index]
                sums[slice][index] += difference
                squares[slice][index] += difference * difference
            }
        }
        diagonalSum = diagonalSum + diagonal
        diagonalSquares = diagonalSquares + diagonal.squared()
        count += 1
    }

    /// Draws that give a variance so many degrees of freedom; two at least.
    func count(forDegrees degrees: Int) -> Int { 1 + (degrees + weights.count - 1) / weights.count }

    /// Each slice's mean.
    var means: [Double] {
        first.isEmpty ? weights.map { _ in 0 } : weights.indices.map { first[$0][0] + sums[$0][0] / Double(count) }
    }
    /// Σ wₛ times the slices' means.
    var mean: Double { mean(0) }
    /// The variance of a draw of it: Σ wₛ² times the slices' variances; infinite before the second draw.
    var variance: Double { variance(0) }
    /// The mean's.
    var squaredError: Double { variance / Double(max(1, count)) }
    /// By how much one more draw lowers it.
    var nextGain: Double { count < 2 ? .infinity : squaredError / Double(count + 1) }

    /// Mean and squared standard error over a range.
    func part(_ range: Int) -> (mean: Double, squaredError: Double) {
        (mean(range + 1), variance(range + 1) / Double(count))
    }

    var diagonal: (mean: Tensor, squaredErrors: Tensor) {
        let n = Double(count), mean = diagonalSum / n
        return (mean, (diagonalSquares / n - mean.squared()).clamped(from: 0) / max(1, n - 1))
    }

    private func mean(_ index: Int) -> Double {
        first.isEmpty
            ? 0 : weights.indices.reduce(0) { $0 + weights[$1] * (first[$1][index] + sums[$1][index] / Double(count)) }
    }

    private func variance(_ index: Int) -> Double {
        guard count > 1 else { return .infinity }
        let n = Double(count)
        return weights.indices.reduce(0) { sum, slice in
            let spread = max(0, squares[slice][index] - sums[slice][index] * sums[slice][index] / n) / (n - 1)
            return sum + weights[slice] * weights[slice] * spread
        }
    }
}
