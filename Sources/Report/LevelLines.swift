import Foundation

/// A function known at the points of a rectangular grid: a loss surface.
public struct Surface: Sendable, Equatable {
    /// The points' coordinates along each axis, ascending; at least two.
    public let x: [Double], y: [Double]
    /// One value a point, row by row from the smallest y on; shape [y.count, x.count].
    public let values: [Double]

    /// - Precondition: there is a value for each point.
    public init(x: [Double], y: [Double], values: [Double]) {
        precondition(x.count > 1 && y.count > 1, "a surface needs at least two points along each axis")
        precondition(values.count == x.count * y.count, "\(values.count) values for \(x.count) × \(y.count) points")
        self.x = x
        self.y = y
        self.values = values
    }

    /// The value at column `i` and row `j`.
    public subscript(i: Int, j: Int) -> Double { values[j * x.count + i] }
}

extension Surface {
    /// A point of a level line.
    public struct Point: Sendable, Equatable {
        public let x: Double, y: Double

        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// The lines on which the function, linear along the grid's edges, has the value `level`: marching squares. A line is
    /// closed, its first point being its last one, or ends at the grid's rim; in a cell with two lines the mean of its
    /// corners tells which ends belong together. Cells with a value that is not finite have no lines. Cost: O(points).
    public func levelLines(_ level: Double) -> [[Point]] {
        // Each edge between two neighbouring points has a number; a line goes from edge to edge.
        var neighbours: [Int: [Int]] = [:]
        func connect(_ a: Int, _ b: Int) {
            neighbours[a, default: []].append(b)
            neighbours[b, default: []].append(a)
        }
        for j in 0..<y.count - 1 {
            for i in 0..<x.count - 1 {
                let corners = [self[i, j], self[i + 1, j], self[i + 1, j + 1], self[i, j + 1]]
                guard corners.allSatisfy(\.isFinite) else { continue }
                let edges = [
                    edge(i, j, upright: false), edge(i + 1, j, upright: true), edge(i, j + 1, upright: false),
                    edge(i, j, upright: true),
                ]
                let above = corners.map { $0 >= level }
                let crossed = (0..<4).filter { above[$0] != above[($0 + 1) % 4] }
                if crossed.count == 2 { connect(edges[crossed[0]], edges[crossed[1]]) }
                if crossed.count == 4 {
                    // The lines cut off the two corners that are unlike the middle.
                    let middle = corners.reduce(0, +) / 4 >= level
                    for corner in 0..<4 where above[corner] != middle {
                        connect(edges[(corner + 3) % 4], edges[corner])
                    }
                }
            }
        }
        var lines: [[Point]] = []
        var left = neighbours
        func walk(from start: Int) -> [Int] {
            var path = [start]
            while let next = left[path.last!]?.first {
                remove(path.last!, next)
                remove(next, path.last!)
                path.append(next)
            }
            return path
        }
        func remove(_ edge: Int, _ other: Int) {
            if let place = left[edge]?.firstIndex(of: other) { left[edge]!.remove(at: place) }
        }
        // Lines that end at the rim first; what is left is closed.
        for edge in neighbours.keys.sorted() where neighbours[edge]!.count == 1 && !left[edge]!.isEmpty {
            lines.append(walk(from: edge).map { point(on: $0, level) })
        }
        for edge in neighbours.keys.sorted() where !left[edge]!.isEmpty {
            lines.append(walk(from: edge).map { point(on: $0, level) })
        }
        return lines
    }

    private func edge(_ i: Int, _ j: Int, upright: Bool) -> Int { 2 * (j * x.count + i) + (upright ? 1 : 0) }

    private func point(on edge: Int, _ level: Double) -> Point {
        let i = edge / 2 % x.count, j = edge / 2 / x.count
        let (i2, j2) = edge % 2 == 0 ? (i + 1, j) : (i, j + 1)
        let from = self[i, j], to = self[i2, j2]
        let part = (level - from) / (to - from)
        return Point(x: x[i] + part * (x[i2] - x[i]), y: y[j] + part * (y[j2] - y[j]))
    }

    /// Round levels, spaced evenly or by factors, that divide the values' range into about `count` parts.
    public static func levels(_ values: [Double], count: Int = 10, logarithmic: Bool) -> [Double] {
        let finite = values.filter { $0.isFinite && (!logarithmic || $0 > 0) }
        guard let least = finite.min(), let most = finite.max(), least < most else { return [] }
        if logarithmic, most / least > 5 {
            let powers = Int(log10(least).rounded(.down))...Int(log10(most).rounded(.up))
            let perDecade = Double(count) / log10(most / least)
            let mantissas: [Double] = perDecade > 5 ? [1, 1.5, 2, 3, 5, 7] : perDecade > 2 ? [1, 2, 5] : [1]
            return powers.flatMap { power in mantissas.map { $0 * pow(10, Double(power)) } }.filter {
                $0 > least && $0 < most
            }
        }
        let raw = (most - least) / Double(count), power = pow(10, log10(raw).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? raw
        return Array(Int((least / step).rounded(.up))...Int((most / step).rounded(.down))).map { Double($0) * step }
    }
}
