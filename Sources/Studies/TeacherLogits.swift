import Foundation
import Networks
import Objectives
import Support
import Torch

/// A teacher's logits of all jets that its students learn from and are tested on, in the jets' order: computed once, and
/// kept in a file that knows which weights and jets it belongs to.
public struct TeacherLogits: Sendable, Equatable {
    public let training: [Double], validation: [Double], test: [Double]
    /// The digest of the weights and of the jets.
    public let identity: String

    private static let parts = ["training", "validation", "test"]

    /// Reads them from `path`; computes and writes them where the file is missing, damaged (`log` hears of it), or of
    /// other weights or jets. Cost: a digest of the jets, and a forward pass over them where nothing was kept.
    ///
    /// - Throws: `FileError` where the file can't be written.
    public init(
        of teacher: TrainedTagger, on data: StudyData, keptIn path: String, _ reducer: Reducer,
        log: (String) -> Void = { _ in }
    ) throws {
        let identity = try TeacherLogits.identity(of: teacher, on: data)
        let counts = [data.training, data.validation, data.test].map(\.count)
        if FileManager.default.fileExists(atPath: path) {
            do {
                let kept = try TeacherLogits(contentsOf: path)
                if kept.identity == identity, [kept.training, kept.validation, kept.test].map(\.count) == counts {
                    self = kept
                    return
                }
            } catch {
                log("\(path) cannot be used (\(error)); the teacher's logits are computed anew")
            }
        }
        let progress = ProgressLine(
            "logits of \(teacher.name)", total: Double(counts.reduce(0, +)), unit: "jets")
        func logits(_ part: TaggingData) -> [Double] {
            reducer.logits(teacher.network, at: teacher.theta, part, progress: { progress.advance(by: Double($0)) })
        }
        self.identity = identity
        training = logits(data.training)
        validation = logits(data.validation)
        test = logits(data.test)
        progress.finish()
        try write(to: path)
    }

    private func write(to path: String) throws {
        let tensors = zip(TeacherLogits.parts, [training, validation, test]).map {
            SafetensorsEntry(name: $0, shape: [$1.count], values: $1)
        }
        let digest = TeacherLogits.digest(tensors, identity)
        try Safetensors(tensors: tensors, metadata: ["identity": identity, "digest": digest]).write(to: path)
    }

    private init(contentsOf path: String) throws {
        let file = try Safetensors(contentsOf: path)
        guard let identity = file.metadata["identity"],
            file.metadata["digest"] == TeacherLogits.digest(file.tensors, identity)
        else { throw FileError.malformed(path: path, reason: "its content does not have the digest that it states") }
        func part(_ name: String) throws -> [Double] {
            guard let entry = file[name] else {
                throw FileError.malformed(path: path, reason: "the tensor `\(name)` is missing")
            }
            return try entry.doubles()
        }
        self.identity = identity
        training = try part("training")
        validation = try part("validation")
        test = try part("test")
    }

    private static func digest(_ tensors: [SafetensorsEntry], _ identity: String) -> String {
        let parts = tensors.sorted { $0.name < $1.name }.map { $0.name + $0.bytes.withUnsafeBytes { Digest.of($0) } }
        return Digest.of(parts + [identity])
    }

    /// The weights with their network, and the jets as they are shown to it, each with its label and place.
    private static func identity(of teacher: TrainedTagger, on data: StudyData) throws -> String {
        func text(_ value: some Encodable) throws -> String { String(decoding: try json(value), as: UTF8.self) }
        let parts = try [data.training, data.validation, data.test].flatMap { part in
            [
                part.digest(first: part.count), part.names.withUnsafeBytes { Digest.of($0) }, try text(part.scaling),
            ]
        }
        return Digest.of([try text(teacher.description.network), teacher.digest] + parts)
    }
}

extension TrainedTagger {
    /// Variant and seed, as results call it.
    public var name: String { "\(description.variant), seed \(description.seed)" }
}
