import Foundation
import Report
import Statistics
import Testing

/// A figure's specification, encoded and read back by another JSON reader.
private func document(_ figure: Figure) throws -> [String: Any] {
    let data = try JSONEncoder().encode(figure.specification)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
}

/// Every table of data rows in a specification, however deep.
private func tables(_ value: Any) -> [[[String: Any]]] {
    if let array = value as? [Any] { return array.flatMap(tables) }
    guard let object = value as? [String: Any] else { return [] }
    let own = ((object["data"] as? [String: Any])?["values"] as? [[String: Any]]).map { [$0] } ?? []
    return own + object.sorted { $0.key < $1.key }.filter { $0.key != "data" }.flatMap { tables($0.value) }
}

@Suite struct FigureTests {
    @Test func everyKindIsAVegaLiteDocumentThatSaysWhatItShows() throws {
        for figure in InventedFigures.all {
            let document = try document(figure)
            #expect(document["$schema"] as? String == "https://vega.github.io/schema/vega-lite/v5.json")
            let title = try #require(document["title"] as? [String: Any])
            let lines = title["subtitle"] as? [String] ?? [title["subtitle"] as? String ?? ""]
            #expect(title["text"] as? String == figure.title && lines.joined(separator: "\n") == figure.subtitle)
            #expect(!tables(document).isEmpty)
            #expect(((document["concat"] as? [Any])?.count ?? 1) == figure.panels.count)
        }
    }

    @Test func linesKeepTheirData() throws {
        let x = [0.1, 0.2, 0.2]
        let y = [1e-17, .infinity, 1 / 3]
        let line = Line("a “name”", x: x, y: y, band: .init(lower: [0, 1, 2], upper: [3, 4, 5]))
        let figure = Figure(name: "f", title: "", subtitle: "", panels: [.lines([line], x: Axis("x"), y: Axis("y"))])
        let all = try tables(document(figure))
        let rows = try #require(all.first { $0.first?["y"] != nil })
        #expect(rows.map { $0["x"] as? Double } == x)
        // What JSON can't say is null.
        #expect(rows.map { $0["y"] as? Double } == [1e-17, nil, 1 / 3])
        #expect(rows.allSatisfy { $0["name"] as? String == "a “name”" })
        // Numbers are written in full (the reader above may round the last bit).
        let text = String(decoding: try JSONEncoder().encode(figure.specification), as: UTF8.self)
        #expect(text.contains("0.3333333333333333") && text.contains("1e-17"))
        let band = try #require(all.first { $0.first?["lower"] != nil })
        #expect(band.map { $0["lower"] as? Double } == [0, 1, 2] && band.map { $0["upper"] as? Double } == [3, 4, 5])
    }

    @Test func pointsHaveAMarkEachAndAnErrorBar() throws {
        let lines = [
            Line("a", x: [1, 2], y: [3, 4], band: .init(lower: [2, 3], upper: [4, 5]), style: "big"),
            Line("b", x: [1], y: [7], style: "small"),
        ]
        let axis = Axis("epoch", whole: true)
        let panel = Panel.lines(lines, x: axis, y: Axis("y"), marksPoints: true)
        let document = try document(Figure(name: "f", title: "", subtitle: "one\ntwo", panels: [panel]))
        #expect((document["title"] as? [String: Any])?["subtitle"] as? [String] == ["one", "two"])
        let layers = try #require(document["layer"] as? [[String: Any]])
        func layer(_ mark: String) throws -> (rows: [[String: Any]], encoding: [String: Any]) {
            let found = try #require(layers.first { ($0["mark"] as? [String: Any])?["type"] as? String == mark })
            return (try #require(tables(found).first), try #require(found["encoding"] as? [String: Any]))
        }
        let marks = try layer("point"), bars = try layer("rule")
        #expect(marks.rows.map { $0["y"] as? Double } == [3, 4, 7])
        let shapes = try #require((marks.encoding["shape"] as? [String: Any])?["scale"] as? [String: Any])
        #expect(
            shapes["domain"] as? [String] == ["big", "small"] && Set(shapes["range"] as? [String] ?? []).count == 2)
        // A curve without a band has no bar.
        #expect(bars.rows.map { $0["lower"] as? Double } == [2, 3])
        // One legend of the styles, not two.
        let dashes = try #require(try layer("line").encoding["strokeDash"] as? [String: Any])
        let shape = try #require(marks.encoding["shape"] as? [String: Any])
        #expect(dashes["legend"] as? NSDictionary == shape["legend"] as? NSDictionary)
        let ticks = try #require((marks.encoding["x"] as? [String: Any])?["axis"] as? [String: Any])
        #expect(ticks["values"] as? [Double] == [1, 2])
    }

    @Test(arguments: [
        (1.0, 3.0, [1.0, 2, 3]), (1, 8, Array(stride(from: 1.0, through: 8, by: 1))), (1, 20, [5, 10, 15, 20]),
        (1, 10, [2, 4, 6, 8, 10]), (1, 50, [10, 20, 30, 40, 50]), (1, 100, [20, 40, 60, 80, 100]), (4, 4, [4]),
    ])
    func wholeNumbersHaveTicksAtWholeNumbers(_ least: Double, _ most: Double, _ expected: [Double]) throws {
        let line = Line("a", x: [least, most], y: [1, 2])
        let panel = Panel.lines([line], x: Axis("epoch", whole: true), y: Axis("y"))
        let text = String(decoding: try JSONEncoder().encode(panel.specification), as: UTF8.self)
        let found = try #require(text.firstMatch(of: #/"values":(\[[0-9.,]*\])/#)).1
        #expect(try JSONDecoder().decode([Double].self, from: Data(found.utf8)) == expected)
    }

