import Torch

/// The vectors of a trace's estimate so far, and their products: all methods but Krylov's (``KrylovTrace``).
///
/// Random signs are drawn again where they are needed, and with XTrace their products are what Q and R say, so that only
/// Q and AQ are kept: 8n bytes a product.
struct TraceSketch {
    private let method: TraceMethod
    private let dimension: Int
    private let ranges: [NamedRange]
    private let stream: RandomStream
    /// Vectors drawn so far, and which of them estimate.
    private var drawn = 0
    private var probes: [Int] = []
    /// Q, orthonormal, whose range is that of the sketched vectors' products; and AQ.
    private var range: Basis, rangeImages: Basis
    /// QᵀAQ and (AQ)ᵀAQ.
    private var h: [[Double]] = [], squares: [[Double]] = []
    /// R of Y = QR, column by column (XTrace).
    private var columns: [[Double]] = []
    /// For each probe Qᵀω; ωᵀy and ‖y‖² with y = Aω; and for Hutch++ y itself, Qᵀy and (AQ)ᵀy.
    private var shadows: [[Double]] = [], ownForms: [Double] = [], ownNorms: [Double] = []
    private var images: Basis
    private var imageShadows: [[Double]] = [], imageOverlaps: [[Double]] = []
    /// Sums over the probes' diagonals (Hutchinson).
    private var diagonals: Diagonals
    /// The products of all vectors lie in Q's range: what it gives is exact.
    private var isExhausted = false
    private var scale = 0.0
    private(set) var products = 0
    /// For each probe, what each slice contributes to ωᵀAω.
    private(set) var forms: [[Double]] = []

    init(_ operator: some SymmetricOperator, _ settings: TraceSettings, _ ranges: [NamedRange]) {
        method = settings.method
        dimension = `operator`.dimension
        self.ranges = ranges
        stream = RandomStream(seed: settings.seed, purpose: "trace")
        (range, rangeImages, images) = (
            Basis(dimension: dimension), Basis(dimension: dimension), Basis(dimension: dimension)
        )
        diagonals = Diagonals(dimension, ranges)
    }

    /// Products that one more probe takes.
    private var price: Int {
        switch method {
        case .hutchinson, .krylov: 1
        case .xTrace: 2
        case .hutchPlusPlus: 3
        }
    }

    /// Whether a further probe would be within the number of products, and of use.
    func canGrow(_ maximum: Int) -> Bool { products + price <= maximum && !isExhausted }

    /// Adds probes for about `count` products.
    mutating func grow(_ operator: some SymmetricOperator, by count: Int, atMost maximum: Int) throws {
        var added = max(1, min(count / price, (maximum - products) / price))
        if method != .hutchinson { added = min(added, dimension - range.count) }
        let new = draw(added), vectors = new.map(sign)
        let found = try multiply(`operator`, vectors, keepingForms: true)
        for (vector, image) in zip(vectors, found) {
            shadows.append(range.coefficients(of: vector))
            ownForms.append(vector.dot(image))
            ownNorms.append(image.dot(image))
            if method == .hutchinson { diagonals.add(vector * image) }
            if method == .hutchPlusPlus {
                images.append(image)
                imageShadows.append(range.coefficients(of: image))
                imageOverlaps.append(rangeImages.coefficients(of: image))
            }
        }
        probes += new
        switch method {
        case .hutchinson, .krylov: break
        case .xTrace: try extendRange(`operator`, found)
        case .hutchPlusPlus:
            try extendRange(`operator`, try multiply(`operator`, draw(added).map(sign), keepingForms: false))
        }
    }

    /// The numbers of new vectors.
    private mutating func draw(_ count: Int) -> [Int] {
        defer { drawn += count }
        return Array(drawn..<drawn + count)
    }

    private func sign(_ number: Int) -> Tensor { Tensor(stream.signs(dimension, epoch: UInt32(number))) }

    private mutating func multiply(_ operator: some SymmetricOperator, _ vectors: [Tensor], keepingForms: Bool) throws
        -> [Tensor]
    {
        let found: [Tensor]
        if let sampled = `operator` as? any SampledOperator {
            let (products, slices) = sampled.productsAndForms(vectors)
            found = products
            if keepingForms { forms += slices }
        } else {
            found = `operator`.products(vectors)
        }
        guard found.allSatisfy(\.isFinite) else { throw CurvatureError.notFinite(what: "a product of the operator") }
        products += vectors.count
        return found
    }

    private mutating func extendRange(_ operator: some SymmetricOperator, _ found: [Tensor]) throws {
        scale = max(scale, found.map(\.norm).max() ?? 0)
        let before = range.count
        for image in found {
            let (rest, coefficients) = range.orthogonalised(image), norm = rest.norm
            guard norm > 1e-12 * scale, range.count < dimension else {
                // What this vector has beyond the others' range is rounding: they have found all there is.
                isExhausted = true
                columns.append(coefficients)
                continue
            }
            range.append(rest / norm)
            columns.append(coefficients + [norm])
        }
        if range.count == dimension { isExhausted = true }
        let added = before..<range.count
        for image in try multiply(`operator`, added.map { range[$0] }, keepingForms: false) {
            rangeImages.append(image)
        }
        for index in added {
            let image = rangeImages[index]
            extend(&h, index, range.coefficients(of: image))
            extend(&squares, index, rangeImages.coefficients(of: image))
        }
        for probe in probes.indices {
            let vector = sign(probes[probe])
            shadows[probe] += range.coefficients(of: vector, from: shadows[probe].count)
            if method == .hutchPlusPlus {
                imageShadows[probe] += range.coefficients(of: images[probe], from: imageShadows[probe].count)
                imageOverlaps[probe] += rangeImages.coefficients(of: images[probe], from: imageOverlaps[probe].count)
            }
        }
    }

