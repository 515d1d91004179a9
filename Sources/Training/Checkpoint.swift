import Crypto
import Foundation
import Networks
import Support
import Torch

/// All that a training needs to go on as if it had not stopped.
///
/// Two files are kept, the newest and the one before; each is written whole under another name and then renamed, and
/// carries a digest of its content. Random numbers need no state: they are named by epoch and jet.
package struct Checkpoint {
    var theta: Tensor
    var best: Tensor
    var optimiser: Adam
    package var progress: State

    /// Where in the training it is.
    package struct State: Codable {
        /// What settings, jets and start the training has; another training does not go on from here.
        var fingerprint: String
        /// Epochs done.
        package var epoch = 0
        /// Batches done of the next.
        package var batch = 0
        var step = 0
        /// Sums over those batches: terms times samples, gradient norms.
        var termSums: [Double]
        var gradientNormSum = 0.0
        var samples = 0
        var history: TrainingHistory
        var isFinished = false
    }

    static let name = "checkpoint.safetensors"
    static let previousName = "checkpoint.previous.safetensors"

    func write(to folder: String) throws {
        if Writing.isLeftToAnother { return }
        let newest = "\(folder)/\(Checkpoint.name)"
        let state = String(decoding: try JSONEncoder.exact.encode(progress), as: UTF8.self)
        let vectors: [(String, Tensor)] = [
            ("theta", theta), ("best", best), ("first_moment", optimiser.firstMoment),
            ("second_moment", optimiser.secondMoment),
        ]
        let tensors = vectors.map { SafetensorsEntry(name: $0, shape: [$1.count], values: $1.elements(Float.self)) }
        let file = Safetensors(
            tensors: tensors, metadata: ["state": state, "digest": Checkpoint.digest(tensors, state)])
        if FileManager.default.fileExists(atPath: newest) {
            guard rename(newest, "\(folder)/\(Checkpoint.previousName)") == 0 else {
                throw FileError.cannotWrite(path: newest, reason: String(cString: strerror(errno)))
            }
        }
        try file.write(to: newest)
    }

    /// The newest checkpoint of a folder that is whole; nil where there is none. `warn` hears of damaged ones.
    static func newest(in folder: String, warn: (String) -> Void) -> Checkpoint? {
        for name in [name, previousName] {
            let path = "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            do {
                return try Checkpoint(contentsOf: path)
            } catch {
                warn("\(path) cannot be used (\(error)); the checkpoint before it is taken, if there is one")
            }
        }
        return nil
    }

    /// Reads one file.
    ///
    /// - Throws: `SafetensorsError`, `FileError`.
    package init(contentsOf path: String) throws {
        let file = try Safetensors(contentsOf: path)
        guard let state = file.metadata["state"], file.metadata["digest"] == Checkpoint.digest(file.tensors, state)
        else { throw FileError.malformed(path: path, reason: "its content does not have the digest that it states") }
        var count: Int?
        func vector(_ name: String) throws -> Tensor {
            guard let entry = file[name] else {
                throw FileError.malformed(path: path, reason: "the tensor `\(name)` is missing")
            }
            guard entry.dataType == .float32 else {
                throw FileError.malformed(
                    path: path, reason: "the tensor `\(name)` is of type \(entry.dataType.rawValue)")
            }
            let values = try entry.floats()
            guard values.count == count ?? values.count, !values.isEmpty else {
                throw FileError.malformed(
                    path: path, reason: "the tensor `\(name)` has \(values.count) numbers, and `theta` \(count ?? 0)")
            }
            count = values.count
            return Tensor(values)
        }
        do {
            progress = try JSONDecoder.exact.decode(State.self, from: Data(state.utf8))
        } catch {
            throw FileError.malformed(path: path, reason: "its state: \(error)")
        }
        let counts = [progress.epoch, progress.batch, progress.step, progress.samples]
        guard counts.allSatisfy((0..<1 << 40).contains) else {
            throw FileError.malformed(path: path, reason: "its state counts \(counts)")
        }
        theta = try vector("theta")
        best = try vector("best")
        optimiser = Adam(
            firstMoment: try vector("first_moment"), secondMoment: try vector("second_moment"), step: progress.step)
    }

    init(theta: Tensor, best: Tensor, optimiser: Adam, progress: State) {
        self.theta = theta
        self.best = best
        self.optimiser = optimiser
        self.progress = progress
    }

    /// SHA-256 over the tensors by name and the state's text.
    package static func digest(_ tensors: [SafetensorsEntry], _ state: String) -> String {
        var hash = SHA256()
        for tensor in tensors.sorted(by: { $0.name < $1.name }) {
            hash.update(data: Data(tensor.name.utf8))
            hash.update(data: tensor.bytes)
        }
        hash.update(data: Data(state.utf8))
        return hash.finalize().map { String(format: "%02x", $0) }.joined()
    }
}

/// The checkpoints of a training that is over and whose results are kept.
public enum Checkpoints {
    /// Removes a folder's checkpoints, where there are any.
    public static func remove(from folder: String) {
        for name in [Checkpoint.name, Checkpoint.previousName] { unlink("\(folder)/\(name)") }
    }
}

extension JSONEncoder {
    static var exact: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }
}

extension JSONDecoder {
    static var exact: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }
}
