import ArgumentParser
import Studies

/// Which columns of score files hold what.
struct ScoreSource: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A column with a tagger's scores; may be given several times. Default: `logit`; else those that end in _logit; else all columns that are nothing else.",
            valueName: "name"))
    var column: [String] = []

    @Option(
        help: ArgumentHelp(
            "The column with 1 for signal and 0 for background. Default: label, labels, is_signal, is_signal_new, target, truth, y or y_true.",
            valueName: "name"))
    var label: String?

    @Option(help: ArgumentHelp("A file that has the labels, where the scores' own hasn't.", valueName: "file"))
    var labels: String?

    @Option(
        help: ArgumentHelp(
            "The column with the number of the collision. Default: event, eventIndex, event_number or eventNumber, where one is there.",
            valueName: "name"))
    var event: String?

    @Option(
        help: ArgumentHelp(
            "What scores are: `logits` (any numbers that are cut at 0) or `probabilities` (cut at ½). Default: logits where the column's name has logit in it or a value lies outside of [0, 1]; else probabilities.",
            valueName: "scale"))
    var scale: ScoreScale?

    @Flag(help: "Leave columns of weights aside: every jet counts once. Without this they are refused.")
    var unweighted = false

    /// The taggers of the files.
    func read(_ paths: [String]) throws -> [ScoreFile] {
        var columns = ScoreColumns()
        columns.scores = column
        columns.label = label
        columns.labels = labels
        columns.event = event
        columns.scale = scale
        columns.ignoresWeights = unweighted
        let files = try paths.flatMap { try columns.read($0) }
        for file in files where file.reason == .values {
            log(
                "\(file.path): \(file.column) is taken for \(file.scale.rawValue), as "
                    + (file.scale == .probabilities ? "all values lie" : "not all values lie")
                    + " between 0 and 1; --scale says otherwise")
        }
        return files
    }

    /// Whether any flag of these was given.
    var isGiven: Bool {
        !column.isEmpty || label != nil || labels != nil || event != nil || scale != nil || unweighted
    }
}

extension ScoreScale: ExpressibleByArgument {}
extension ScoreFormat: ExpressibleByArgument {}
