import Curvature
import Foundation
import Objectives
import Support
import Torch

extension LandscapeSubject {
    /// The leading eigenvectors of the Hessian of the cross-entropy (of the loss, for samples of someone's own) on what is measured on, by Lanczos iteration.
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
            return try Eigenvectors.directions(in: [(path, found)], for: loss, at: self.path)
        }
        let objective = try loss.objective(
            [TermDescription(name: loss.ownTerm, weight: 1)], SymmetrySettings(), seed: 1, first: loss.sampleCount)
        let hessian = HessianOperator(
            of: objective, at: loss.theta, samples: Array(0..<loss.sampleCount), reducer: reducer)
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
            eigenvalues: result.pairs.map(\.value), residuals: result.pairs.map(\.residual), weights: loss.digest,
            objective: "1.0 \(loss.ownTerm)", parameters: hessian.parameters.entries.map(\.name))
        let found = Eigenvectors(description: description, vectors: result.pairs.map(\.vector))
        try found.write(to: path)
        if let state = lanczos.folder { try? FileManager.default.removeItem(atPath: state) }
        // As the file has them, in float: the next start must find the same.
        return try Eigenvectors.directions(
            in: [(path, try Eigenvectors(contentsOf: path))], for: loss, at: self.path)
    }
}
