import Report
import Statistics

/// A page with everything that a page can hold, and texts that would like to be more than texts.
enum InventedPage {
    static let hostile = "</script></style><img src=x onerror=\"alert('1')\"> & <!-- ]]>"

    static func page(_ figures: [ReportFigure]) -> ReportPage {
        let table = Table(
            caption: "The claims. \(hostile)", label: "claims",
            columns: ["claim", "verdict", "decided by", "pairs", "found", "the paper", "p", "pairs to decide"].map {
                .init($0)
            },
            rows: [Verdict.reproduced, .notReproduced, .undecided].map { verdict in
                [
                    .text("the same ROC-AUC in distribution"), .verdict(verdict), .text("ROC-AUC in distribution"),
                    .count(6),
                    .estimate(Estimate(value: 0.0006, lower: -0.0011, upper: 0.0023, confidence: 0.9)), .missing,
                    .number(0.0016, digits: 2), .count(4),
                ]
            })
        return ReportPage(
            title: "Study `quick` \(hostile)", subtitle: "W against gluon, 32 constituents \(hostile)",
            sections: [
                .init(
                    id: "claims", title: "The paper's claims",
                    items: [
                        .verdicts([
                            .init(.reproduced, title: "(a) the same ROC-AUC", text: "It changes by 0.0006 \(hostile)."),
                            .init(.undecided, title: "(b) \(hostile)", text: "19 pairs of seeds would decide."),
                        ]),
                        .warnings(["seed 1: constrained not converged", hostile]), .table(table), .table(table),
                        .details(
                            title: "How each number was computed",
                            [.text("`ScoredJets` with midranks. A ` alone is one."), .list(["a", hostile])]),
                    ]),
                .init(id: "figures", title: hostile, items: figures.map { .figure($0) }),
                .init(
                    id: "claims", title: "What was run",
                    items: [.verbatim("name: quick\n\(hostile)\n"), .warnings([]), .list([])]),
            ])
    }

    /// A figure whose every text is hostile.
    static let hostileFigure: ReportFigure = {
        let panel = Panel.lines(
            [Line(hostile, x: [0, 1], y: [1, 2]), Line("b", x: [0, 1], y: [2, 1])], x: Axis(hostile), y: Axis("y"))
        let figure = Figure(name: "hos tile", title: hostile, subtitle: hostile, panels: [panel])
        return ReportFigure(
            name: figure.name, specification: figure.specification,
            drawing: "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='90'><!-- \"&amp;\" 100 % # --></svg>",
            files: [ReportLink("PDF", to: "figures/a b#c?d:e.pdf"), ReportLink("x", to: "javascript:alert(1)")])
    }()
}
