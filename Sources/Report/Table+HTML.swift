import Statistics

extension Table {
    /// For a browser: a `table` with its caption and headings, in a box of its own that scrolls sideways where the table
    /// is wider than the screen. Its `id` is `table-` and the label.
    public var html: String { html(id: "table-" + HTML.identifier(label), heading: nil) }

    /// - Parameters:
    ///   - id: of the table, unique in the page
    ///   - heading: before the caption: `Table 3`
    func html(id: String, heading: String?) -> String {
        let numeric = columns.indices.map(isNumeric)
        func style(_ column: Int) -> [(String, String)] { numeric[column] ? [("class", "number")] : [] }
        let headings = columns.enumerated().map { column, heading in
            HTML.element("th", [("scope", "col")] + style(column), escapedForHTML(heading.title))
        }
        let body = rows.map { row in
            let cells = row.enumerated().map { column, cell in
                // What a row is about stands first, where that is no number.
                column == 0 && !numeric[0]
                    ? HTML.element("th", [("scope", "row")], cell.html)
                    : HTML.element("td", style(column), cell.html)
            }
            return HTML.element("tr", [], cells.joined())
        }
        // The caption's text is as wide as the box, not as the table, and stays where the table scrolls.
        let caption = HTML.element(
            "caption", [("id", id + "-caption")],
            HTML.element(
                "span", [],
                (heading.map { HTML.element("strong", [], escapedForHTML($0) + ".") + " " } ?? "")
                    + HTML.inline(self.caption)))
        let table = HTML.element(
            "table", [("id", id)],
            [
                caption, HTML.element("thead", [], HTML.element("tr", [], headings.joined())),
                HTML.element("tbody", [], body.joined(separator: "\n")),
            ].joined(separator: "\n"))
        // The keyboard scrolls what it can reach.
        let box = [("class", "wide"), ("role", "region"), ("aria-labelledby", id + "-caption"), ("tabindex", "0")]
        return HTML.element("div", box, table)
    }
}

extension Table.Cell {
    /// The cell as markup.
    fileprivate var html: String {
        if case .verdict(let verdict) = self { return verdict.badge }
        return escapedForHTML(written(.plain))
    }
}

extension Verdict {
    /// The verdict as a coloured badge with a sign and a word: the colour says nothing that they don't.
    var badge: String {
        let (name, sign) =
            switch self {
            case .reproduced: ("reproduced", "✓")
            case .notReproduced: ("not-reproduced", "✗")
            case .undecided: ("undecided", "?")
            }
        let mark = HTML.element("span", [("aria-hidden", "true")], sign)
        return HTML.element("span", [("class", "verdict \(name)")], "\(mark) \(escapedForHTML(words))")
    }
}
