import Torch

/// Forms of slices with signs of their own in one block, draw after draw (`KrylovTrace`).
package struct SliceDraws {
    package let block: Range<Int>
    package private(set) var count = 0
    private let weights: [Double]
    /// For each slice its forms' sums and sums of squares about the first draw, over everything and over each range.
    private var first: [[Double]] = [], sums: [[Double]], squares: [[Double]]
    /// The same of the diagonals.
    private var diagonalSum: Tensor, diagonalSquares: Tensor

    package init(_ block: Range<Int>, of dimension: Int, _ weights: [Double], _ ranges: Int) {
        self.block = block
        self.weights = weights
        sums = weights.map { _ in Array(repeating: 0, count: ranges + 1) }
        squares = sums
        diagonalSum = .zeros([dimension], .float64)
        diagonalSquares = diagonalSum
    }

    package mutating func add(_ diagonal: Tensor, _ forms: [[Double]]) {
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

    /// How many degrees of freedom ``variance`` has: as many as a variance of one sample that is as uncertain,
    /// (n − 1)(Σ vₛ)²/Σ vₛ² for n draws of slices that add vₛ to it each (Welch 1947, Satterthwaite 1946). That is n − 1
    /// for every slice where all add alike, and n − 1 where one outweighs the others.
    package var degrees: Double {
        guard count > 1 else { return 0 }
        let parts = weights.indices.map { variance(0, of: $0) }, total = parts.reduce(0, +)
        let squares = parts.reduce(0) { $0 + $1 * $1 }
        // Slices whose draws all gave the same say nothing of who adds more.
        let alike = squares > 0 ? total * total / squares : Double(parts.count)
        return Double(count - 1) * alike
    }

    /// Each slice's mean.
    var means: [Double] {
        first.isEmpty ? weights.map { _ in 0 } : weights.indices.map { first[$0][0] + sums[$0][0] / Double(count) }
    }
    /// Σ wₛ times the slices' means.
    var mean: Double { mean(0) }
    /// The variance of a draw of it: Σ wₛ² times the slices' variances; infinite before the second draw.
    package var variance: Double { variance(0) }
    /// The mean's.
    var squaredError: Double { variance / Double(max(1, count)) }
    /// By how much one more draw lowers it.
    var nextGain: Double { count < 2 ? .infinity : squaredError / Double(count + 1) }

    /// Mean and squared standard error over a range.
    func part(_ range: Int) -> (mean: Double, squaredError: Double) {
        (mean(range + 1), variance(range + 1) / Double(count))
    }

    /// Mean and squared standard errors of the diagonal, which are infinite below two draws. All slices' signs differ, but
    /// their diagonals are not kept apart: the errors have n − 1 degrees of freedom.
    package var diagonal: (mean: Tensor, squaredErrors: Tensor) {
        let n = Double(count), mean = diagonalSum / n
        guard count > 1 else { return (mean, .full(mean.shape, .infinity, .float64)) }
        return (mean, (diagonalSquares / n - mean.squared()).clamped(from: 0) / (n - 1))
    }

    private func mean(_ index: Int) -> Double {
        first.isEmpty
            ? 0 : weights.indices.reduce(0) { $0 + weights[$1] * (first[$1][index] + sums[$1][index] / Double(count)) }
    }

    private func variance(_ index: Int) -> Double {
        count > 1 ? weights.indices.reduce(0) { $0 + variance(index, of: $1) } : .infinity
    }

    /// What a slice adds to the variance of a draw.
    private func variance(_ index: Int, of slice: Int) -> Double {
        let n = Double(count), sum = sums[slice][index]
        return weights[slice] * weights[slice] * max(0, squares[slice][index] - sum * sum / n) / (n - 1)
    }
}

extension SampledOperator {
    /// ``blocks``, neighbours joined until none holds less than a sixty-fourth of everything.
    package var jointBlocks: [Range<Int>] {
        func isSmall(_ block: Range<Int>) -> Bool { 64 * block.count < dimension }
        var joined: [Range<Int>] = []
        for block in blocks {
            if let last = joined.last, isSmall(last) {
                joined[joined.count - 1] = last.lowerBound..<block.upperBound
            } else {
                joined.append(block)
            }
        }
        // What is left over at the end.
        if let last = joined.last, isSmall(last), joined.count > 1 {
            joined.removeLast()
            joined[joined.count - 1] = joined[joined.count - 1].lowerBound..<last.upperBound
        }
        return joined
    }
}
