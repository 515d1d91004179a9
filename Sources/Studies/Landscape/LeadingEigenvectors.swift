import Curvature
import Foundation
import Objectives
import Support
import Torch

extension LandscapeSubject {
    /// The leading eigenvectors of the Hessian of the cross-entropy on the jets measured on, by Lanczos iteration.
    ///
    /// They are written to `eigenvectors-<digest>.safetensors` in the folder, from where the next start takes them; a
    /// start that was stopped before goes on. A vector that has not converged is taken as it is, and said.
    ///
    /// - Parameters:
    ///   - count: how many
    ///   - log: hears of what has not converged
    /// - Throws: `CurvatureError`, `FileError`, `Interrupted`.
    public func leadingEigenvectors(
        _ count: Int, keptIn folder: String, _ reducer: Reducer, log: (String) -> Void = { _ in }
    ) throws -> [Direction] {
        let identity = Digest.of(identity + ["eigenvectors \(count), slices of \(reducer.sliceSize)"])
        let path = "\(folder)/eigenvectors-\(identity.prefix(16)).safetensors"
        if let found = try? Eigenvectors(contentsOf: path) {
            return try Eigenvectors.directions(in: [(path, found)], for: tagger, at: self.path)
        }
        let objective = TaggingObjective(
            network: tagger.network, data: data, terms: [WeightedTerm(BinaryCrossEntropy())], seed: 1)
        let hessian = HessianOperator(
            of: objective, at: tagger.theta, samples: Array(0..<data.count), reducer: reducer)
        var lanczos = Lanczos()
        lanczos.largest = count
        lanczos.folder = "\(folder)/points/lanczos-\(identity.prefix(16))"
        lanczos.identity = identity
        let progress = ProgressLine("eigenvectors  \(name)", total: Double(lanczos.maximumProducts), unit: "products")
        hessian.progress = { progress.advance(by: $0) }
        let result = try lanczos(hessian)
        progress.finish()
        for (place, pair) in result.pairs.enumerated() where !pair.converged {
            log("\(name): eigenvector \(place + 1) has not converged; its residual is \(pair.residual)")
        }
        let description = Eigenvectors.Description(
            eigenvalues: result.pairs.map(\.value), residuals: result.pairs.map(\.residual), weights: tagger.digest,
            objective: "1.0 bce", parameters: hessian.parameters.entries.map(\.name))
        let found = Eigenvectors(description: description, vectors: result.pairs.map(\.vector))
        try found.write(to: path)
        if let state = lanczos.folder { try? FileManager.default.removeItem(atPath: state) }
        // As the file has them, in float: the next start must find the same.
        return try Eigenvectors.directions(
            in: [(path, try Eigenvectors(contentsOf: path))], for: tagger, at: self.path)
    }
}
