import Foundation
import Report
import Statistics
import Testing

struct SeedPanelTests {
    private func text(_ mean: Estimate?, claimed: (lower: Double, upper: Double), logarithmic: Bool = false) throws
        -> String
    {
        let panel = Panel.seeds(
            title: "trace", subtitle: "Reproduced", values: [0.25, 0.5], mean: mean,
            x: Axis("ratio", logarithmic: logarithmic), reference: logarithmic ? 1 : 0, claimed: claimed)
        let figure = Figure(name: "f", title: "", subtitle: "", panels: [panel])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(figure.specification), as: UTF8.self)
    }

    @Test func `Every seed is a dot, and the interval a bar`() throws {
        let mean = Estimate(value: 0.375, lower: -1.2, upper: 1.9, confidence: 0.95)
        let drawn = try text(mean, claimed: (-.infinity, 0))
        #expect(drawn.contains("{\"row\":\"seeds\",\"x\":0.25},{\"row\":\"seeds\",\"x\":0.5}"))
        #expect(drawn.contains("\"lower\":-1.2,\"row\":\"mean\",\"upper\":1.9,\"x\":0.375"))
        // The claimed side begins where the axis does, a little beyond the interval.
        #expect(drawn.contains("\"from\":-1.448,\"to\":0"))
        #expect(!(try text(nil, claimed: (-.infinity, 0))).contains("\"row\":\"mean\""))
    }

    @Test func `Ratios are drawn on a logarithmic axis that holds what is not infinite`() throws {
        let mean = Estimate(value: 0.35, lower: 0.1, upper: 0.9, confidence: 0.95)
        let drawn = try text(mean, claimed: (-.infinity, 1), logarithmic: true)
        #expect(drawn.contains("\"type\":\"log\"") && !drawn.contains("null,\"to\""))
        let factor = pow(10, 0.08)
        #expect(drawn.contains("\"from\":\(0.1 / factor)"))
    }

    @Test func `Variants have a row each, the mean on that of its seeds`() throws {
        let mean = Estimate(value: 1.1, lower: 0.9, upper: 1.3, confidence: 0.95)
        let panel = Panel.seeds(
            title: "trace", rows: [SeedRow("a", seeds: [1, 1.2], mean: mean), SeedRow("b", seeds: [2], mean: nil)],
            x: Axis("ratio"), reference: 1)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let drawn = String(decoding: try encoder.encode(panel.specification), as: UTF8.self)
        #expect(drawn.contains("{\"row\":\"a\",\"x\":1},{\"row\":\"a\",\"x\":1.2},{\"row\":\"b\",\"x\":2}"))
        #expect(drawn.contains("[{\"lower\":0.9,\"row\":\"a\",\"upper\":1.3,\"x\":1.1}]"))
        #expect(!drawn.contains("\"rect\""))
    }

    @Test func `A single panel's title doesn't take the figure's place`() throws {
        let panel = Panel.seeds(
            title: "trace", subtitle: "Reproduced", values: [0.5], mean: nil, x: Axis("ratio"), reference: 0,
            claimed: (-1, 1))
        let figure = Figure(name: "f", title: "What decides", subtitle: "jets", panels: [panel])
        #expect(figure.specification["title"]?["text"] == "What decides")
        #expect(figure.specification["concat"] == .array([panel.specification]))
    }
}
