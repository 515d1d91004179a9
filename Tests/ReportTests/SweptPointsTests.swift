import Foundation
import Report
import Testing

struct SweptPointsTests {
    private func point(_ weight: Double?, _ x: Double, _ y: Double) -> SweptPoints.Point {
        .init(weight: weight, x: .init(x, error: nil), y: .init(y, error: y / 10))
    }

    private func text(_ panel: Panel) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(panel.specification), as: UTF8.self)
    }

    private var series: [SweptPoints] {
        [
            SweptPoints("group", [point(1, 2, 0.5), point(0, 4, 1), point(0.01, 3, 0.9)], isJoined: true),
            SweptPoints("hard", [point(nil, 1, 1e-13)], isJoined: false),
        ]
    }

    @Test func `Points are in the order of their weights, those without one last`() {
        #expect(series[0].points.map(\.weight) == [0, 0.01, 1])
        let mixed = SweptPoints("mixed", [point(nil, 1, 1), point(2, 1, 1)], isJoined: true)
        #expect(mixed.points.map(\.weight) == [2, nil])
    }

    @Test func `Weight 0 stands a decade below the smallest, and a network without a weight above the largest`() throws
    {
        let drawn = try text(.overWeights(series, weight: "λ", y: Axis("y", logarithmic: true), apart: "no λ"))
        #expect(drawn.contains("\"x\":0.001") && drawn.contains("\"x\":\(pow(10, 0.8))"))
        #expect(drawn.contains("abs(datum.value / 0.001 - 1) < 1e-6 ? '0'"))
        #expect(drawn.contains("'no λ'"))
        // Only what is to be joined has a line.
        #expect(drawn.components(separatedBy: "\"type\":\"line\"").count == 2)
    }

    @Test func `A value far below all others stands at a logarithmic axis's lower edge`() throws {
        let drawn = try text(.overWeights(series, weight: "λ", y: Axis("y", logarithmic: true)))
        #expect(!drawn.contains("e-13") && drawn.contains("\"y\":0.125"))
        // On a linear axis it stands where it is.
        #expect(try text(.overWeights(series, weight: "λ", y: Axis("y"))).contains("1e-13"))
    }

    @Test func `A trade-off labels points by their weights and has error bars both ways`() throws {
        let drawn = try text(.tradeOff(series, x: Axis("x", logarithmic: true), y: Axis("y")))
        #expect(
            drawn.contains("\"label\":\"0.01\"") && drawn.contains("\"label\":\"1\"")
                && drawn.contains("\"label\":\"\""))
        #expect(drawn.contains("\"field\":\"left\"") && drawn.contains("\"field\":\"right\""))
        #expect(drawn.contains("\"lower\":0.9,\"name\":\"group\""))
    }
}