    /// Row and column `index` of a symmetric matrix, up to the diagonal.
    private func extend(_ matrix: inout [[Double]], _ index: Int, _ column: [Double]) {
        for row in 0..<index { matrix[row].append(column[row]) }
        matrix.append(Array(column.prefix(index + 1)))
    }

    // MARK: Estimates

    /// What each probe says.
    struct Draw {
        let trace: Double
        let squaredNorm: Double
    }

    /// What each probe says of tr(A) and ‖A‖²_F. Cost: k³ for k probes.
    func draws() -> [Draw] {
        let left = directions()
        let trace = range.indices.reduce(0) { $0 + h[$1][$1] }
        let norm = range.indices.reduce(0) { $0 + squares[$1][$1] }
        return probes.indices.map { probe in
            let s = left?[probe], x = without(s, shadows[probe])
            let (shadow, overlap) = imageProjections(probe)
            // rᵀAr and ‖Ar‖² of r = ω − Qx, whose product is y − AQx.
            let outside = ownForms[probe] - 2 * dot(x, shadow) + dot(x, times(h, x))
            let outsideNorm = ownNorms[probe] - 2 * dot(x, overlap) + dot(x, times(squares, x))
            return Draw(
                trace: trace - (s.map { dot($0, times(h, $0)) } ?? 0) + outside,
                squaredNorm: norm - (s.map { dot($0, times(squares, $0)) } ?? 0) + max(0, outsideNorm))
        }
    }

    /// Qᵀy and (AQ)ᵀy of a probe's product y, which with XTrace is Q times a column of R.
    private func imageProjections(_ probe: Int) -> (shadow: [Double], overlap: [Double]) {
        switch method {
        case .hutchinson, .krylov: return ([], [])
        case .hutchPlusPlus: return (imageShadows[probe], imageOverlaps[probe])
        case .xTrace:
            let column = columns[probe] + Array(repeating: 0, count: range.count - columns[probe].count)
            return (column, times(h, column))
        }
    }

    /// The trace over each range and the diagonal, with standard errors. Cost: some passes over all vectors a probe.
    func parts() -> (parts: [TraceEstimate.Part], diagonal: (values: Tensor, standardErrors: Tensor)) {
        guard method != .hutchinson else { return diagonals.estimates }
        // diag(PA + AP − PAP)
        var known = Tensor.zeros([dimension], .float64)
        for index in range.indices {
            known = known + range[index] * (rangeImages[index] * 2 - range.combination(h[index]))
        }
        let left = directions()
        var sums = Diagonals(dimension, ranges)
        for probe in probes.indices {
            let s = left?[probe], x = without(s, shadows[probe])
            let rest = sign(probes[probe]) - range.combination(x)
            let image = method == .xTrace ? range.combination(columns[probe]) : images[probe]
            let product = image - rangeImages.combination(x)
            let outside = product - range.combination(without(s, range.coefficients(of: product)))
            var diagonal = known + rest * outside
            if let s {
                // What P₍ᵢ₎ = P − uuᵀ lacks of the three known terms.
                let u = range.combination(s), hs = times(h, s)
                let lacking = rangeImages.combination(s) * 2 - range.combination(hs) * 2 + u * dot(s, hs)
                diagonal = diagonal - u * lacking
            }
            sums.add(diagonal)
        }
        return sums.estimates
    }

    /// sᵢ of each probe, the direction of Q's range that it alone is the reason for; nil where no probe is a reason.
    private func directions() -> [[Double]]? {
        guard method == .xTrace, !isExhausted, !columns.isEmpty else { return nil }
        let k = columns.count
        let r = (0..<k * k).map { $0 / k <= $0 % k ? columns[$0 % k][$0 / k] : 0 }
        let inverse = Tensor(r, shape: [k, k]).upperTriangularInverse()
        return (0..<k).map { row in
            let s = inverse.select(0, row).elements(Double.self), norm = dot(s, s).squareRoot()
            return s.map { $0 / norm }
        }
    }
}

/// Mean and spread of diagonals, and of their sums over ranges.
private struct Diagonals {
    private let ranges: [NamedRange]
    private var count = 0.0
    private var sum: Tensor, squares: Tensor
    private var values: [[Double]]

    init(_ dimension: Int, _ ranges: [NamedRange]) {
        self.ranges = ranges
        sum = .zeros([dimension], .float64)
        squares = sum
        values = ranges.map { _ in [] }
    }

    mutating func add(_ diagonal: Tensor) {
        count += 1
        sum = sum + diagonal
        squares = squares + diagonal.squared()
        for (index, range) in ranges.enumerated() {
            let part = diagonal.narrowed(0, from: range.range.lowerBound, length: range.range.count)
            values[index].append(part.sum().item)
        }
    }

    var estimates: (parts: [TraceEstimate.Part], diagonal: (values: Tensor, standardErrors: Tensor)) {
        let mean = sum / count
        let variance =
            count > 1
            ? (squares / count - mean.squared()).clamped(from: 0) / (count - 1)
            : Tensor.full(mean.shape, .infinity, .float64)
        let parts = zip(ranges, values).map { range, values in
            let (value, error) = meanAndError(values)
            return TraceEstimate.Part(
                name: range.name, parameters: range.range.count, value: value, standardError: error)
        }
        return (parts, (mean, variance.sqrt()))
    }
}

/// x − s(sᵀx).
private func without(_ s: [Double]?, _ x: [Double]) -> [Double] {
    guard let s else { return x }
    let along = dot(s, x)
    return zip(x, s).map { $0 - along * $1 }
}

private func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

private func times(_ matrix: [[Double]], _ x: [Double]) -> [Double] { matrix.map { dot($0, x) } }
