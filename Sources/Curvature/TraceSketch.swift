import Torch

/// The vectors of a trace's estimate so far, and their products.
struct TraceSketch {
    private let method: TraceMethod
    private let dimension: Int
    private let stream: RandomStream
    private var drawn = 0
    /// Q, orthonormal, whose range is that of the sketched vectors' products; and AQ.
    private var range: Basis, rangeImages: Basis
    /// R of Y = QR, column by column (XTrace).
    private var columns: [[Double]] = []
    /// The vectors that estimate what lies outside, and their products.
    private var probes: Basis, images: Basis
    /// The products of all vectors lie in Q's range: what it gives is exact.
    private var isExhausted = false
    private var scale = 0.0
    private(set) var products = 0
    /// For each probe, what each slice contributes to zᵀAz.
    private(set) var forms: [[Double]] = []

    init(_ operator: some SymmetricOperator, _ settings: TraceSettings) {
        method = settings.method
        dimension = `operator`.dimension
        stream = RandomStream(seed: settings.seed, purpose: "trace")
        (range, rangeImages) = (Basis(dimension: dimension), Basis(dimension: dimension))
        (probes, images) = (Basis(dimension: dimension), Basis(dimension: dimension))
    }

    /// Products that one more probe takes.
    private var price: Int {
        switch method {
        case .hutchinson: 1
        case .xTrace: 2
        case .hutchPlusPlus: 3
        }
    }

    /// Whether a further probe would be within the number of products, and of use.
    func canGrow(_ maximum: Int) -> Bool {
        products + price <= maximum && !isExhausted && (method == .hutchinson || range.count < dimension)
    }

    /// Adds probes for about `count` products.
    mutating func grow(_ operator: some SymmetricOperator, by count: Int, atMost maximum: Int) throws {
        var added = max(1, min(count / price, (maximum - products) / price))
        if method != .hutchinson { added = min(added, dimension - range.count) }
        let signs = (0..<added).map { _ in draw() }
        let found = try multiply(`operator`, signs, keepingForms: true)
        for (sign, image) in zip(signs, found) {
            probes.append(sign)
            images.append(image)
        }
        switch method {
        case .hutchinson: break
        case .xTrace: try extendRange(`operator`, found)
        case .hutchPlusPlus:
            let sketched = (0..<added).map { _ in draw() }
            try extendRange(`operator`, try multiply(`operator`, sketched, keepingForms: false))
        }
    }

    private mutating func draw() -> Tensor {
        defer { drawn += 1 }
        return Tensor(stream.signs(dimension, epoch: UInt32(drawn)))
    }

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
                isExhausted = true
                continue
            }
            range.append(rest / norm)
            columns.append(coefficients + [norm])
        }
        if range.count == dimension { isExhausted = true }
        for image in try multiply(`operator`, (before..<range.count).map { range[$0] }, keepingForms: false) {
            rangeImages.append(image)
        }
    }

    // MARK: Estimates

    /// What each probe says.
    struct Draw {
        let trace: Double
        let squaredNorm: Double
    }

    /// What each probe says of tr(A) and ‖A‖²_F. Cost: products of k × n with n × k matrices.
    func draws() -> [Draw] {
        let h = range.innerProducts(with: rangeImages)  // QᵀAQ
        let squares = rangeImages.innerProducts(with: rangeImages)  // (AQ)ᵀAQ
        let shadows = range.innerProducts(with: probes), rangeOnImages = range.innerProducts(with: images)
        let imagesOnImages = rangeImages.innerProducts(with: images), left = directions()
        let trace = range.indices.reduce(0) { $0 + h[$1][$1] }, norm = range.indices.reduce(0) { $0 + squares[$1][$1] }
        return (0..<probes.count).map { probe in
            let s = left?[probe], image = images[probe]
            let x = without(s, shadows.map { $0[probe] })
            // rᵀAr and ‖Ar‖² of r = ω − Qx, whose product is y − AQx.
            let outside =
                probes[probe].dot(image) - 2 * dot(x, rangeOnImages.map { $0[probe] }) + dot(x, times(h, x))
            let outsideNorm =
                image.dot(image) - 2 * dot(x, imagesOnImages.map { $0[probe] }) + dot(x, times(squares, x))
            return Draw(
                trace: trace - (s.map { dot($0, times(h, $0)) } ?? 0) + outside,
                squaredNorm: norm - (s.map { dot($0, times(squares, $0)) } ?? 0) + max(0, outsideNorm))
        }
    }

    /// The trace over each range and the diagonal, with standard errors. Cost: some passes over all vectors a probe.
    func parts(_ ranges: [NamedRange]) -> (
        parts: [TraceEstimate.Part], diagonal: (values: Tensor, standardErrors: Tensor)
    ) {
        let h = range.innerProducts(with: rangeImages), left = directions()
        // diag(PA + AP − PAP)
        var known = Tensor.zeros([dimension], .float64)
        for index in range.indices {
            known = known + range[index] * (rangeImages[index] * 2 - range.combination(h.map { $0[index] }))
        }
        var sum = Tensor.zeros([dimension], .float64), squares = sum
        var values = ranges.map { _ in [Double]() }
        for probe in 0..<probes.count {
            let s = left?[probe], x = without(s, range.coefficients(of: probes[probe]))
            let rest = probes[probe] - range.combination(x), image = images[probe] - rangeImages.combination(x)
            let outside = image - range.combination(without(s, range.coefficients(of: image)))
            var diagonal = known + rest * outside
            if let s {
                let u = range.combination(s), hs = times(h, s)
                // What P₍ᵢ₎ = P − uuᵀ lacks of the three known terms.
                diagonal =
                    diagonal - u * (rangeImages.combination(s) * 2 - range.combination(hs) * 2 + u * dot(s, hs))
            }
            sum = sum + diagonal
            squares = squares + diagonal.squared()
            for (index, range) in ranges.enumerated() {
                let part = diagonal.narrowed(0, from: range.range.lowerBound, length: range.range.count)
                values[index].append(part.sum().item)
            }
        }
        let k = Double(probes.count), mean = sum / k
        let variance = (squares / k - mean.squared()).clamped(from: 0) / max(1, k - 1)
        let parts = zip(ranges, values).map { range, values in
            let (value, error) = meanAndError(values)
            return TraceEstimate.Part(
                name: range.name, parameters: range.range.count, value: value, standardError: error)
        }
        return (parts, (mean, variance.sqrt()))
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

/// x − s(sᵀx).
private func without(_ s: [Double]?, _ x: [Double]) -> [Double] {
    guard let s else { return x }
    let along = dot(s, x)
    return zip(x, s).map { $0 - along * $1 }
}

private func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

private func times(_ matrix: [[Double]], _ x: [Double]) -> [Double] { matrix.map { dot($0, x) } }
