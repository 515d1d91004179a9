import Objectives
import Support
import Torch

/// A trace with a Krylov space taken out, and random signs of each slice's own outside it.
///
/// With Q an orthonormal basis of a Krylov space and P = QQᵀ, Tr A = Σ qᵀAq + E[zᵀ(I−P)A(I−P)z]. Lanczos' recursion finds
/// the outlying eigenvectors, which make most of the spread of such forms, with one product a vector. Where A is a mean
/// over slices, A = Σ wₛAₛ, each slice takes signs of its own: the product costs the same, while what the slices have in
/// common averages out over them. The variance of zᵀBz over signs is V(B) = 2(‖B‖²_F − Σ Bᵢᵢ²); it falls from
/// V((I−P)A(I−P)) to Σ wₛ² V((I−P)Aₛ(I−P)). Each slice's spread over the draws gives the standard error, as soon as all
/// slices' spreads together tell it to enough degrees of freedom (``SliceDraws/degrees``).
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
    /// Whether the operator is a mean over slices.
    private let isSampled: Bool
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

    /// Signs that all slices share, for ‖A‖_F, which slices' own signs say nothing of; fewer where products are.
    private static let sharedDraws = 4
    /// Vectors of a space for ‖A‖_F where the trace takes none; fewer likewise.
    private static let normSpace = 4
    /// Draws of either kind that an error can be told from.
    private static let fewestDraws = 2
    /// Degrees of freedom of a variance: to judge a space by, and to end with.
    private static let degreesToJudge = 8, degreesToEnd = 16
    /// The first space's vectors, and what it is taken to do to the variance.
    private static let firstVectors = 8, firstGain = 0.5

    init(_ operator: some SymmetricOperator, _ settings: TraceSettings, _ ranges: [NamedRange]) {
        self.settings = settings
        self.ranges = ranges
        dimension = `operator`.dimension
        let sampled = `operator` as? any SampledOperator
        weights = sampled?.sliceWeights ?? [1]
        isSampled = sampled != nil
        blocks = sampled?.jointBlocks ?? []
        let stream = RandomStream(seed: settings.seed, purpose: "trace")
        (start, signs, sharedSigns) = (stream.part("space"), stream.part("own signs"), stream.part("shared signs"))
        basis = Basis(dimension: dimension)
        next = Tensor(start.normals(dimension))
        knownDiagonal = .zeros([dimension], .float64)
        knownForms = weights.map { _ in 0 }
        strata = [SliceDraws(0..<dimension, of: dimension, weights, ranges.count)]
    }

    mutating func estimate(
        _ operator: some SymmetricOperator, progress: (Int, Double) -> Void
    ) throws -> TraceEstimate {
        try findSpace(`operator`, progress)
        while basis.count < dimension, products < budget {
            let uncertain = strata.indices.first { strata[$0].degrees < Double(KrylovTrace.degreesToEnd) }
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
            converged: error <= settings.relativeError && isCertain, squaredFrobeniusNorm: squares, parts: parts,
            diagonal: diagonal, forms: isSampled ? [strata.reduce(knownForms) { zip($0, $1.means).map(+) }] : [],
            formsContainError: isSampled)
    }

    /// Whether the error itself is known well enough to end with.
    private var isCertain: Bool {
        basis.count == dimension || strata.allSatisfy { $0.degrees >= Double(KrylovTrace.degreesToEnd) }
    }

    /// Products for ‖A‖_F alone: draws, and vectors of a small space for it where the trace has none, without which the
    /// outlying eigenvalues would make the draws' mean and spread what chance makes them.
    private var normDraws: Int { min(KrylovTrace.sharedDraws, settings.maximumProducts - KrylovTrace.fewestDraws) }
    private var normVectors: Int {
        basis.count > 0 ? 0 : min(KrylovTrace.normSpace, settings.maximumProducts / 8, dimension)
    }
    /// Products for space and signs.
    private var budget: Int { settings.maximumProducts - normDraws - normVectors }

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
        } else if products + KrylovTrace.fewestDraws * blocks.count <= budget {
            try splitAndJudge(`operator`, progress)
        }
    }

    /// Draws until there are enough to tell the variance.
    private mutating func judge(_ operator: some SymmetricOperator, _ progress: (Int, Double) -> Void) throws {
        func draw(_ isShort: (SliceDraws) -> Bool) throws {
            for index in strata.indices {
                while isShort(strata[index]), products < budget { try self.draw(`operator`, index, progress) }
            }
        }
        // Of every block some first: without any its trace would be missing.
        try draw { $0.count < KrylovTrace.fewestDraws }
        try draw { $0.degrees < Double(KrylovTrace.degreesToJudge) }
    }

    /// Whether enough draws are needed to try them block by block, each block taking as many to be judged as all did.
    private func isWorthSplitting(_ variance: Double) -> Bool {
        let trial = blocks.count * strata[0].count
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
        func images(_ vectors: [Tensor]) throws -> [Tensor] {
            let images = products(`operator`, vectors).0
            guard images.allSatisfy(\.isFinite) else {
                throw CurvatureError.notFinite(what: "a product of the operator")
            }
            return images
        }
        var space = basis, squares = knownSquares, image = next
        for _ in 0..<normVectors {
            space.appendOrthonormalised(image, scale: scale, start.part("more"))
            image = try images([space[space.count - 1]])[0]
            squares += image.dot(image)
            products += 1
        }
        guard space.count < dimension else { return (squares, 0) }
        let blocks = space.rounded(to: .float64)
        let vectors = (0..<normDraws).map { Tensor(sharedSigns.signs(dimension, epoch: UInt32($0))) }
        let (value, error) = meanAndError(try images(KrylovTrace.outside(blocks, vectors)).map { $0.dot($0) })
        products += normDraws
        return (squares + value, error)
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
