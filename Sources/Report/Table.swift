import Statistics

/// A table that can be printed for a terminal, a Markdown page, a LaTeX paper, and a browser.
///
/// It is read back from JSON as it was written, its numbers to the last bit, so that what shows a table need not measure
/// again; see ``Table/Cell`` for how a cell is written.
public struct Table: Sendable, Equatable {
    /// What stands in a cell.
    public enum Cell: Sendable, Equatable {
        case text(String)
        /// A whole number, thousands apart.
        case count(Int)
        /// A number in so many significant digits.
        case number(Double, digits: Int = 4)
        /// A value ± its error, rounded by the error.
        case measured(Double, error: Double)
        /// A value with its interval's two ends as errors; “> lower end” where the upper end is infinite.
        case estimate(Estimate)
        /// What came of a claim: a word, and in a browser a colour too.
        case verdict(Verdict)
        /// Nothing to show.
        case missing
    }

    /// A column's heading.
    public struct Column: Sendable, Equatable, Codable {
        public let title: String
        /// The heading in LaTeX's own notation; nil where the escaped title will do.
        public let latex: String?

        public init(_ title: String, latex: String? = nil) {
            self.title = title
            self.latex = latex
        }
    }

    /// What the table shows: the networks, the data, what ± is.
    public let caption: String
    /// A short name, for references.
    public let label: String
    public let columns: [Column]
    public let rows: [[Cell]]

    /// - Precondition: every row has one cell a column.
    public init(caption: String, label: String, columns: [Column], rows: [[Cell]]) {
        for row in rows { precondition(row.count == columns.count, "\(row.count) cells for \(columns.count) columns") }
        self.caption = caption
        self.label = label
        self.columns = columns
        self.rows = rows
    }

    /// For a terminal: columns aligned by spaces, a rule below the headings.
    public var plain: String {
        let cells = [columns.map(\.title)] + rows.map { $0.map { $0.written(.plain) } }
        let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return isNumeric(column) ? space + cell : cell + space
            }
            let text = padded.joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return ([caption, "", line(cells[0]), rule] + cells.dropFirst().map(line)).joined(separator: "\n") + "\n"
    }

    /// For a Markdown page (GitHub's tables).
    public var markdown: String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        let heading = line(columns.map { Cell.text($0.title).written(.markdown) })
        let rule = line(columns.indices.map { isNumeric($0) ? "---:" : "---" })
        let body = rows.map { row in line(row.map { $0.written(.markdown) }) }
        let caption = Cell.text(caption).written(.markdown)
        return ([caption, "", heading, rule] + body).joined(separator: "\n") + "\n"
    }

    /// For a LaTeX paper: a `table` environment with the rules of the package `booktabs`.
    public var latex: String {
        func line(_ cells: [String]) -> String { "    " + cells.joined(separator: " & ") + " \\\\" }
        let alignment = columns.indices.map { isNumeric($0) ? "r" : "l" }.joined()
        let heading = line(columns.map { $0.latex ?? escapedForLaTeX($0.title) })
        let body = rows.map { row in line(row.map { $0.written(.latex) }) }
        let lines =
            [
                "% needs \\usepackage{booktabs}", "\\begin{table}", "  \\centering",
                "  \\caption{\(escapedForLaTeX(caption))}", "  \\label{tab:\(label)}",
                "  \\begin{tabular}{\(alignment)}", "    \\toprule", heading, "    \\midrule",
            ] + body + ["    \\bottomrule", "  \\end{tabular}", "\\end{table}"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// True for a column of numbers, which is aligned to the right.
    func isNumeric(_ column: Int) -> Bool {
        !rows.contains {
            switch $0[column] {
            case .text, .verdict: true
            default: false
            }
        }
    }
}
