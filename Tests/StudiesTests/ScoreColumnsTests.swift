import Columns
import Foundation
import HDF5
import Statistics
import Studies
import Testing

/// Files of scores with names, formats and scales of other people's choosing.
private final class Folder {
    let path = NSTemporaryDirectory() + "score-columns-\(UUID())"
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func text(_ name: String, _ lines: [String]) throws -> String {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }
}

@Suite struct ScoreColumnsTests {
    private let folder: Folder
    private let logits = [-1.5, 0.25, 2, -0.5, 0.75, -3, 0, 40]
    private let labels = [0, 1, 1, 0, 0, 0, 1, 1]

    init() throws { folder = try Folder() }

    private func lines(_ header: String, _ row: (Int) -> [Any]) -> [String] {
        [header] + logits.indices.map { row($0).map { "\($0)" }.joined(separator: ",") }
    }

    private func probability(_ row: Int) -> Double { 1 / (1 + exp(-logits[row])) }

    @Test func `Every column that is nothing else is a tagger`() throws {
        let path = try folder.text(
            "a.csv", lines("one,is_signal,two,event,index") { [logits[$0], labels[$0], -logits[$0], $0 / 2, $0 + 10] })
        let files = try ScoreColumns().read(path)
        #expect(files.map(\.column) == ["one", "two"] && files.map(\.name) == ["one", "two"])
        #expect(files[0].jets.scores == logits && files[1].jets.scores == logits.map { -$0 })
        #expect(files.allSatisfy { $0.jets.isSignal == labels.map { $0 == 1 } })
        #expect(files[0].events == logits.indices.map { Int64($0 / 2) } && files[0].index?.first == 10)
    }

    @Test func `Probabilities give the figures of their logits`() throws {
        let path = try folder.text("a.csv", lines("p,label") { [probability($0), labels[$0]] })
        let file = try ScoreFile(contentsOf: path)
        #expect(file.scale == .probabilities && file.reason == .values && file.name == path)
        for (found, wanted) in zip(file.jets.scores, logits) where wanted < 30 { #expect(abs(found - wanted) < 1e-12) }
        // 1 / (1 + e^−40) is 1 in double.
        #expect(file.jets.scores[7] == .infinity)
        let own = try ScoredJets(scores: logits, isSignal: labels.map { $0 == 1 })
        #expect(try Evaluation(file.jets).rocAUC == Evaluation(own).rocAUC)
        #expect(try Evaluation(file.jets).accuracy == Evaluation(own).accuracy)
        #expect(try abs(Evaluation(file.jets).binaryCrossEntropy - Evaluation(own).binaryCrossEntropy) < 1e-12)
    }

    @Test func `What scores are is said, or told by name, or by values`() throws {
        let inside = try folder.text(
            "a.csv", lines("s,my_Logit,label") { [0.1 * Double($0), 0.1 * Double($0), labels[$0]] })
        let files = try ScoreColumns().read(inside)
        #expect(files.map(\.column) == ["s", "my_Logit"] && files.map(\.scale) == [.probabilities, .logits])
        #expect(files.map(\.reason) == [.values, .name])
        var given = ScoreColumns()
        given.scale = .logits
        #expect(try given.read(inside).map(\.scale) == [.logits, .logits])
        given.scale = .probabilities
        given.scores = ["s"]
        let outside = try folder.text("b.csv", lines("s,label") { [logits[$0], labels[$0]] })
        let error = #expect(throws: ScoreFileError.self) { try given.read(outside) }
        #expect(error == .notProbability(file: outside, column: "s", row: 0, value: -1.5))
    }

    @Test func `Names that say logit come before the others`() throws {
        let both = try folder.text("a.csv", lines("logit,score,label") { [logits[$0], probability($0), labels[$0]] })
        #expect(try ScoreColumns().read(both).map(\.column) == ["logit"])
        let many = try folder.text(
            "b.csv", lines("a_logit,a_score,b_logit,label") { [logits[$0], probability($0), 1, labels[$0]] })
        #expect(try ScoreColumns().read(many).map(\.column) == ["a_logit", "b_logit"])
        let error = #expect(throws: ScoreFileError.self) { try ScoreFile(contentsOf: many) }
        #expect(error == .severalColumns(file: many, columns: ["a_logit", "b_logit"]))
    }

    @Test func `Labels of another file, and of another length`() throws {
        let scores = try folder.text("s.csv", lines("s") { [logits[$0]] })
        var columns = ScoreColumns()
        columns.labels = try folder.text("y.csv", lines("any") { [labels[$0]] })
        #expect(try columns.read(scores)[0].jets.isSignal == labels.map { $0 == 1 })
        columns.labels = try folder.text("z.csv", lines("any") { [labels[$0]] }.dropLast())
        let error = #expect(throws: ScoreFileError.self) { try columns.read(scores) }
        #expect(error?.description.contains("any has 7 rows for 8 scores") == true)
        let none = #expect(throws: ScoreFileError.self) { try ScoreColumns().read(scores) }
        #expect(none?.description.contains("--labels") == true)
    }

    @Test func `Weights are refused, or left aside`() throws {
        let path = try folder.text("a.csv", lines("s,weight,label") { [logits[$0], 1, labels[$0]] })
        #expect(throws: ScoreFileError.weights(file: path, column: "weight")) { try ScoreColumns().read(path) }
        var columns = ScoreColumns()
        columns.ignoresWeights = true
        #expect(try columns.read(path).map(\.column) == ["s"])
    }

    @Test func `Labels that are neither 0 nor 1, one class, and nothing but labels`() throws {
        let path = try folder.text("a.csv", lines("s,label") { [logits[$0], $0 == 5 ? -1 : labels[$0]] })
        #expect(throws: ScoreFileError.label(file: path, column: "label", row: 5, label: -1)) {
            try ScoreColumns().read(path)
        }
        let single = try folder.text("b.csv", lines("s,label") { [logits[$0], 1] })
        #expect(throws: ScoreFileError.self) { try ScoreColumns().read(single) }
        let empty = try folder.text("c.csv", lines("label") { [labels[$0]] })
        #expect(throws: ScoreFileError.noScores(file: empty, columns: ["label"])) { try ScoreColumns().read(empty) }
    }

    @Test(arguments: ScoreFormat.allCases)
    func `What is written is read again`(format: ScoreFormat) throws {
        let source = try folder.text(
            "a.csv", lines("x y,z,label,event") { [logits[$0], -logits[$0], labels[$0], $0 / 3] })
        let files = try ScoreColumns().read(source)
        let path = "\(folder.path)/out/\(format.fileName)"
        try ScoreTable(files).write(to: path, as: format)
        let again = try ScoreColumns().read(path)
        #expect(again.map(\.column) == ["x_y_logit", "z_logit"] && again.map(\.scale) == [.logits, .logits])
        for (old, new) in zip(files, again) {
            #expect(
                old.jets.scores == new.jets.scores && old.jets.isSignal == new.jets.isSignal && old.events == new.events
            )
        }
        #expect(try ColumnFile(path).read(numbers: ["z_score"]).numbers[0][0] == 1 / (1 + exp(-1.5)))
    }

    @Test func `Files of other jets make no table`() throws {
        let first = try folder.text("a.csv", lines("s,label") { [logits[$0], labels[$0]] })
        let second = try folder.text("b.csv", lines("s,label") { [logits[$0], 1 - labels[$0]] })
        let files = try [first, second].flatMap { try ScoreColumns().read($0) }
        #expect(throws: ScoreFileError.jetsDiffer(file: first, other: second, row: 0)) { try ScoreTable(files) }
    }
}
