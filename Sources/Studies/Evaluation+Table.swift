import Report
import Statistics

extension Evaluation {
    /// Accuracy, ROC-AUC and background rejection in one row for each tagger.
    ///
    /// - Parameter shown: the jets and the networks, for the caption
    public static func table(_ rows: [(name: String, evaluation: Evaluation)], showing shown: String) -> Table {
        Table(
            caption: "\(shown). Errors: 95 % intervals from the number of jets (accuracy: Wilson; ROC-AUC: DeLong; "
                + "background rejection 1/ε_B at a signal efficiency ε_S: Wilson).",
            label: "evaluation",
            columns: [.init("tagger"), .init("accuracy"), .init("ROC-AUC")] + rejectionColumns,
            rows: rows.map { name, evaluation in
                [.text(name), .estimate(evaluation.accuracy), .estimate(evaluation.rocAUC)]
                    + evaluation.operatingPoints.map { .estimate($0.backgroundRejection) }
            })
    }
    /// A column for the background rejection at each signal efficiency.
    static var rejectionColumns: [Table.Column] {
        signalEfficiencies.map {
            .init("1/ε_B at ε_S = \($0)", latex: "$1/\\varepsilon_B$ at $\\varepsilon_S = \($0)$")
        }
    }
}
