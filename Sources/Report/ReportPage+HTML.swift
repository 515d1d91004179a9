import Foundation
import Statistics

extension ReportPage {
    /// The whole page, well formed also as XML.
    ///
    /// Tables and figures are numbered through the page. A figure's chart is drawn by the browser when it comes into
    /// view; until then, without JavaScript and in print its picture stands there. Charts hold their numbers in
    /// ``chartDigits`` significant digits; the files beside the page have them in full.
    ///
    /// - Parameters:
    ///   - charts: the program that draws the charts, from ``FigureRenderer/chartProgram()``; nil leaves the pictures, and
    ///     the page says so
    ///   - still: pictures alone are wanted: no program, and not the charts' numbers
    /// - Throws: `EncodingError` where a specification can't be written.
    public func html(charts: String?, still: Bool = false) throws -> String {
        var writer = PageWriter(still: still)
        let body = try sections.map { section in
            let id = writer.unique(section.id)
            let items = try section.items.map { try writer.markup($0) }
            return (id: id, title: section.title, content: items.joined(separator: "\n"))
        }
        let contents = body.map { section in
            HTML.element("li", [], HTML.element("a", [("href", "#" + section.id)], HTML.inline(section.title)))
        }
        let parts = body.map { section in
            HTML.element(
                "section", [("id", section.id), ("aria-labelledby", section.id + "-title")],
                HTML.element("h2", [("id", section.id + "-title")], HTML.inline(section.title)) + "\n"
                    + section.content)
        }
        let notice =
            charts == nil && !still && writer.hasFigures
            ? HTML.element("p", [("class", "warnings"), ("role", "note")], escapedForHTML(PageWriter.noCharts)) : ""
        let button = HTML.element("button", [("type", "button"), ("id", "appearance"), ("hidden", "hidden")], "Dark")
        let header = HTML.element(
            "header", [],
            HTML.element(
                "div", [], HTML.element("h1", [], HTML.inline(title)) + HTML.element("p", [], HTML.inline(subtitle)))
                + button)
        let navigation = HTML.element(
            "nav", [("aria-label", "Contents")],
            HTML.element("h2", [], "Contents") + HTML.element("ol", [], contents.joined()))
        let main = HTML.element(
            "main", [("id", "main"), ("tabindex", "-1")], notice + "\n" + parts.joined(separator: "\n"))
        // As text, so that the browser reads the large program only when the first chart comes into view.
        let library = (still ? nil : charts).map {
            HTML.element("script", [("type", "text/plain"), ("id", "chart-program")], HTML.embedded(program: $0))
        }
        let script = HTML.element("script", [], HTML.embedded(program: PageWriter.script))
        let page = [
            HTML.element("a", [("class", "skip"), ("href", "#main")], "Skip to the results"), header,
            HTML.element("div", [("class", "columns")], navigation + "\n" + main), library ?? "", script,
        ].joined(separator: "\n")
        return "<!DOCTYPE html>\n"
            + HTML.element("html", [("lang", "en")], "\n\(head)\n\(HTML.element("body", [], "\n\(page)\n"))\n") + "\n"
    }

    /// Significant digits of the numbers in the page's charts.
    public static let chartDigits = 8

    /// Even a mistake in the page could not make the browser ask a server for something.
    private static let policy =
        "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; "
        + "script-src 'unsafe-inline' 'unsafe-eval'; base-uri 'none'; form-action 'none'"

    private var head: String {
        HTML.element(
            "head", [],
            [
                HTML.void("meta", [("charset", "utf-8")]),
                HTML.void("meta", [("http-equiv", "Content-Security-Policy"), ("content", Self.policy)]),
                HTML.void("meta", [("name", "viewport"), ("content", "width=device-width, initial-scale=1")]),
                HTML.void("meta", [("name", "color-scheme"), ("content", "light dark")]),
                HTML.void("meta", [("name", "generator"), ("content", "Goldstone")]),
                // No icon: the browser would ask for one.
                HTML.void("link", [("rel", "icon"), ("href", "data:,")]),
                HTML.element("title", [], escapedForHTML(title.replacingOccurrences(of: "`", with: ""))),
                HTML.element("style", [], "\n" + PageWriter.style),
            ].joined(separator: "\n"))
    }
}

/// Writes a page's items, counts its tables and figures, and gives each a name of its own.
private struct PageWriter {
    let still: Bool
    private var taken: Set<String> = ["main", "appearance", "chart-program"]
    private var tables = 0
    private var figures = 0

    init(still: Bool) { self.still = still }

    var hasFigures: Bool { figures > 0 }

