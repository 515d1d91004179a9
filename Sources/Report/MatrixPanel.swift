import Foundation

extension Panel {
    /// A matrix of numbers as coloured cells with the numbers in them, the first row on top. Cells without a number stay
    /// empty.
    ///
    /// The colours go from blue through white, at the middle of the range, to orange, and stay apart for colour-blind
    /// readers.
    ///
    /// - Parameters:
    ///   - values: [rows][columns]
    ///   - title: stands above the panel
    ///   - range: of the colours
    ///   - decimals: of the numbers as they are written
    public static func matrix(
        _ values: [[Double?]], rows: [String], columns: [String], title: String, rowTitle: String, columnTitle: String,
        range: ClosedRange<Double>, decimals: Int = 3, cell: Double = 62
    ) -> Panel {
        precondition(
            values.count == rows.count && values.allSatisfy { $0.count == columns.count },
            "a matrix of \(rows.count) rows and \(columns.count) columns")
        let middle = (range.lowerBound + range.upperBound) / 2, half = (range.upperBound - range.lowerBound) / 2
        let cells = rows.indices.flatMap { row in
            columns.indices.compactMap { column -> JSONValue? in
                guard let value = values[row][column] else { return nil }
                return [
                    "row": .string(rows[row]), "column": .string(columns[column]), "value": .number(value),
                    "text": .string(String(format: "%.\(decimals)f", value)),
                    "dark": .bool(abs(value - middle) > 0.6 * half),
                ]
            }
        }
        func names(_ field: String, _ names: [String], _ title: String, _ orient: String) -> JSONValue {
            [
                "field": .string(field), "type": "nominal", "sort": .null,
                "scale": ["domain": .array(names.map(JSONValue.string))],
                "axis": [
                    "title": .string(title), "orient": .string(orient), "labelAngle": 0, "ticks": false,
                    "domain": false,
                ],
            ]
        }
        let place: JSONValue = [
            "x": names("column", columns, columnTitle, "bottom"), "y": names("row", rows, rowTitle, "left"),
        ]
        let fill: JSONValue = [
            "field": "value", "type": "quantitative", "legend": nil,
            "scale": [
                "scheme": "blueorange", "clamp": true, "domainMid": .number(middle),
                "domain": [.number(range.lowerBound), .number(range.upperBound)],
            ],
        ]
        return Panel([
            "title": ["text": .string(title), "fontSize": 14, "anchor": "middle", "offset": 6],
            "width": .number(cell * Double(columns.count)), "height": .number(cell * 0.75 * Double(rows.count)),
            "data": Panel.values(cells),
            "layer": [
                ["mark": ["type": "rect", "stroke": "white"], "encoding": place.merging(["color": fill])],
                [
                    "mark": ["type": "text", "fontSize": 13],
                    "encoding": place.merging([
                        "text": ["field": "text"],
                        "color": ["condition": ["test": "datum.dark", "value": "white"], "value": "#222222"],
                    ]),
                ],
            ],
        ])
    }
}
