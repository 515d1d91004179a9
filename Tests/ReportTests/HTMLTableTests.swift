import Report
import Statistics
import Testing

@Suite struct HTMLTableTests {
    private static let hostile = "</table><script>alert(\"1\")</script> & 'it' <!-- \u{0}\u{301}"
    private static let table = Table(
        caption: "Caption `code` \(hostile)", label: "my label/1",
        columns: [.init("variant"), .init("AUC \(hostile)"), .init("verdict"), .init("jets")],
        rows: [
            [.text(hostile), .measured(0.98746, error: 0.00052), .verdict(.reproduced), .count(104_704)],
            [.text("SEAL"), .missing, .verdict(.notReproduced), .count(999)],
            [.text(""), .number(1.5e-7, digits: 2), .verdict(.undecided), .missing],
        ])

    @Test func hasACaptionAndHeadingsForEveryRowAndColumn() throws {
        let page = try PageReading(Self.table.html)
        let table = try #require(page.all("table").first)
        #expect(table.attributes["id"] == "table-my-label-1")
        let caption = try #require(page.all("caption").first)
        #expect(caption.around.last == "table" && caption.text.contains("Caption code </table><script>"))
        #expect(page.all("code").map(\.text) == ["code"])
        let headings = page.all("th").filter { $0.around.contains("thead") }
        #expect(headings.map { $0.attributes["scope"] } == ["col", "col", "col", "col"])
        let rows = page.all("th").filter { $0.around.contains("tbody") }
        #expect(rows.map { $0.attributes["scope"] } == ["row", "row", "row"] && rows[1].text == "SEAL")
        #expect(page.all("tr").count == 4 && page.all("td").count == 9)
    }

    @Test func textIsNeverMarkup() throws {
        let page = try PageReading(Self.table.html)
        #expect(page.all("script").isEmpty)
        #expect(page.all("th").filter { $0.text.contains("<script>alert(\"1\")</script> & 'it' <!--") }.count == 2)
        #expect(escapedForHTML("<a href=\"x\" b='y'>&amp;") == "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;")
        #expect(escapedForHTML("a\u{0}\u{1B}\tb\r\n") == "a\u{FFFD}\u{FFFD}\tb\n")
        // One character with the sign on it, yet no markup.
        #expect(escapedForHTML("<\u{338}b") == "&lt;\u{338}b")
    }

    @Test func numbersAreAlignedAndReadAsInOtherMedia() throws {
        let page = try PageReading(Self.table.html)
        let numbers = page.all("td").filter { $0.attributes["class"] == "number" }.map(\.text)
        #expect(numbers == ["0.9875 ± 0.0005", "104,704", "–", "999", "1.5×10⁻⁷", "–"])
        let headings = page.all("th").filter { $0.attributes["class"] == "number" }
        #expect(headings.count == 2)
    }

    @Test func verdictsAreColouredAndSaidInWords() throws {
        let badges = try PageReading(Self.table.html).all("span").filter {
            $0.attributes["class"]?.hasPrefix("verdict") == true
        }
        #expect(badges.map(\.text) == ["✓ Reproduced", "✗ Not reproduced", "? Undecided"])
        #expect(Set(badges.compactMap { $0.attributes["class"] }).count == 3)
    }

    /// A wide table scrolls in a box that the keyboard reaches and a reader hears the name of.
    @Test func scrollsInABoxOfItsOwn() throws {
        let page = try PageReading(Self.table.html)
        let box = try #require(page.elements.first)
        #expect(box.name == "div" && box.attributes["tabindex"] == "0" && box.attributes["role"] == "region")
        let name = try #require(box.attributes["aria-labelledby"])
        #expect(page.elements.contains { $0.attributes["id"] == name && $0.name == "caption" })
    }
}
