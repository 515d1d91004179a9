import Foundation
import Report
import Statistics

/// How well one tagger of a file of scores does.
public struct ScoreEvaluation: Sendable, Codable {
    public let name: String
    public let path: String
    public let column: String
    public let scale: ScoreScale
    public let evaluation: Evaluation

    /// Evaluates each tagger by itself: their jets need not be the same. Cost: O(n log n) for each.
    ///
    /// - Throws: `StatisticsError`.
    public static func all(_ files: [ScoreFile]) throws -> [ScoreEvaluation] {
        try zip(ScoreFile.names(files), files).map { name, file in
            ScoreEvaluation(
                name: name, path: file.path, column: file.column, scale: file.scale,
                evaluation: try Evaluation(file.jets))
        }
    }

    /// The taggers' ROC curves.
    public static func figure(_ files: [ScoreFile]) -> Figure {
        let jets = Set(files.map(\.jets.scores.count)).sorted()
        return Figure.roc(
            title: "ROC curves",
            subtitle: jets.count == 1 ? "\(jets[0]) jets" : "\(jets[0]) to \(jets[jets.count - 1]) jets",
            curves: zip(ScoreFile.names(files), files).map { ($0, ROCCurve($1.jets)) }, confidence: 0.95)
    }
}

extension ScoreTable {
    /// The taggers of files of scores, which are of the same jets.
    ///
    /// - Throws: ``ScoreFileError/jetsDiffer(file:other:row:)``.
    public init(_ files: [ScoreFile]) throws {
        precondition(!files.isEmpty, "a table of no taggers")
        for file in files.dropFirst() { try files[0].requireSameJets(as: file) }
        var names = Set<String>()
        let taggers = files.map { file -> Tagger in
            guard files.count > 1 else { return Tagger(logits: file.jets.scores) }
            let stem = ((file.path as NSString).lastPathComponent as NSString).deletingPathExtension
            let plain = (file.isOneOfSeveral ? file.column : file.variant.map { _ in file.name } ?? stem)
                .replacing(/[^A-Za-z0-9.-]+/, with: "_")
            // A number where two would have the same name.
            var name = plain, number = 2
            while !names.insert(name).inserted {
                name = "\(plain)_\(number)"
                number += 1
            }
            return Tagger(name: name, logits: file.jets.scores)
        }
        var attributes: [String: String] = [:]
        if files.count == 1 {
            attributes["variant"] = files[0].variant
            attributes["seed"] = files[0].seed.map { "\($0)" }
        }
        self.init(
            taggers, isSignal: files[0].jets.isSignal, index: files.lazy.compactMap(\.index).first,
            events: files.lazy.compactMap(\.events).first, attributes: attributes)
    }
}
