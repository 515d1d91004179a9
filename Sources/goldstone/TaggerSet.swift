import ArgumentParser
import Foundation
import Jets
import Objectives
import Studies
import Support

/// The weights of several trainings, measured one after the other on the same jets.
struct TaggerSet: ParsableArguments {
    @Argument(
        help: """
            weights.safetensors of one or more trainings, or PyTorch networks (.pt2, TorchScript); those of one variant are \
            averaged over their seeds.
            """)
    var weights: [String]

    func validate() throws {
        var seen = Set<String>()
        if let twice = weights.first(where: { !seen.insert($0).inserted }) {
            throw ValidationError("\(twice) is named twice: it would count as two seeds.")
        }
    }

    /// The taggers with their jets, one after the other: reading takes longer than many a measurement.
    ///
    /// - Parameters:
    ///   - folder: where results are kept; Ctrl-C then leaves what is kept, without a folder it ends at once
    ///   - open: the tagger of a path
    ///   - read: the jets that a tagger is measured on
    /// - Returns: what was measured of each, and the last tagger with its jets.
    func measure<Result>(
        keptIn folder: String?, open: (String) throws -> TrainedTagger,
        read: (TrainedTagger) throws -> (jets: JetData, data: TaggingData),
        _ body: (TaggerCase) throws -> MeasuredTagger<Result>
    ) throws -> (measured: [MeasuredTagger<Result>], last: TaggerCase) {
        let taggers = try weights.map { (path: $0, tagger: try open($0)) }
        try requireComparable(taggers)
        if folder != nil { Interruption.listen() }
        var measured: [MeasuredTagger<Result>] = [], last: TaggerCase?
        for (path, tagger) in taggers {
            let source: (jets: JetData, data: TaggingData) =
                if let last, last.tagger.description.input == tagger.description.input {
                    (last.jets, last.data)
                } else {
                    try read(tagger)
                }
            try tagger.check(on: source.data)
            let next = try TaggerCase(path: path, tagger: tagger, jets: source.jets, data: source.data)
            let result = try body(next)
            if result.training.collapsed {
                log("warning: \(next.name) has collapsed to a constant output: it is not averaged in")
            }
            measured.append(result)
            last = next
        }
        return (measured, last!)
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

extension Findings {
    /// Shows tables on standard output, warnings on standard error, and, where `folder` is given, where everything is.
    ///
    /// - Parameter name: of the results' files, without an ending
    func show(_ name: String, in folder: String?) {
        for table in tables { print(table.plain) }
        for warning in warnings { log("warning: \(warning)") }
        guard let folder else { return }
        print("results  \(folder)/\(name).json, \(name).md, \(name).tex")
        if figures.isEmpty { return }
        print("figures  " + figures.map { "\(folder)/\($0).svg" }.joined(separator: "\n         "))
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
