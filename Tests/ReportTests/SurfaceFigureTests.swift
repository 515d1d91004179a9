import Foundation
import Report
import Testing

@Suite struct SurfaceFigureTests {
    private static let surface = Surface(
        x: [-1, 0, 1], y: [-2, 0, 2, 4], values: [5, 4, 5, 3, 1, 3, 5, 4, 5, 9, .nan, 9])

    private func text(_ panel: Panel) throws -> String {
        String(decoding: try JSONEncoder().encode(panel.specification), as: UTF8.self)
    }

    /// The rows of data of all layers.
    private func rows(_ panel: Panel) throws -> [[String: Any]] {
        let data = try JSONEncoder().encode(panel.specification)
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let layers = try #require(document["layer"] as? [[String: Any]])
        return layers.flatMap { ($0["data"] as? [String: Any])?["values"] as? [[String: Any]] ?? [] }
    }

    @Test func `A contour panel has a cell a point, its lines and their labels`() throws {
        let panel = Panel.contours(
            Self.surface, title: "a", x: Axis("x"), y: Axis("y"), colour: Axis("loss"), levels: [2, 4.5])
        let cells = try rows(panel).filter { $0["value"] != nil }
        // Eleven finite points, each in the middle of its cell.
        #expect(cells.count == 11)
        #expect(cells[0]["x"] as? Double == -1.5 && cells[0]["y"] as? Double == -3 && cells[0]["value"] as? Double == 5)
        let text = try text(panel)
        #expect(text.contains("\"line\":\"2.0 0\"") && text.contains("\"line\":\"4.5 0\""))
        #expect(text.contains("loss") && text.contains("viridis"))
    }

    @Test func `A surface panel has a piece for each cell with numbers, in the picture`() throws {
        let panel = Panel.surface(Self.surface, title: "a", x: Axis("x"), y: Axis("y"), value: Axis("loss"))
        let data = try JSONEncoder().encode(panel.specification)
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let width = try #require(document["width"] as? Double), height = try #require(document["height"] as? Double)
        let pieces = try rows(panel).filter { $0["type"] as? String == "Feature" }
        #expect(pieces.count == 4)
        for piece in pieces {
            let geometry = try #require(piece["geometry"] as? [String: Any])
            let ring = try #require((geometry["coordinates"] as? [[[Double]]])?.first)
            #expect(ring.count == 5 && ring.first == ring.last)
            for corner in ring { #expect((0...width).contains(corner[0]) && (0...height).contains(corner[1])) }
        }
        // From back to front: the nearest, at the largest x and smallest y, comes last.
        let nearest: Double = (4 + 5 + 1 + 3) / 4
        #expect(pieces.last?["value"] as? Double == nearest)
        let text = try text(panel)
        #expect(text.contains("geoshape") && text.contains("loss"))
    }

    @Test func `Points stand at names or numbers, with their errors`() throws {
        let named = try text(
            .points(
                [Points("a", at: ["1", "random"], y: [0.2, 0.5], lower: [0.1, 0.4], upper: [0.3, 0.7])],
                places: ["1", "random"], x: Axis("mode"), y: Axis("g")))
        #expect(named.contains("\"x\":\"random\"") && named.contains("\"upper\":0.7") && named.contains("xOffset"))
        let numbered = try text(
            .points(
                [Points("a", x: [3, 70], y: [0.2, 0.5], lower: [0.1, 0.4], upper: [0.3, 0.7])],
                x: Axis("λ", logarithmic: true), y: Axis("g")))
        #expect(numbered.contains("\"x\":70") && numbered.contains("log") && !numbered.contains("xOffset"))
    }
}
