import Foundation
import Report
import Statistics
import Support
import Testing

@Suite struct ReportPageTests {
    private static let markup: String = {
        let plain = InventedFigures.invariance()
        let figures = [
            InventedPage.hostileFigure, ReportFigure(name: plain.name, specification: plain.specification),
            ReportFigure(name: plain.name, specification: plain.specification),
        ]
        return try! InventedPage.page(figures).html(charts: "window.vegaEmbed = '</script><!--'")
    }()

    @Test func isWellFormedAndHasItsLandmarks() throws {
        let page = try PageReading(Self.markup)
        for name in ["header", "nav", "main", "h1", "title"] { #expect(page.all(name).count == 1, "\(name)") }
        #expect(page.all("html")[0].attributes["lang"] == "en")
        #expect(page.all("meta").contains { $0.attributes["name"] == "viewport" })
        #expect(page.all("title")[0].text == "Study quick \(InventedPage.hostile)")
        let skip = try #require(page.all("a").first)
        #expect(skip.attributes["href"] == "#main" && page.all("main")[0].attributes["id"] == "main")
        #expect(page.all("button")[0].attributes["id"] == "appearance")
        // A list without items is no list.
        #expect(page.all("ul").allSatisfy { $0.text.contains(where: { !$0.isWhitespace }) })
        #expect(page.all("details").filter { $0.attributes["class"] == "warnings" }.count == 1)
    }

    @Test func everyIdentifierIsGivenOnceAndEveryReferenceIsMet() throws {
        let page = try PageReading(Self.markup)
        let identifiers = page.elements.compactMap { $0.attributes["id"] }
        #expect(Set(identifiers).count == identifiers.count)
        #expect(
            ["claims", "claims-2", "table-claims", "table-claims-2", "figure-invariance-2"].allSatisfy(
                identifiers.contains))
        for element in page.elements {
            if let name = element.attributes["aria-labelledby"] { #expect(identifiers.contains(name)) }
            if let address = element.attributes["href"], address.hasPrefix("#") {
                #expect(identifiers.contains(String(address.dropFirst())))
            }
        }
        let contents = page.all("a").filter { $0.around.contains("nav") }
        #expect(contents.map(\.text) == ["The paper's claims", InventedPage.hostile, "What was run"])
    }

    @Test func textsAreTextsWhereverTheyStand() throws {
        let page = try PageReading(Self.markup)
        #expect(page.all("img").allSatisfy { $0.attributes["class"] == "picture" && $0.attributes["onerror"] == nil })
        // The page's own, the program of the charts, and the data of three figures: no text has made another.
        #expect(Self.markup.components(separatedBy: "<script").count == 1 + 1 + 1 + 3)
        #expect(Self.markup.components(separatedBy: "</script>").count == 1 + 1 + 1 + 3)
        #expect(Self.markup.contains(#"window.vegaEmbed = '<\/script><\!--'"#))
        #expect(page.all("code").map(\.text) == ["quick", "ScoredJets"])
        #expect(page.all("p").contains { $0.text == "ScoredJets with midranks. A ` alone is one." })
        #expect(page.all("pre")[0].text == "name: quick\n\(InventedPage.hostile)\n")
    }

    @Test func figuresHoldTheirDataAndSayWhatTheyShow() throws {
        let page = try PageReading(Self.markup)
        let data = page.all("script").filter { $0.attributes["type"] == "application/json" }
        #expect(data.count == 3)
        let first = try JSONDecoder().decode(JSONValue.self, from: Data(data[0].text.utf8))
        #expect(first["title"]?["text"] == .string(InventedPage.hostile))
        let captions = page.all("figcaption").map(\.text)
        #expect(
            captions[0].hasPrefix("Figure 1. \(InventedPage.hostile).") && captions[1].hasPrefix("Figure 2. Change"))
        #expect(captions[1].contains("median and 68 % over 3 seeds"))
        let charts = page.all("div").filter { $0.attributes["class"] == "chart" }
        let words = try #require(charts[1].attributes["data-words"])
        for part in ["Change of the score under boosts", "boost speed β [c]", "SEAL, λ = 0.1", "boost augmentation"] {
            #expect(words.contains(part))
        }
        #expect(page.all("img")[0].attributes["alt"]?.contains(InventedPage.hostile) == true)
        let picture = try #require(page.all("img")[0].attributes["src"])
        #expect(picture.hasPrefix("data:image/svg+xml,"))
        #expect(picture.dropFirst(19).removingPercentEncoding == InventedPage.hostileFigure.drawing)
        // Without a picture the page says so.
        #expect(page.all("p").filter { $0.attributes["class"] == "picture" }.count == 2)
    }

    @Test func nothingIsAskedOfANetwork() throws {
        let page = try PageReading(Self.markup)
        for element in page.elements {
            for (name, value) in element.attributes where ["src", "href", "srcset", "action", "data"].contains(name) {
                #expect(value.hasPrefix("#") || value.hasPrefix("data:") || !value.contains(":"), "\(name)=\(value)")
            }
        }
        let links = page.all("a").filter { $0.around.contains("figcaption") }.compactMap { $0.attributes["href"] }
        #expect(links == ["figures/a%20b%23c%3Fd%3Ae.pdf", "javascript%3Aalert%281%29"])
        let style = page.all("style")[0].text
        #expect(!style.contains("url(") && !style.contains("@import"))
        let policy = page.all("meta").compactMap { $0.attributes["content"] }.first { $0.contains("default-src") }
        #expect(policy?.hasPrefix("default-src 'none';") == true && policy?.contains("http") == false)
    }