    static let noCharts =
        "Figures are still pictures: the program that draws interactive charts was not there when this page was "
        + "written (the Python package vl-convert-python)."
    static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
    static let script = String(decoding: PackageResources.page_js, as: UTF8.self)

    /// An identifier that no other element has.
    mutating func unique(_ name: String) -> String {
        let wanted = HTML.identifier(name)
        var candidate = wanted, number = 1
        // Headings and captions have names made of these.
        while !taken.insert(candidate).inserted || taken.contains(candidate + "-title") {
            number += 1
            candidate = "\(wanted)-\(number)"
        }
        return candidate
    }

    mutating func markup(_ item: ReportPage.Item) throws -> String {
        switch item {
        case .text(let text): return HTML.element("p", [], HTML.inline(text))
        case .list(let items): return items.isEmpty ? "" : HTML.list("ul", items)
        case .verbatim(let text):
            return HTML.element("pre", [("class", "wide"), ("tabindex", "0")], escapedForHTML(text))
        case .table(let table):
            tables += 1
            return table.html(id: unique("table-" + table.label), heading: "Table \(tables)")
        case .figure(let figure): return try markup(figure)
        case .warnings(let warnings): return Self.warnings(warnings)
        case .verdicts(let readings):
            let items = readings.map { reading in
                HTML.element(
                    "li", [],
                    HTML.element("h3", [], HTML.inline(reading.title)) + reading.verdict.badge
                        + HTML.element("p", [], HTML.inline(reading.text)))
            }
            return HTML.element("ul", [("class", "verdicts")], items.joined(separator: "\n"))
        case .links(let links): return HTML.element("p", [("class", "files")], Self.written(links))
        case .details(let title, let items):
            let content = try items.map { try markup($0) }.joined(separator: "\n")
            return HTML.element("details", [], HTML.element("summary", [], HTML.inline(title)) + "\n" + content)
        }
    }

    private mutating func markup(_ figure: ReportFigure) throws -> String {
        figures += 1
        let id = unique("figure-" + figure.name)
        let picture = figure.drawing.map { drawing in
            // A picture, not a part of the page: its names and styles can't meet another figure's.
            HTML.void(
                "img", [("class", "picture"), ("src", Self.dataAddress(drawing)), ("alt", figure.alternative)])
        }
        let absent = HTML.element("p", [("class", "picture")], "This figure has no picture; its data are linked below.")
        let drawing = HTML.element(
            "div",
            [
                ("class", "drawing wide"), ("tabindex", "0"), ("role", "group"),
                ("aria-label", "Figure \(figures)\(figure.title.isEmpty ? "" : ": \(figure.title)")"),
            ],
            (picture ?? absent) + HTML.element("div", [("class", "chart"), ("data-words", figure.alternative)], ""))
        let title = figure.title.isEmpty ? "" : HTML.element("strong", [], HTML.inline(figure.title) + ".") + " "
        let caption = HTML.element(
            "figcaption", [],
            HTML.element("strong", [], "Figure \(figures).") + " " + title + HTML.inline(figure.caption) + " "
                + HTML.element("span", [("class", "files")], Self.written(figure.files)))
        guard !still else { return HTML.element("figure", [("id", id)], "\n\(drawing)\n\(caption)\n") }
        let specification = figure.specification.rounded(digits: ReportPage.chartDigits)
        let data = HTML.element(
            "script", [("type", "application/json"), ("class", "specification")], try HTML.embedded(specification))
        return HTML.element("figure", [("id", id)], "\n\(drawing)\n\(caption)\n\(data)\n")
    }

    private static func warnings(_ warnings: [String]) -> String {
        guard !warnings.isEmpty else { return "" }
        let title = warnings.count == 1 ? "Warning" : "\(warnings.count) warnings"
        return HTML.element(
            "details", [("class", "warnings"), ("open", "open")],
            HTML.element("summary", [], title) + HTML.list("ul", warnings))
    }

    private static func written(_ links: [ReportLink]) -> String {
        links.map { HTML.element("a", [("href", HTML.address($0.path))], escapedForHTML($0.title)) }
            .joined(separator: " · ")
    }

    /// A picture's text as an address that holds it.
    private static func dataAddress(_ drawing: String) -> String {
        let plain = CharacterSet(charactersIn: " !$()*+,-./:;=?@_~")
            .union(CharacterSet(charactersIn: Unicode.Scalar(48)...Unicode.Scalar(57)))
            .union(CharacterSet(charactersIn: Unicode.Scalar(65)...Unicode.Scalar(90)))
            .union(CharacterSet(charactersIn: Unicode.Scalar(97)...Unicode.Scalar(122)))
        return "data:image/svg+xml," + (drawing.addingPercentEncoding(withAllowedCharacters: plain) ?? "")
    }
}
