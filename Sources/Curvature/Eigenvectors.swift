import Foundation
import Networks
import Support
import Torch

/// Eigenvectors on disk: `eigenvectors.safetensors` holds tensors `eigenvector-1`, `eigenvector-2`, …, float [n], in the
/// flat order of the parameters, and in its metadata what they belong to.
public struct Eigenvectors: Sendable {
    public var description: Description
    /// Float [n] each.
    public var vectors: [Tensor]

    /// What the vectors belong to.
    public struct Description: Sendable, Codable, Equatable {
        public var eigenvalues: [Double]
        public var residuals: [Double]
        /// SHA-256 of the weights' bytes.
        public var weights: String
        /// The loss: terms and weights.
        public var objective: String
        /// The names of the parameters that the vectors are of, in order.
        public var parameters: [String]

        /// One eigenvalue and residual a vector; `weights` and `objective` say of what.
        public init(
            eigenvalues: [Double], residuals: [Double], weights: String, objective: String, parameters: [String]
        ) {
            self.eigenvalues = eigenvalues
            self.residuals = residuals
            self.weights = weights
            self.objective = objective
            self.parameters = parameters
        }
    }

    /// Vectors, float [n] each, in the order of the description's eigenvalues.
    public init(description: Description, vectors: [Tensor]) {
        self.description = description
        self.vectors = vectors
    }

    private static let key = "goldstone"

    /// Writes them whole. Throws `FileError`.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(description), as: UTF8.self)
        let entries = vectors.enumerated().map { index, vector in
            SafetensorsEntry(
                name: "eigenvector-\(index + 1)", shape: [vector.count], values: vector.elements(Float.self))
        }
        try Safetensors(tensors: entries, metadata: [Eigenvectors.key: text, "format": "pt"]).write(to: path)
    }

    /// Reads what ``write(to:)`` wrote.
    ///
    /// - Throws: `SafetensorsError` where the file is damaged; `FileError` where it is no file of eigenvectors.
    public init(contentsOf path: String) throws {
        let file = try Safetensors(contentsOf: path)
        guard let text = file.metadata[Eigenvectors.key] else {
            throw FileError.malformed(path: path, reason: "its metadata have no `\(Eigenvectors.key)`")
        }
        do {
            description = try JSONDecoder().decode(Description.self, from: Data(text.utf8))
        } catch {
            throw FileError.malformed(path: path, reason: "its metadata `\(Eigenvectors.key)`: \(error)")
        }
        vectors = try description.eigenvalues.indices.map { index in
            guard let entry = file["eigenvector-\(index + 1)"], entry.shape.count == 1 else {
                throw FileError.malformed(path: path, reason: "the vector `eigenvector-\(index + 1)` is missing")
            }
            return Tensor(try entry.floats())
        }
    }
}
