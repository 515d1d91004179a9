import Foundation
import Jets
import Objectives
import Studies
import Support

/// The export of one tagger's weights to files: each form is made, compared with the tagger, and written.
public struct TaggerExport {
    /// One form and where it goes.
    public struct Target: Sendable, Hashable {
        public let form: ExportedTagger.Form
        public let path: String
    }

    /// What was written.
    public struct Written {
        public let path: String
        public let form: ExportedTagger.Form
        public let bytes: Int
        /// nil where no ONNX Runtime was at hand: the file is marked as unverified.
        public let check: LogitCheck?
        /// Where it was asked for.
        public let speed: [ExportedTagger.Speed]
    }

    /// The file that is exported.
    public let weights: String
    public let tagger: TrainedTagger
    public let targets: [Target]

    /// Reads weights and says which files they become: `NAME.features.onnx`, `NAME.momenta.onnx`, `NAME.trigger.onnx`,
    /// beside the weights under their own name, or in a folder under that of variant and seed.
    ///
    /// - Parameters:
    ///   - forms: as far as the network has them; nil asks for features and momenta
    ///   - folder: nil for that of the weights
    /// - Throws: ``ExportError`` where the file is too large to be exported; what reading weights throws.
    public init(weights path: String, forms: [ExportedTagger.Form]?, folder: String?) throws {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        if let size, size > ExportedTagger.largestModel {
            throw ExportError.failed(
                weights: path, .tooLarge(bytes: size, largest: ExportedTagger.largestModel))
        }
        weights = path
        tagger = try TrainedTagger(contentsOf: path)
        let description = tagger.description
        let name =
            if let folder {
                "\(folder)/\(fileName(of: description.variant))-seed-\(description.seed)"
            } else {
                (path as NSString).deletingPathExtension
            }
        let possible: [ExportedTagger.Form] = tagger.network.seesFeatures ? [.features, .momenta] : [.momenta]
        targets = (forms ?? possible).map { Target(form: $0, path: "\(name).\($0.rawValue).onnx") }
    }

    /// The first `count` of some jets as the tagger expects them.
    public func jets(_ count: Int, of jets: JetData) -> TaggingData {
        let input = tagger.description.input
        var data = TaggingData(
            jets.subset(Array(0..<min(count, jets.count))), signal: input.signal, jetSum: input.jetSum)
        data.scaling = input.scaling
        return data
    }

    /// Makes, compares and writes one form. Nothing is left of one that does not agree with the tagger.
    ///
    /// - Parameters:
    ///   - source: what the jets are, in the plural
    ///   - runtime: nil leaves the file unverified
    ///   - measuresSpeed: whether a jet's time is taken, too
    /// - Throws: ``ExportError``, `FileError`.
    public func write(
        _ target: Target, jets: TaggingData, source: String, runtime: ONNXRuntime?, measuresSpeed: Bool,
        _ reducer: Reducer
    ) throws -> Written {
        do {
            return try made(target, jets: jets, source: source, runtime, measuresSpeed, reducer)
        } catch let error as ExportError {
            throw ExportError.failed(weights: weights, error)
        }
    }

    private func made(
        _ target: Target, jets: TaggingData, source: String, _ runtime: ONNXRuntime?, _ measuresSpeed: Bool,
        _ reducer: Reducer
    ) throws -> Written {
        let exported = try ExportedTagger(tagger, as: target.form)
        let check = try runtime.map { try exported.check(on: jets, source: source, with: $0, reducer) }
        let speed = measuresSpeed ? try runtime.map { try exported.speed(on: jets, with: $0) } ?? [] : []
        try exported.write(to: target.path, checked: check)
        let size = try FileManager.default.attributesOfItem(atPath: target.path)[.size] as? Int
        return Written(path: target.path, form: target.form, bytes: size ?? 0, check: check, speed: speed)
    }

    /// - Throws: ``ExportError/sameFile(_:first:second:)`` where two exports would be written to one file.
    public static func requireDistinct(_ exports: [TaggerExport]) throws {
        var owners: [String: String] = [:]
        for export in exports {
            for target in export.targets {
                if let other = owners[target.path] {
                    throw ExportError.sameFile(target.path, first: other, second: export.weights)
                }
                owners[target.path] = export.weights
            }
        }
    }
}

/// A variant's name as part of a file's: a student's has an arrow and may have spaces.
private func fileName(of variant: String) -> String {
    let words = variant.replacing("→", with: "to").split { !($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    return words.joined(separator: "-")
}
