import Foundation

extension Panel {
    /// A surface from above: colours (viridis) with labelled level lines, and a cross where the weights are.
    ///
    /// - Parameters:
    ///   - title: stands above the panel
    ///   - colour: what the values are; its range the same for panels that are to be compared
    ///   - levels: the values of the lines
    public static func contours(
        _ surface: Surface, title: String, x: Axis, y: Axis, colour: Axis, levels: [Double],
        width: Double = 320, height: Double = 320
    ) -> Panel {
        // A cell of colour about each point; half a cell beyond the outermost points.
        func cells(_ places: [Double]) -> ClosedRange<Double> {
            let half = (places.last! - places.first!) / Double(places.count - 1) / 2
            return places.first! - half...places.last! + half
        }
        let across = cells(surface.x), up = cells(surface.y)
        let grid = Grid(x: across, y: up, columns: surface.x.count, values: surface.values)
        let frame = Axis(x.title, range: across), side = Axis(y.title, range: up)
        let colours = Panel.heatMap(
            grid, title: title, x: frame, y: side, colour: colour, width: width,
            height: height
        ).specification
        let place: JSONValue = ["x": frame.encoding("x", grid: false), "y": side.encoding("y", grid: false)]
        var rows = [JSONValue](), labels = [JSONValue](), taken = [Surface.Point]()
        for level in levels {
            for (number, line) in surface.levelLines(level).enumerated() {
                let name = "\(level) \(number)"
                for (index, point) in line.enumerated() {
                    rows.append([
                        "x": .number(point.x), "y": .number(point.y), "line": .string(name),
                        "index": .number(Double(index)),
                    ])
                }
                if let point = labelPlace(line, across: across, up: up, clearOf: taken) {
                    taken.append(point)
                    labels.append(["x": .number(point.x), "y": .number(point.y), "level": .string(short(level))])
                }
            }
        }
        let lines: JSONValue = [
            "data": values(rows),
            "mark": ["type": "line", "stroke": "white", "strokeWidth": 1, "strokeOpacity": 0.85, "clip": true],
            "encoding": place.merging([
                "detail": ["field": "line"], "order": ["field": "index", "type": "quantitative"],
            ]),
        ]
        func words(_ stroke: JSONValue) -> JSONValue {
            [
                "data": values(labels),
                "mark": JSONValue.object(["type": "text", "fontSize": 11]).merging(stroke),
                "encoding": place.merging(["text": ["field": "level", "type": "nominal"]]),
            ]
        }
        let origin: JSONValue = [
            "data": values([["x": 0, "y": 0]]),
            "mark": ["type": "point", "shape": "cross", "size": 40, "fill": "white", "stroke": "black", "opacity": 1],
            "encoding": place,
        ]
        return Panel([
            "title": colours["title"] ?? nil, "width": .number(width), "height": .number(height),
            "layer": [
                [
                    "data": colours["data"] ?? nil, "transform": colours["transform"] ?? nil,
                    "mark": colours["mark"] ?? nil, "encoding": colours["encoding"] ?? nil,
                ],
                lines,
                words(["fill": "black", "stroke": "black", "strokeWidth": 2.5, "strokeOpacity": 0.55]),
                words(["fill": "white"]), origin,
            ],
        ])
    }

    /// The point of a line that lies farthest to the upper right, away from the rim and from words that are there; nil
    /// for a line too short for words.
    private static func labelPlace(
        _ line: [Surface.Point], across: ClosedRange<Double>, up: ClosedRange<Double>, clearOf taken: [Surface.Point]
    ) -> Surface.Point? {
        guard line.count > 6 else { return nil }
        func place(_ point: Surface.Point) -> (x: Double, y: Double) {
            (
                (point.x - across.lowerBound) / (across.upperBound - across.lowerBound),
                (point.y - up.lowerBound) / (up.upperBound - up.lowerBound)
            )
        }
        let others = taken.map(place)
        return line.filter { point in
            let (x, y) = place(point)
            return (0.08...0.92).contains(x) && (0.05...0.95).contains(y)
                && others.allSatisfy { abs($0.x - x) > 0.13 || abs($0.y - y) > 0.055 }
        }.max { place($0).x + place($0).y < place($1).x + place($1).y }
    }

    /// A number as a person writes it: 0.05, 2, 1e4.
    static func short(_ number: Double, digits: Int = 3) -> String {
        String(format: "%.\(digits)g", number).replacingOccurrences(of: "e+0", with: "e").replacingOccurrences(
            of: "e-0", with: "e-")
    }
}
