/// Measured values with their errors, at places that have names or numbers.
public struct Points: Sendable, Equatable {
    /// What the legend calls them; points of one name share a colour.
    public let name: String
    /// Where each point stands: a name on an axis of names, else a number.
    public let x: [JSONValue]
    public let y: [Double]
    /// The ends of each point's error bar.
    public let lower: [Double], upper: [Double]

    private init(_ name: String, _ x: [JSONValue], _ y: [Double], _ lower: [Double], _ upper: [Double]) {
        precondition(
            x.count == y.count && lower.count == y.count && upper.count == y.count,
            "\(name): \(x.count) places, \(y.count) values, \(lower.count) and \(upper.count) ends of error bars")
        self.name = name
        self.x = x
        self.y = y
        self.lower = lower
        self.upper = upper
    }

    /// Points at named places.
    public init(_ name: String, at places: [String], y: [Double], lower: [Double], upper: [Double]) {
        self.init(name, places.map(JSONValue.string), y, lower, upper)
    }

    /// Points at numbers.
    public init(_ name: String, x: [Double], y: [Double], lower: [Double], upper: [Double]) {
        self.init(name, x.map(JSONValue.number), y, lower, upper)
    }
}

extension Panel {
    /// Points with error bars.
    ///
    /// - Parameter places: the names along the abscissa, in order, where the points stand at named places; points of
    ///   different colours then stand beside each other
    public static func points(
        _ points: [Points], places: [String]? = nil, x: Axis, y: Axis, width: Double = 520, height: Double = 380
    ) -> Panel {
        let names = unique(points.map(\.name))
        let y = y.fitted(to: points.flatMap { $0.y + $0.lower + $0.upper })
        let rows = points.flatMap { series in
            series.y.indices.map { i -> JSONValue in
                [
                    "x": series.x[i], "y": .number(series.y[i]), "lower": .number(series.lower[i]),
                    "upper": .number(series.upper[i]), "name": .string(series.name),
                ]
            }
        }
        let colour: JSONValue = [
            "field": "name", "type": "nominal", "scale": Palette.scale(names),
            "legend": legend(names, width: width).merging(["symbolType": "circle", "symbolSize": 90]),
        ]
        var place: JSONValue
        if let places {
            place = [
                "x": [
                    "field": "x", "type": "ordinal", "sort": .array(places.map(JSONValue.string)),
                    "scale": ["type": "band", "paddingInner": 0.35, "paddingOuter": 0.2],
                    "axis": ["title": .string(x.title), "labelAngle": 0, "grid": false],
                ],
                "xOffset": ["field": "name", "type": "nominal", "sort": .array(names.map(JSONValue.string))],
            ]
        } else {
            let numbers = points.flatMap(\.x).compactMap { if case .number(let value) = $0 { value } else { nil } }
            place = ["x": x.fitted(to: numbers).encoding("x")]
        }
        return Panel([
            "width": .number(width), "height": .number(height), "data": values(rows),
            "layer": [
                [
                    "mark": ["type": "rule", "strokeWidth": 1.6, "clip": true],
                    "encoding": place.merging([
                        "y": y.encoding("lower"), "y2": ["field": "upper"], "color": colour,
                    ]),
                ],
                [
                    "mark": ["type": "point", "filled": true, "size": 55, "opacity": 1, "clip": true],
                    "encoding": place.merging(["y": y.encoding("y"), "color": colour]),
                ],
            ],
        ])
    }
}
