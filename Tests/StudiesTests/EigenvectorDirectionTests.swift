import Curvature
import Foundation
import Networks
import Studies
import Support
import Testing
import Torch

struct EigenvectorDirectionTests {
    private let scratch = Scratch()

    private func file(
        _ tagger: TrainedTagger, _ vectors: [Tensor], _ eigenvalues: [Double], parameters: [String]? = nil
    ) throws -> (path: String, eigenvectors: Eigenvectors) {
        let names = parameters ?? tagger.network.parameters.entries.map(\.name)
        let description = Eigenvectors.Description(
            eigenvalues: eigenvalues, residuals: eigenvalues.map { _ in 0 }, weights: tagger.digest,
            objective: "1.0 bce", parameters: names)
        let path = scratch.path("eigenvectors.safetensors")
        try Eigenvectors(description: description, vectors: vectors).write(to: path)
        return (path, try Eigenvectors(contentsOf: path))
    }

    private func unit(_ count: Int, _ name: String) -> Tensor {
        Direction.isotropic(name, count: count, seed: 1).vector
    }

    @Test func `They come by descending eigenvalue, from the file of their weights`() throws {
        let first = try InventedTagger(seed: 1).tagger, second = try InventedTagger(seed: 2).tagger
        let count = first.theta.count, vectors = ["a", "b", "c"].map { unit(count, $0) }
        let files = [
            try file(second, [vectors[2]], [9]), try file(first, vectors, [3, -1, 8]),
        ]
        let found = try Eigenvectors.directions(in: files, for: first, at: "weights")
        #expect(found.map(\.eigenvalue) == [8, 3, -1])
        #expect(found.map(\.name) == ["eigenvector 1", "eigenvector 2", "eigenvector 3"])
        #expect((found[0].vector.to(.float64) - vectors[2]).norm < 1e-6)
        #expect(try Eigenvectors.directions(in: files, for: second, at: "weights").map(\.eigenvalue) == [9])
    }

    @Test func `Files of other weights are refused by name`() throws {
        let first = try InventedTagger(seed: 1).tagger, other = try InventedTagger(seed: 2).tagger
        let file = try file(other, [unit(other.theta.count, "a")], [1])
        let error = #expect(throws: LandscapeError.self) {
            try Eigenvectors.directions(in: [file], for: first, at: "runs/weights.safetensors")
        }
        #expect(error?.description.contains("runs/weights.safetensors") == true)
        #expect(error?.description.contains(file.path) == true)
    }

    @Test func `Vectors of some parameters leave the others where they are`() throws {
        let tagger = try InventedTagger().tagger, table = tagger.network.parameters
        let entries = table.entries.filter { $0.name.hasPrefix("head.") }, count = entries.reduce(0) { $0 + $1.count }
        let vector = unit(count, "a"), names = entries.map(\.name)
        let found = try Eigenvectors.directions(
            in: [try file(tagger, [vector], [2], parameters: names)], for: tagger, at: "weights")[0]
        let all = found.vector.elements(Float.self), start = entries[0].offset
        #expect(all.count == table.count && all[..<start].allSatisfy { $0 == 0 })
        #expect(Array(all[start...]) == vector.elements(Float.self))
    }

    @Test func `Vectors that don't fit, or have another length than 1, are errors that name file and vector`() throws {
        let tagger = try InventedTagger().tagger, count = tagger.theta.count
        for (vector, names) in [
            (unit(count - 1, "a"), nil), (unit(count, "a") * 2, nil), (unit(count, "a"), ["no.such.weight"]),
        ] {
            let file = try file(tagger, [vector], [2], parameters: names)
            let error = #expect(throws: FileError.self) {
                try Eigenvectors.directions(in: [file], for: tagger, at: "weights")
            }
            #expect(error?.description.contains(file.path) == true)
        }
    }
}
