import Curvature
import Foundation
import Networks
import Support
import Torch

/// Eigenvectors of a tagger's Hessian as they lie in `eigenvectors.safetensors`: tensors `eigenvector-1`,
/// `eigenvector-2`, … of type float, [P] each in the order of the parameters, of unit length, with their eigenvalues and
/// the digest of the weights they belong to in the metadata.
public struct EigenvectorFile: Sendable {
    public let path: String
    /// `eigenvector 1` and so on, in the file's order.
    public let directions: [Direction]
    /// ``TrainedTagger/digest`` of the weights.
    public let weights: String

    private struct Metadata: Codable {
        let eigenvalues: [Double]
        let weights: String
    }

    /// Reads a file.
    ///
    /// - Throws: `SafetensorsError` where it is damaged; `FileError` where tensors and metadata don't agree or a vector
    ///   has no unit length.
    public init(contentsOf path: String) throws {
        let file = try Safetensors(contentsOf: path)
        func malformed(_ reason: String) -> FileError { .malformed(path: path, reason: reason) }
        guard let text = file.metadata[TrainedTagger.metadataKey],
            let metadata = try? JSONDecoder().decode(Metadata.self, from: Data(text.utf8))
        else { throw malformed("its metadata `goldstone` do not give eigenvalues and the digest of the weights") }
        guard metadata.eigenvalues.count == file.tensors.count else {
            throw malformed("it has \(file.tensors.count) tensors but \(metadata.eigenvalues.count) eigenvalues")
        }
        directions = try metadata.eigenvalues.enumerated().map { index, eigenvalue in
            guard let tensor = file["eigenvector-\(index + 1)"] else {
                throw malformed("the tensor `eigenvector-\(index + 1)` is missing")
            }
            let direction = Direction(
                name: "eigenvector \(index + 1)", vector: Tensor(try tensor.floats()), eigenvalue: eigenvalue)
            guard abs(direction.norm - 1) < 1e-4 else {
                throw malformed("`\(tensor.name)` has length \(direction.norm), not 1")
            }
            return direction
        }
        self.path = path
        weights = metadata.weights
    }

    /// The eigenvectors of `tagger` among those of several files.
    ///
    /// - Throws: ``LandscapeError`` where no file belongs to its weights.
    public static func directions(in files: [EigenvectorFile], for tagger: TrainedTagger, at path: String) throws
        -> [Direction]
    {
        let digest = tagger.digest
        guard let file = files.first(where: { $0.weights == digest }) else {
            throw LandscapeError.eigenvectorsOfOtherWeights(weights: path, files: files.map(\.path))
        }
        let count = tagger.theta.count
        guard let other = file.directions.first(where: { $0.vector.count != count }) else { return file.directions }
        throw FileError.malformed(
            path: file.path, reason: "`\(other.name)` has \(other.vector.count) components, but the weights have \(count)")
    }
}

/// What can be wrong with a landscape that is asked for.
public enum LandscapeError: Error, CustomStringConvertible, Equatable {
    case eigenvectorsOfOtherWeights(weights: String, files: [String])
    case tooFewEigenvectors(weights: String, have: Int, need: Int, part: String)
    case noEncoderLayers(weights: String)

    public var description: String {
        switch self {
        case .eigenvectorsOfOtherWeights(let weights, let files):
            "none of \(files.joined(separator: ", ")) has the eigenvectors of \(weights): they belong to other weights; run "
                + "`goldstone curvature \(weights)` and give its eigenvectors.safetensors"
        case .tooFewEigenvectors(let weights, let have, let need, let part):
            "\(part) needs \(need) eigenvectors, but there are \(have) of \(weights): run `goldstone curvature` for more"
        case .noEncoderLayers(let weights):
            "\(weights) has no encoder layers, so it has no layers' Jacobians: leave `jacobians` out"
        }
    }
}

extension TrainedTagger {
    /// SHA-256 of the weights as they lie in memory: P floats, little-endian, in the order of the parameters.
    public var digest: String { Digest.of(bytesOf: theta.elements(Float.self)) }
}
