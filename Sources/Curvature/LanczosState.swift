import Foundation
import Networks
import Support
import Torch

/// How far a Lanczos iteration is: the basis, T, and on disk a file for each block, written once.
struct LanczosState {
    /// Columns of T that are known: products made.
    var columns: Int { ends.last! }
    private var basis: Basis
    /// Column j of T = QᵀAQ, for the rows that were there; the rest follows from symmetry.
    private var projections: [[Double]] = []
    /// Where the columns' blocks end.
    private var ends: [Int] = [0]
    private let block: Int
    private let random: RandomStream
    private let folder: String?
    private let identity: String
    private var scale = 0.0

    /// A new state, or the one that the folder holds.
    init(dimension: Int, block: Int, seed: UInt64, folder: String?, _ identity: String) throws {
        basis = Basis(dimension: dimension)
        random = RandomStream(seed: seed, purpose: "Lanczos")
        self.block = block
        self.folder = folder
        self.identity = "\(identity) dimension \(dimension) block \(block) seed \(seed)"
        for index in 0..<block {
            let vector = Tensor(random.normals(dimension, view: UInt32(index)))
            basis.appendOrthonormalised(vector, scale: 0, random.part("more"))
        }
        try read()
    }

    /// A new state with a first vector of one's own, that leaves nothing on disk.
    init(dimension: Int, first: Tensor, _ random: RandomStream) throws {
        basis = Basis(dimension: dimension)
        self.random = random
        (block, folder, identity) = (1, nil, "")
        basis.appendOrthonormalised(first, scale: 0, random.part("more"))
    }

    /// T's eigenvalues in ascending order and eigenvectors.
    struct Ritz {
        let values: [Double]
        /// [m, m], row-major, eigenvectors in columns.
        let vectors: [Double]
    }

    func ritz() -> Ritz {
        let m = columns
        guard m > 0 else { return Ritz(values: [], vectors: []) }
        var matrix = [Double](repeating: 0, count: m * m)
        for column in 0..<m {
            for row in 0..<m {
                // Symmetric but for rounding; known above the block and, by symmetry, below.
                let upper = row <= column ? projections[column][row] : projections[row][column]
                matrix[row * m + column] = upper
            }
        }
        let (values, vectors) = Tensor(matrix, shape: [m, m]).symmetricEigen()
        return Ritz(values: values.elements(Double.self), vectors: vectors.elements(Double.self))
    }

    /// ‖A(Qs) − θ(Qs)‖: what the last block's products have outside the basis of the columns, times s.
    func residual(of ritz: Ritz, _ index: Int) -> Double {
        let m = columns, start = ends[max(0, ends.count - 2)]
        var sum = 0.0
        for row in m..<basis.count {
            var element = 0.0
            for column in start..<m where row < projections[column].count {
                element += projections[column][row] * ritz.vectors[column * m + index]
            }
            sum += element * element
        }
        return sum.squareRoot()
    }

    /// Q s.
    func vector(of ritz: Ritz, _ index: Int) -> Tensor {
        basis.combination((0..<columns).map { ritz.vectors[$0 * columns + index] })
    }

    /// The basis vectors that are to be multiplied next, `count` at most.
    func nextBlock(_ count: Int) -> [Tensor] {
        (columns..<min(basis.count, columns + count)).map { basis[$0] }
    }

    /// Takes the products of ``nextBlock(_:)``, keeps them on disk, and makes the next block of the basis.
    mutating func append(_ products: [Tensor]) throws {
        try write(products)
        take(products)
    }

    private mutating func take(_ products: [Tensor]) {
        scale = max(scale, products.map(\.norm).max() ?? 0)
        for product in products {
            if basis.count < basis.dimension {
                let (coefficients, norm) = basis.appendOrthonormalised(product, scale: scale, random.part("more"))
                projections.append(coefficients + [norm])
            } else {
                projections.append(basis.coefficients(of: product))
            }
        }
        ends.append(columns + products.count)
    }

    // MARK: On disk

    private static let key = "goldstone"

    private func path(_ block: Int, in folder: String) -> String {
        "\(folder)/lanczos-\(String(format: "%04d", block)).safetensors"
    }

    /// Only the products are kept: the rest follows from them, to the same bits.
    private func write(_ products: [Tensor]) throws {
        guard let folder else { return }
        let entries = products.enumerated().map { index, product in
            SafetensorsEntry(name: "product-\(index)", shape: product.shape, values: product.elements(Double.self))
        }
        try Safetensors(tensors: entries, metadata: [LanczosState.key: identity])
            .write(to: path(ends.count, in: folder))
    }

    private mutating func read() throws {
        guard let folder else { return }
        while columns < basis.dimension {
            let file = path(ends.count, in: folder)
            guard FileManager.default.fileExists(atPath: file) else { return }
            let stored = try Safetensors(contentsOf: file)
            guard stored.metadata[LanczosState.key] == identity else {
                throw CurvatureError.otherState(path: file, reason: "other weights, jets, objective or settings")
            }
            let products = try nextBlock(basis.dimension - columns).indices.map { index in
                guard let entry = stored["product-\(index)"], entry.shape == [basis.dimension] else {
                    throw FileError.malformed(path: file, reason: "the tensor `product-\(index)` is missing")
                }
                return Tensor(try entry.doubles())
            }
            take(products)
        }
    }

    /// Removes what ``append(_:)`` wrote: the iteration is done.
    func removeFiles() {
        guard let folder, !Writing.isLeftToAnother else { return }
        for block in 1..<max(ends.count, 1) { try? FileManager.default.removeItem(atPath: path(block, in: folder)) }
    }
}