    @Test func withoutTheProgramOfTheChartsThePicturesStayAndThePageSaysSo() throws {
        let figures = [InventedPage.hostileFigure]
        let page = try PageReading(InventedPage.page(figures).html(charts: nil))
        #expect(!page.elements.contains { $0.attributes["id"] == "chart-program" })
        #expect(page.all("p").contains { $0.text.contains("vl-convert-python") })
        #expect(page.all("img").count == 1)
        // Where there are no figures there is nothing to say.
        let without = try PageReading(InventedPage.page([]).html(charts: nil))
        #expect(!without.all("p").contains { $0.text.contains("vl-convert-python") })
    }

    @Test func aStillPageHoldsPicturesAloneAndMissesNothing() throws {
        let page = try PageReading(InventedPage.page([InventedPage.hostileFigure]).html(charts: "draw()", still: true))
        #expect(!page.elements.contains { $0.attributes["id"] == "chart-program" })
        #expect(!page.all("script").contains { $0.attributes["class"] == "specification" })
        #expect(!page.all("p").contains { $0.text.contains("vl-convert-python") })
        #expect(page.all("img").count == 1)
    }

    @Test func chartsHoldEightDigits() throws {
        let line = Line("a", x: [1.0 / 3, 12_345_678.9], y: [2e-17 / 3, 5])
        let figure = Figure(name: "f", title: "", subtitle: "", panels: [.lines([line], x: Axis("x"), y: Axis("y"))])
        let item = ReportPage.Item.figure(ReportFigure(name: "f", specification: figure.specification))
        let page = ReportPage(title: "t", subtitle: "", sections: [.init(id: "a", title: "a", items: [item])])
        let html = try page.html(charts: nil)
        #expect(html.contains("\"x\":0.33333333,") && html.contains("\"y\":6.6666667e-18}"))
        #expect(html.contains("\"x\":12345679,"))
    }
}

@Suite struct ReportFigureTests {
    @Test func linesOfASubtitleBecomeSentences() {
        let figure = Figure(name: "f", title: "t", subtitle: "one\ntwo.\nthree?", panels: [])
        #expect(ReportFigure(name: "f", specification: figure.specification).caption == "one. two. three?")
    }

    @Test func readsWhatTheRendererWroteAndLinksTheFilesThatAreThere() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("page-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let figure = InventedFigures.invariance()
        _ = try FigureRenderer(packages: nil).write([figure], to: "\(folder)/figures", formats: [])
        try writeAtomically(Data("<svg/>".utf8), to: "\(folder)/figures/invariance.svg")
        let found = try ReportFigure("invariance", in: "\(folder)/figures", page: folder)
        #expect(found.specification == figure.specification && found.drawing == "<svg/>")
        #expect(found.title == figure.title && found.caption == figure.subtitle + ".")
        #expect(found.files.map(\.path) == ["figures/invariance.svg", "figures/invariance.vl.json"])
        let beside = try ReportFigure("invariance", in: "\(folder)/figures", page: "\(folder)/figures/")
        #expect(beside.files.map(\.path) == ["invariance.svg", "invariance.vl.json"])
        #expect(throws: FileError.self) { try ReportFigure("other", in: folder, page: folder) }
        try writeAtomically(Data("{".utf8), to: "\(folder)/damaged.vl.json")
        #expect(throws: FileError.self) { try ReportFigure("damaged", in: folder, page: folder) }
    }

    /// Stand-ins for a vl-convert that lacks, fails and works.
    @Test func theProgramOfTheChartsIsMadeOnceAndItsAbsenceIsAWarning() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("charts-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func charts(_ module: String) throws -> (program: String?, warnings: [String]) {
            try writeAtomically(Data(module.utf8), to: "\(folder)/vl_convert.py")
            return FigureRenderer(packages: folder).chartProgram()
        }
        let absent = try charts("raise ImportError('not here')\n")
        #expect(absent.program == nil && absent.warnings.count == 1 && absent.warnings[0].contains("vl-convert-python"))
        let failing = try charts(
            "def get_vegalite_versions(): return ['5.8']\ndef javascript_bundle(vl_version): raise ValueError('no ink')"
        )
        #expect(failing.program == nil && failing.warnings[0].contains("no ink"))
        let versions = "def get_vegalite_versions(): return ['5.8', '6.4', '5.21']\n"
        let made = try charts(versions + "def javascript_bundle(vl_version): return 'made of ' + vl_version")
        #expect(made.program?.hasSuffix("made of 6.4") == true && made.warnings == [])
        #expect(made.program?.contains("BSD 3-Clause") == true)
        let kept = try charts(versions + "def javascript_bundle(vl_version): raise ValueError('made again')")
        #expect(kept.program == made.program)
    }
}