    @Test func learningCurvePointsOutTheLowestValidationLoss() throws {
        let curve = LearningCurve(name: "a", training: [3, 2, 1], validation: [3, .nan, 2.5])
        #expect(curve.bestEpoch == 3)
        #expect(LearningCurve(name: "a", training: [], validation: [2, 1, 1]).bestEpoch == 2)
        #expect(LearningCurve(name: "a", training: [.nan], validation: [.nan]).bestEpoch == nil)
        let rows = try tables(document(.learningCurves(title: "", subtitle: "", runs: [curve]))).flatMap { $0 }
        let landmark = try #require(rows.first { $0["label"] != nil })
        #expect(landmark["label"] as? String == "best epoch 3" && landmark["y"] as? Double == 2.5)
        let training = rows.filter { $0["style"] as? String == "training" }
        #expect(training.map { $0["x"] as? Double } == [1, 2, 3] && training.map { $0["y"] as? Double } == [3, 2, 1])
    }

    @Test func heatMapPlacesItsCells() throws {
        let grid = Grid(x: 0...2, y: 10...13, columns: 2, values: [1, 2, 3, 4, 5, 0])
        let panel = Panel.heatMap(
            grid, title: "W", x: Axis("x"), y: Axis("y"), colour: Axis("c", logarithmic: true))
        let rows = try tables(document(Figure(name: "f", title: "", subtitle: "", panels: [panel]))).flatMap { $0 }
        // The cell at zero has no place on a logarithmic scale.
        #expect(rows.map { $0["value"] as? Double } == [1, 2, 3, 4, 5])
        #expect(rows.map { $0["x"] as? Double } == [0, 1, 0, 1, 0])
        #expect(rows.map { $0["y"] as? Double } == [10, 10, 11, 11, 12])
    }

    @Test func oneColourANameInEveryPanel() throws {
        let text = String(decoding: try JSONEncoder().encode(InventedFigures.roc().specification), as: UTF8.self)
        #expect(text.contains("#0072B2") && text.contains("#D55E00"))
        #expect(!text.contains("#009E73"))
    }

    @Test func matrixWritesItsNumbersInTheirCells() throws {
        let panel = Panel.matrix(
            [[nil, 0.25], [0.98, nil]], rows: ["W", "top"], columns: ["W", "top"], title: "m", rowTitle: "signal",
            columnTitle: "background", range: 0...1)
        let document = try document(Figure(name: "f", title: "", subtitle: "", panels: [panel]))
        let rows = tables(document).flatMap { $0 }
        #expect(rows.map { $0["text"] as? String } == ["0.250", "0.980"])
        #expect(
            rows.map { $0["row"] as? String } == ["W", "top"] && rows.map { $0["column"] as? String } == ["top", "W"])
        // White letters on dark cells alone.
        #expect(rows.map { $0["dark"] as? Bool } == [false, true])
        let text = String(decoding: try JSONEncoder().encode(panel.specification), as: UTF8.self)
        #expect(text.contains("[0,1]") && text.contains("\"W\",\"top\""))
    }

    @Test func thinLinesStandBehindTheirMeanAndOutOfTheLegend() throws {
        let thin = [Line("a", x: [0, 1], y: [1, 2]), Line("b", x: [0, 1], y: [3, 4])]
        let panel = Panel.lines(
            [Line("a", x: [0, 1], y: [5, 6]), Line("b", x: [0, 1], y: [7, 8])], x: Axis("x"), y: Axis("y"), thin: thin)
        let layers = try #require(
            try document(Figure(name: "f", title: "", subtitle: "", panels: [panel]))["layer"] as? [[String: Any]])
        let widths = layers.map { ($0["mark"] as? [String: Any])?["strokeWidth"] as? Double }
        #expect(widths == [0.8, 2.2])
        let rows = tables(layers[0]).flatMap { $0 }
        #expect(rows.map { $0["y"] as? Double } == [1, 2, 3, 4])
        // Apart, though their names may be the same.
        #expect(rows.map { $0["series"] as? Double } == [0, 0, 1, 1])
        #expect(tables(layers[1]).flatMap { $0 }.count == 4)
    }

    @Test func panelsAreTitledAndPutAboveEachOther() throws {
        let line = Line("a", x: [0, 1], y: [1, 2])
        let upper = Panel.lines([line], x: Axis("x"), y: Axis("y")).titled("above")
        let lower = Panel.lines([line], x: Axis("x"), y: Axis("ratio"), showsLegend: false)
        let both = try document(Figure(name: "f", title: "t", subtitle: "", panels: [upper.above(lower)]))
        let parts = try #require(both["vconcat"] as? [[String: Any]])
        #expect((parts[0]["title"] as? [String: Any])?["text"] as? String == "above" && parts.count == 2)
        #expect((both["title"] as? [String: Any])?["text"] as? String == "t")
        let text = String(decoding: try JSONSerialization.data(withJSONObject: parts[1]), as: UTF8.self)
        #expect(text.contains("\"legend\":null") && !text.contains("\"columns\""))
    }
}
