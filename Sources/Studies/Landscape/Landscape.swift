import Curvature
import Foundation
import Objectives
import Report
import Support
import Torch

/// The landscapes of some taggers, side by side: measured part by part, each point kept as soon as it is there, and
/// written to a folder as results, tables and figures.
public struct Landscape: Sendable {
    public let subjects: [LandscapeSubject]
    public let settings: LandscapeSettings
    /// Where results go; `points` in it keeps what is done of unfinished parts.
    public let folder: String
    public let reducer: Reducer
    /// The pictures drawn of each figure.
    public let formats: [FigureRenderer.Format]

    /// - Precondition: there is a subject.
    public init(
        _ subjects: [LandscapeSubject], _ settings: LandscapeSettings, folder: String, reducer: Reducer,
        formats: [FigureRenderer.Format] = FigureRenderer.Format.allCases
    ) {
        precondition(!subjects.isEmpty, "a landscape needs a tagger")
        let names = subjects.map(\.name)
        // Two networks of one variant and seed are told apart by their files.
        self.subjects = subjects.map { subject in
            var subject = subject
            if names.count(where: { $0 == subject.name }) > 1 { subject.name += " (\(subject.path))" }
            return subject
        }
        self.settings = settings
        self.folder = folder
        self.reducer = reducer
        self.formats = formats
    }

    /// Measures a part, and writes `<part>.json`, `.md`, `.tex` and its figures.
    ///
    /// - Throws: ``LandscapeError``, `FileError`, `StatisticsError`; `Interrupted` on Ctrl-C, with all points kept.
    public func measure(_ part: LandscapePart) throws -> Findings {
        if ![.curve, .plane, .randomPlane].contains(part), !subjects.allSatisfy(\.hasJets) {
            throw SampleError.needsJets(part: part.rawValue)
        }
        return switch part {
        case .curve: try curves()
        case .plane: try planes()
        case .randomPlane: try randomPlanes()
        case .ratio: try ratios()
        case .goldstone: try goldstoneModes()
        case .margins: try margins()
        case .jacobians: try jacobians()
        case .flatness: try flatness()
        }
    }

    /// What a part's JSON file holds.
    struct Result<Body: Encodable>: Encodable {
        let part: LandscapePart
        let settings: LandscapeSettings
        let models: [Model]

        struct Model: Encodable {
            let weights: String
            /// ``TrainedTagger/digest``.
            let digest: String
            let tagger: String
            let variant: String
            let seed: UInt64
            let network: String
            let jets: Int
            let result: Body
        }
    }

    func write(_ part: LandscapePart, _ bodies: [some Encodable], _ table: Table, _ figures: [Figure]) throws
        -> Findings
    {
        let models = zip(subjects, bodies).map { subject, body in
            Result.Model(
                weights: subject.path, digest: subject.loss.digest, tagger: subject.name,
                variant: subject.loss.variant, seed: subject.loss.seed, network: subject.loss.summary,
                jets: subject.loss.sampleCount, result: body)
        }
        try writeJSON(Result(part: part, settings: settings, models: models), to: "\(folder)/\(part.rawValue).json")
        return try .write([table], figures, name: part.rawValue, to: folder, formats: formats)
    }

    // MARK: What pieces belong to

    /// Where the points of a measurement are kept, and the digest of all that decides them.
    package struct Place {
        package let path: String, identity: String
    }

    /// - Parameters:
    ///   - name: tells the measurement from others of the subject
    ///   - directions: what it goes along
    ///   - others: what else decides it
    package func place(
        _ subject: LandscapeSubject, _ name: String, _ directions: [Direction] = [], _ others: [any Encodable]
    )
        throws -> Place
    {
        let texts = try others.map { try $0.described }
        let vectors = directions.flatMap {
            [
                $0.name, "\($0.eigenvalue ?? .nan)",
                $0.vector.to(.float32).contiguous().withElements(Float.self) { Digest.of(UnsafeRawBufferPointer($0)) },
            ]
        }
        let identity = Digest.of([name, "\(reducer.sliceSize)"] + subject.identity + vectors + texts)
        return Place(path: "\(folder)/points/\(name)-\(identity.prefix(16)).jsonl", identity: identity)
    }

    /// What a progress line says is being done.
    func label(_ part: LandscapePart, _ subject: LandscapeSubject, _ detail: String? = nil) -> String {
        "\(part.rawValue)  \(subject.name)" + (detail.map { "  \($0)" } ?? "")
    }
}

extension Encodable {
    /// As text with sorted keys, to be part of a digest.
    fileprivate var described: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
