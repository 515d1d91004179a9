import ArgumentParser
import Foundation
import Jets
import Objectives
import Studies
import Support

/// The weights of several trainings, measured one after the other on the same jets.
struct TaggerSet: ParsableArguments {
    @Argument(help: "weights.safetensors of one or more trainings; those of one variant are averaged over their seeds.")
    var weights: [String]

    func validate() throws {
        var seen = Set<String>()
        if let twice = weights.first(where: { !seen.insert($0).inserted }) {
            throw ValidationError("\(twice) is named twice: it would count as two seeds.")
        }
    }

    /// A tagger with the jets that it is measured on.
    struct Case {
        let path: String
        let tagger: TrainedTagger
        let jets: JetData
        let data: TaggingData
        /// What a result of it depends on: weights and jets.
        let identity: [String]

        var name: String { "\(tagger.description.variant), seed \(tagger.description.seed)" }
    }

    /// What `robustness.json` and `transfer.json` hold for each training.
    struct Entry<Result: Codable & Sendable>: Encodable {
        let weights: String
        let training: OfTraining<Result>

        private enum Key: String, CodingKey { case weights }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(weights, forKey: .weights)
            try training.encode(to: encoder)
        }
    }

    /// Measures each; what was measured before is read from `folder`, where one is given.
    ///
    /// - Parameters:
    ///   - kind: the first part of the kept files' names
    ///   - settings: what a result depends on beside weights and jets
    func measure<Result: Codable & Sendable>(
        _ kind: String, settings: some Encodable, keptIn folder: String?,
        read: (TrainedTagger) throws -> (jets: JetData, data: TaggingData),
        isCollapsed: (Result) -> Bool, _ body: (Case) throws -> Result
    ) throws -> (entries: [Entry<Result>], last: Case) {
        let taggers = try weights.map { (path: $0, tagger: try TrainedTagger(contentsOf: $0)) }
        try requireComparable(taggers)
        // Ctrl-C then leaves what is kept; without a folder it ends at once.
        if folder != nil { Interruption.listen() }
        var entries: [Entry<Result>] = [], last: Case?
        for (path, tagger) in taggers {
            let description = tagger.description
            // Reading takes longer than many a measurement.
            let source: (jets: JetData, data: TaggingData) =
                if let last, last.tagger.description.input == description.input {
                    (last.jets, last.data)
                } else {
                    try read(tagger)
                }
            let text = String(decoding: try Support.json(settings), as: UTF8.self)
            let identity = [
                try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { Digest.of($0) },
                source.jets.fingerprint().sha256,
                Digest.of(source.jets.index.map { "\($0)" }), text, Environment.version,
            ]
            let next = Case(path: path, tagger: tagger, jets: source.jets, data: source.data, identity: identity)
            let kept = folder.map { "\($0)/\(kind)/\(description.variant)-seed-\(description.seed).json" }
            do {
                let result = try KeptResult.at(kept, identity: identity) { try body(next) }
                let training = OfTraining(
                    variant: description.variant, seed: description.seed, collapsed: isCollapsed(result), result)
                if training.collapsed {
                    log("warning: \(next.name) has collapsed to a constant output: it is not averaged in")
                }
                entries.append(Entry(weights: path, training: training))
            } catch is Interrupted {
                throw Interrupted(state: folder)
            }
            last = next
        }
        return (entries, last!)
    }

    private func requireComparable(_ taggers: [(path: String, tagger: TrainedTagger)]) throws {
        var paths: [String: String] = [:]
        func classes(_ tagger: TrainedTagger) -> String {
            "\(tagger.description.input.signal) against \(tagger.description.input.background)"
        }
        for (path, tagger) in taggers {
            if classes(tagger) != classes(taggers[0].tagger) {
                throw ValidationError(
                    "\(taggers[0].path) tells \(classes(taggers[0].tagger)), \(path) \(classes(tagger)): only taggers of the "
                        + "same two classes can be compared.")
            }
            let name = "\(tagger.description.variant), seed \(tagger.description.seed)"
            if let other = paths[name] {
                throw ValidationError(
                    "\(other) and \(path) are both \(name): they would count as two seeds of one variant. Give one of "
                        + "them at a time.")
            }
            paths[name] = path
        }
    }
}

/// Numbers with commas between them, which may begin with a minus sign as separate arguments may not.
struct NumberList: ExpressibleByArgument {
    let values: [Double]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        values = parts.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
        if values.count < parts.count { return nil }
    }
}
