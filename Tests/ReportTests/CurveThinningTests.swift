import Foundation
import Report
import Statistics
import Testing

/// The distance of a point from a drawn line, the long way.
private func distance(_ point: (Double, Double), _ line: [(Double, Double)]) -> Double {
    zip(line, line.dropFirst()).map { start, end in
        let dx = end.0 - start.0, dy = end.1 - start.1, square = dx * dx + dy * dy
        let along = square == 0 ? 0 : min(1, max(0, ((point.0 - start.0) * dx + (point.1 - start.1) * dy) / square))
        return hypot(point.0 - start.0 - along * dx, point.1 - start.1 - along * dy)
    }.min() ?? .infinity
}

@Suite struct CurveThinningTests {
    private static let curve: Line = {
        var random = SplitMix(state: 11)
        let labels = (0..<6_000).map { $0 % 2 == 0 }
        let curve = ROCCurve(
            try! ScoredJets(scores: labels.map { random.normal() + ($0 ? 2 : 0) }, isSignal: labels))
        let passing = (0..<curve.count).filter { curve.backgroundPassing[$0] > 0 }
        let intervals = passing.map { Estimate.fraction(curve.backgroundPassing[$0], of: 3_000, confidence: 0.95) }
        return Line(
            "m", x: passing.map(curve.signalEfficiency), y: passing.map { 1 / curve.backgroundEfficiency($0) },
            band: .init(lower: intervals.map { 1 / $0.upper }, upper: intervals.map { 1 / $0.lower }))
    }()

    @Test(arguments: [0.5, 2.0])
    func staysWithinItsPixels(tolerance: Double) throws {
        let whole = Self.curve
        let x = PixelScale(0...1, pixels: 380), y = PixelScale(1...3000, pixels: 260, logarithmic: true)
        let thin = whole.thinned(x: x, y: y, tolerance: tolerance)
        #expect(thin.x.count < whole.x.count / 10)
        let pairs: [(KeyPath<Line, [Double]>, String)] = [
            (\.y, "curve"), (\.band!.lower, "lower edge"), (\.band!.upper, "upper edge"),
        ]
        for (values, what) in pairs {
            func pixels(_ line: Line) -> [(Double, Double)] {
                zip(line.x, line[keyPath: values]).map { (x.pixel($0), y.pixel($1)) }
            }
            let drawn = pixels(thin)
            let farthest = pixels(whole).map { distance($0, drawn) }.max() ?? .infinity
            #expect(farthest <= tolerance + 0.01, "\(what)")
        }
    }

    @Test func keepsCornersAndEndsAndDropsWhatIsStraight() {
        let line = Line("a", x: [0, 1, 2, 3, 4, 5], y: [0, 0, 0, 3, 3, 3])
        let scale = PixelScale(0...5, pixels: 100)
        let thin = line.thinned(x: scale, y: scale)
        #expect(thin.x == [0, 2, 3, 5] && thin.y == [0, 0, 3, 3])
        #expect(line.thinned(x: scale, y: scale, tolerance: 1000).x == [0, 5])
        #expect(Line("a", x: [], y: []).thinned(x: scale, y: scale).x == [])
        #expect(Line("a", x: [1], y: [2]).thinned(x: scale, y: scale).y == [2])
    }

    @Test(arguments: [
        (0.94...1.03, [0.94, 0.96, 0.98, 1, 1.02]), (0.61...1.42, [0.8, 1, 1.2, 1.4]), (0.5...3.9, [0.5, 1, 2]),
        (0.8...45, [1, 2, 5, 10, 20]), (0.0003...0.04, [5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02]),
    ])
    func aNarrowLogarithmicAxisLabelsEveryTick(range: ClosedRange<Double>, ticks: [Double]) throws {
        let panel = Panel.lines(
            [Line("a", x: [0, 1], y: [1, 2])], x: Axis("x"), y: Axis("y", logarithmic: true, range: range))
        let text = String(decoding: try JSONEncoder().encode(panel.specification), as: UTF8.self)
        let found = try #require(text.firstMatch(of: #/"values":(\[[0-9.e,-]*\])/#)).1
        #expect(try JSONDecoder().decode([Double].self, from: Data(found.utf8)) == ticks)
    }

    @Test func aWideLogarithmicAxisIsLeftToVega() throws {
        let panel = Panel.lines(
            [Line("a", x: [0, 1], y: [1, 2])], x: Axis("x"), y: Axis("y", logarithmic: true, range: 1...5000))
        let text = String(decoding: try JSONEncoder().encode(panel.specification), as: UTF8.self)
        #expect(text.firstMatch(of: #/"axis":\{[^{}]*"values"/#) == nil)
    }
}
