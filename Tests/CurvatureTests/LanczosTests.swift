import Curvature
import Fixtures
import Foundation
import Support
import Testing
import Torch

struct LanczosTests {
    /// Outlying values at both ends and a bulk, as a Hessian has.
    private let spectrum: [Double] = [9, 7, 6.5, -3, -2.5] + (0..<75).map { 0.01 * Double($0 - 20) }

    /// Numbers from 0 on, below 0.9.
    private func bulk(_ count: Int) -> [Double] { (0..<count).map { 0.9 * Double($0) / Double(count) } }

    @Test func `Both ends of a spectrum, in order, with unit vectors and true residuals`() throws {
        let (matrix, _) = matrix(eigenvalues: spectrum)
        var lanczos = Lanczos()
        (lanczos.largest, lanczos.smallest, lanczos.tolerance) = (3, 2, 1e-10)
        let result = try lanczos(matrix)
        #expect(result.converged)
        #expect(result.products < 80)
        #expect(largestDifference(result.pairs, [9, 7, 6.5, -2.5, -3]) < 1e-12)
        for pair in result.pairs {
            #expect(abs(pair.vector.norm - 1) < 1e-14)
            let residual = (matrix.product(pair.vector) - pair.vector * pair.value).norm
            #expect(abs(residual - pair.residual) < 1e-13)
            #expect(pair.residual < 1e-9)
            let elements = pair.vector.elements(Double.self)
            #expect(elements.max { abs($0) < abs($1) }! > 0)
        }
    }

    @Test func `By magnitude, and what power iteration finds`() throws {
        let (matrix, _) = matrix(eigenvalues: [4, -8] + Array(repeating: 0.5, count: 20))
        var lanczos = Lanczos()
        (lanczos.largestMagnitude, lanczos.tolerance) = (2, 1e-10)
        let result = try lanczos(matrix)
        #expect(largestDifference(result.pairs, [-8.0, 4]) < 1e-12)
        var vector = Tensor(RandomStream(seed: 1, purpose: "power").normals(22))
        for _ in 0..<200 {
            let product = matrix.product(vector)
            vector = product / product.norm
        }
        #expect(abs(abs(vector.dot(result.pairs[0].vector)) - 1) < 1e-12)
    }

    @Test(arguments: [1e-12, 1e12])
    func `The scale of the eigenvalues changes nothing else`(_ scale: Double) throws {
        let (plain, _) = matrix(eigenvalues: spectrum), (scaled, _) = matrix(eigenvalues: spectrum.map { $0 * scale })
        var lanczos = Lanczos()
        lanczos.tolerance = 1e-8
        let first = try lanczos(plain).pairs[0], second = try lanczos(scaled).pairs[0]
        #expect(second.converged)
        #expect(abs(second.value / scale - first.value) < 1e-10)
        #expect(abs(second.vector.norm - 1) < 1e-14)
        #expect(abs(first.vector.dot(second.vector) - 1) < 1e-10)
    }

    @Test func `Eigenvalues of multiplicity two, by a block of two`() throws {
        let (matrix, vectors) = matrix(eigenvalues: [5, 5, 3, 3] + bulk(40))
        var lanczos = Lanczos()
        (lanczos.largest, lanczos.tolerance, lanczos.blockSize) = (4, 1e-9, 2)
        let result = try lanczos(matrix)
        #expect(result.converged)
        #expect(largestDifference(result.pairs, [5.0, 5, 3, 3]) < 1e-10)
        // The two span the eigenspace, which eigh put into the last two columns for 5.
        let plane = Tensor.stacked([vectors.select(1, 0), vectors.select(1, 1)])
        for pair in result.pairs.prefix(2) { #expect(abs(plane.matmul(pair.vector).norm - 1) < 1e-8) }
        #expect(abs(result.pairs[0].vector.dot(result.pairs[1].vector)) < 1e-9)
    }

    @Test func `A basis that becomes invariant is left by a random vector`() throws {
        // Three different eigenvalues: any first vector spans an invariant space after three products.
        let result = try Lanczos.make { $0.largest = 4 }(Matrix(diagonal: [2, 2, 1, 1, 1, 0, 0, 0]))
        #expect(result.converged)
        #expect(largestDifference(result.pairs, [2.0, 2, 1, 1]) < 1e-12)
        #expect(result.products <= 8)
        let zero = try Lanczos.make { $0.largest = 2 }(Matrix(diagonal: [0, 0, 0]))
        #expect(zero.pairs.allSatisfy { $0.value == 0 && $0.converged && abs($0.vector.norm - 1) < 1e-14 })
        #expect(throws: CurvatureError.tooManyEigenpairs(wanted: 4, dimension: 3)) {
            try Lanczos.make { $0.largest = 4 }(Matrix(diagonal: [1, 2, 3]))
        }
    }

    @Test func `Close eigenvalues are told apart, or are not called converged`() throws {
        let (matrix, _) = matrix(eigenvalues: [1, 1 - 1e-6, 0.999] + bulk(60))
        let sharp = try Lanczos.make { ($0.largest, $0.tolerance) = (3, 1e-9) }(matrix)
        #expect(sharp.converged)
        #expect(largestDifference(sharp.pairs, [1, 1 - 1e-6, 0.999]) < 1e-11)
        let cut = try Lanczos.make { ($0.largest, $0.tolerance, $0.maximumProducts) = (3, 1e-9, 12) }(matrix)
        #expect(!cut.converged)
        for pair in cut.pairs {
            #expect(pair.converged == (pair.residual <= 1.5e-9 * abs(pair.value)))
        }
    }

    @Test func `Stopped anywhere and started again it ends with the same bits`() throws {
        let (matrix, _) = matrix(eigenvalues: spectrum)
        func vectors(_ result: Lanczos.Result) -> [[Double]] { result.pairs.map { $0.vector.elements() } }
        var lanczos = Lanczos()
        (lanczos.largest, lanczos.smallest, lanczos.blockSize) = (2, 1, 2)
        let whole = try lanczos(matrix)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        (lanczos.folder, lanczos.identity) = (folder, "these weights")
        for products in [4, 6, 12] {
            // An end after so many products leaves the files of a kill there.
            struct Stop: Error {}
            #expect(throws: Stop.self) {
                try lanczos(matrix) { made, _ in if made >= products { throw Stop() } }
            }
        }
        var first: Int?
        let resumed = try lanczos(matrix) { made, _ in first = first ?? made }
        #expect(first! >= 12)
        #expect(vectors(resumed) == vectors(whole))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        try #require(throws: Stop2.self) { try lanczos(matrix) { made, _ in if made >= 4 { throw Stop2() } } }
        lanczos.identity = "other weights"
        #expect(throws: CurvatureError.self) { try lanczos(matrix) }
    }

    private struct Stop2: Error {}
}

extension Lanczos {
    static func make(_ set: (inout Lanczos) -> Void) -> Lanczos {
        var lanczos = Lanczos()
        set(&lanczos)
        return lanczos
    }
}
