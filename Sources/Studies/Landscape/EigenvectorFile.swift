import Curvature
import Foundation
import Networks
import Support
import Torch

extension Eigenvectors {
    /// The vectors of these that belong to some weights, as directions in all of its parameters: where they are of
    /// some parameters only, the others stay. By descending eigenvalue.
    ///
    /// - Parameters:
    ///   - files: paths and what lies there
    ///   - path: the weights' path, for errors
    /// - Throws: ``LandscapeError`` where no file belongs to the weights; `FileError` where a vector does not fit them or
    ///   has no unit length.
    public static func directions(
        in files: [(path: String, eigenvectors: Eigenvectors)], for subject: any LossCase, at path: String
    ) throws -> [Direction] {
        try directions(in: files, digest: subject.digest, subject.parameters, at: path)
    }

    /// As ``directions(in:for:at:)``, of a tagger.
    public static func directions(
        in files: [(path: String, eigenvectors: Eigenvectors)], for tagger: TrainedTagger, at path: String
    ) throws -> [Direction] {
        try directions(in: files, digest: tagger.digest, tagger.network.parameters, at: path)
    }

    private static func directions(
        in files: [(path: String, eigenvectors: Eigenvectors)], digest: String, _ table: ParameterTable,
        at path: String
    ) throws -> [Direction] {
        guard let (file, found) = files.first(where: { $0.eigenvectors.description.weights == digest }) else {
            throw LandscapeError.eigenvectorsOfOtherWeights(weights: path, files: files.map(\.path))
        }
        func malformed(_ reason: String) -> FileError { .malformed(path: file, reason: reason) }
        let names = Set(found.description.parameters)
        let unknown = names.subtracting(table.entries.map(\.name))
        guard unknown.isEmpty else { throw malformed("the network has no parameter `\(unknown.sorted()[0])`") }
        let own = table.entries.filter { names.contains($0.name) }
        let order = found.vectors.indices.sorted {
            found.description.eigenvalues[$0] > found.description.eigenvalues[$1]
        }
        return try order.enumerated().map { rank, index in
            let vector = found.vectors[index], count = own.reduce(0) { $0 + $1.count }
            guard vector.count == count else {
                throw malformed(
                    "`eigenvector-\(index + 1)` has \(vector.count) components, but its parameters \(count)")
            }
            let direction = Direction(
                name: "eigenvector \(rank + 1)", vector: spread(vector, own, over: table.count),
                eigenvalue: found.description.eigenvalues[index])
            guard abs(direction.norm - 1) < 1e-4 else {
                throw malformed("`eigenvector-\(index + 1)` has length \(direction.norm), not 1")
            }
            return direction
        }
    }

    /// A vector of some parameters in the place of theirs among all, zero elsewhere.
    private static func spread(_ vector: Tensor, _ entries: [ParameterTable.Entry], over count: Int) -> Tensor {
        var all = [Float](repeating: 0, count: count), start = 0
        let values = vector.elements(Float.self)
        for entry in entries {
            all.replaceSubrange(entry.offset..<entry.offset + entry.count, with: values[start..<start + entry.count])
            start += entry.count
        }
        return Tensor(all)
    }
}

/// What can be wrong with a landscape that is asked for.
public enum LandscapeError: Error, CustomStringConvertible, Equatable {
    case eigenvectorsOfOtherWeights(weights: String, files: [String])
    case tooFewEigenvectors(weights: String, have: Int, need: Int, part: String)
    case noEncoderLayers(weights: String)
    case noFeatures(weights: String)
    case noOutputLayer(weights: String)

    public var description: String {
        switch self {
        case .eigenvectorsOfOtherWeights(let weights, let files):
            "none of \(files.joined(separator: ", ")) has the eigenvectors of \(weights): they belong to other weights; run "
                + "`goldstone curvature` on these and give its eigenvectors.safetensors, or leave --eigenvectors out"
        case .tooFewEigenvectors(let weights, let have, let need, let part):
            "\(part) needs \(need) eigenvectors, but there are \(have) of \(weights): run `goldstone curvature` for more"
        case .noEncoderLayers(let weights):
            "\(weights) has no encoder layers, so it has no layers' Jacobians: leave `jacobians` out"
        case .noFeatures(let weights):
            "\(weights) is no function of the features, so it has no margins in them: leave `margins` out"
        case .noOutputLayer(let weights):
            "\(weights) does not end with weight and bias of a linear layer that gives the logit, so it has no relative "
                + "flatness: leave `flatness` out"
        }
    }
}
