import Foundation
import Report
import Support
import Testing

/// Where `make check` wants the page that it then opens in a browser.
private let folder = ProcessInfo.processInfo.environment["GOLDSTONE_PAGE"]

@Suite struct BrowserPageTests {
    /// Every kind of figure with its picture, and the most hostile texts.
    @Test(.enabled(if: folder != nil, "only make check opens pages in a browser"))
    func aPageForTheBrowser() throws {
        let folder = try #require(folder)
        let all = InventedFigures.all + InventedFigures.measured
        let outcome = try FigureRenderer().write(all, to: "\(folder)/figures")
        #expect(outcome.warnings == [])
        var figures = try all.map { try ReportFigure($0.name, in: "\(folder)/figures", page: folder) }
        // Its links lead nowhere, which the browser's test would find.
        let hostile = InventedPage.hostileFigure
        figures.append(
            ReportFigure(name: hostile.name, specification: hostile.specification, drawing: hostile.drawing))
        let charts = FigureRenderer().chartProgram()
        #expect(charts.warnings == [])
        let html = try InventedPage.page(figures).html(charts: charts.program)
        try writeAtomically(Data(html.utf8), to: "\(folder)/report.html")
    }
}
