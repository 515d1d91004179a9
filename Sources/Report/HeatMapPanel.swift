import Foundation

/// A function on a grid of equal cells: a jet image, a loss surface.
public struct Grid: Sendable, Equatable {
    public let x: ClosedRange<Double>
    public let y: ClosedRange<Double>
    /// Cells along x.
    public let columns: Int
    /// Cells along y.
    public let rows: Int
    /// One value a cell, row by row from the smallest y on; shape [rows, columns].
    public let values: [Double]

    /// - Precondition: `values` is a whole number of rows.
    public init(x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, values: [Double]) {
        precondition(
            columns > 0 && values.count % columns == 0, "\(values.count) values are no rows of \(columns) cells")
        self.x = x
        self.y = y
        self.columns = columns
        rows = values.count / columns
        self.values = values
    }
}

extension Panel {
    /// A grid in colours (viridis: even steps to the eye, also in grey).
    ///
    /// - Parameters:
    ///   - title: stands above the panel: the class shown
    ///   - colour: what the colour means, its range the same for panels that are to be compared; on a logarithmic
    ///     scale cells at or below zero stay white
    public static func heatMap(
        _ grid: Grid, title: String, x: Axis, y: Axis, colour: Axis, showsLegend: Bool = true, width: Double = 260,
        height: Double = 260
    ) -> Panel {
        let dx = (grid.x.upperBound - grid.x.lowerBound) / Double(grid.columns)
        let dy = (grid.y.upperBound - grid.y.lowerBound) / Double(grid.rows)
        let rows = grid.values.indices.compactMap { i -> JSONValue? in
            let value = grid.values[i]
            guard value.isFinite, value > 0 || !colour.logarithmic else { return nil }
            let left = grid.x.lowerBound + Double(i % grid.columns) * dx
            let bottom = grid.y.lowerBound + Double(i / grid.columns) * dy
            return ["x": .number(left), "y": .number(bottom), "value": .number(value)]
        }
        var scale: [String: JSONValue] = ["scheme": "viridis", "clamp": true]
        if colour.logarithmic { scale["type"] = "log" } else { scale["zero"] = .bool(colour.fromZero) }
        if let range = colour.range { scale["domain"] = [.number(range.lowerBound), .number(range.upperBound)] }
        let legend: JSONValue =
            showsLegend
            ? [
                "title": .string(colour.title), "orient": "right", "gradientLength": .number(height - 40),
                "titleLimit": 0, "format": "~g", "tickCount": 4,
            ] : nil
        let axisX = Axis(x.title, range: x.range ?? grid.x)
        let axisY = Axis(y.title, range: y.range ?? grid.y)
        let value: JSONValue = [
            "field": "value", "type": "quantitative", "scale": .object(scale), "legend": legend,
        ]
        return Panel([
            "title": ["text": .string(title), "fontSize": 14, "anchor": "middle", "offset": 6],
            "width": .number(width), "height": .number(height), "data": values(rows),
            // Cells overlap a little: smoothing would leave light hairlines between them.
            "transform": [
                ["calculate": .string("datum.x + \(dx * 1.06)"), "as": "x2"],
                ["calculate": .string("datum.y + \(dy * 1.06)"), "as": "y2"],
            ],
            "mark": ["type": "rect", "clip": true],
            "encoding": [
                "x": axisX.encoding("x", grid: false), "x2": ["field": "x2"], "y": axisY.encoding("y", grid: false),
                "y2": ["field": "y2"], "color": value,
            ],
        ])
    }
}
