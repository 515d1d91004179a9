import Foundation
import Report
import Testing

@Suite struct LevelLineTests {
    private static let places = (-20...20).map { Double($0) / 10 }

    private func surface(_ function: (Double, Double) -> Double) -> Surface {
        Surface(
            x: Self.places, y: Self.places, values: Self.places.flatMap { y in Self.places.map { function($0, y) } })
    }

    @Test func `Of a cone they are circles, closed`() throws {
        let cone = surface { ($0 * $0 + $1 * $1).squareRoot() }
        for radius in [0.5, 1, 1.7] {
            let lines = cone.levelLines(radius)
            let line = try #require(lines.first)
            #expect(lines.count == 1 && line.first == line.last)
            for point in line { #expect(abs((point.x * point.x + point.y * point.y).squareRoot() - radius) < 0.01) }
            // Steps are no longer than a cell, so nothing is left out.
            for (a, b) in zip(line, line.dropFirst()) { #expect(hypot(a.x - b.x, a.y - b.y) < 0.15) }
            let length = zip(line, line.dropFirst()).reduce(0) { $0 + hypot($1.0.x - $1.1.x, $1.0.y - $1.1.y) }
            #expect(abs(length - 2 * .pi * radius) < 0.02 * radius)
        }
    }

    @Test func `Of a plane they are straight and end at the rim`() throws {
        let lines = surface { 2 * $0 + $1 }.levelLines(0.33)
        let line = try #require(lines.first)
        #expect(lines.count == 1)
        for point in line { #expect(abs(2 * point.x + point.y - 0.33) < 1e-12) }
        for end in [line.first!, line.last!] { #expect(abs(abs(end.y) - 2) < 1e-12) }
    }

    @Test func `Every crossing of an edge lies on one line, saddles too`() {
        let saddle = surface { sin(3 * $0) * cos(2 * $1) + 0.1 * $0 }
        for level in [-0.6, 0, 0.05, 0.7] {
            let points = saddle.levelLines(level).flatMap { line in
                line.first == line.last ? Array(line.dropLast()) : line
            }
            var crossings = 0
            for j in 0..<41 {
                for i in 0..<41 {
                    let above = saddle[i, j] >= level
                    if i < 40, (saddle[i + 1, j] >= level) != above { crossings += 1 }
                    if j < 40, (saddle[i, j + 1] >= level) != above { crossings += 1 }
                }
            }
            #expect(points.count == crossings && crossings > 10)
            for (index, point) in points.enumerated() {
                #expect(!points[..<index].contains { hypot($0.x - point.x, $0.y - point.y) < 1e-12 })
            }
        }
    }

    @Test func `Cells without a number have no lines, and none means none`() {
        let hole = surface { abs($0) < 0.5 && abs($1) < 0.5 ? .nan : $0 }
        for line in hole.levelLines(0.02) { for point in line { #expect(abs(point.y) >= 0.5) } }
        #expect(hole.levelLines(0.02).count == 2)
        #expect(hole.levelLines(5).isEmpty)
    }

    @Test func `Levels are round and inside the range`() {
        #expect(
            Surface.levels([0.31, 0.87], count: 6, logarithmic: false).map { ($0 * 10).rounded() } == [4, 5, 6, 7, 8])
        #expect(Surface.levels([0.02, 300], count: 6, logarithmic: true) == [0.1, 1, 10, 100])
        #expect(Surface.levels([0.6, 40], count: 7, logarithmic: true) == [1, 2, 5, 10, 20])
        #expect(Surface.levels([1, 1], logarithmic: false).isEmpty)
        #expect(Surface.levels([.nan, .infinity], logarithmic: true).isEmpty)
    }
}
