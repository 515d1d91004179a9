/// A named curve, with a band where its uncertainty is known.
public struct Line: Sendable, Equatable {
    /// What the legend calls it; curves of one name share a colour.
    public let name: String
    public let x: [Double]
    public let y: [Double]
    /// The band's edges at each x.
    public let band: Band?
    /// A second distinction, shown by the dash: `training` and `validation`, say.
    public let style: String?

    /// The edges of a band, one a point.
    public struct Band: Sendable, Equatable {
        public let lower: [Double]
        public let upper: [Double]

        public init(lower: [Double], upper: [Double]) {
            self.lower = lower
            self.upper = upper
        }
    }

    /// - Precondition: `x`, `y` and the band's edges have one length.
    public init(_ name: String, x: [Double], y: [Double], band: Band? = nil, style: String? = nil) {
        precondition(x.count == y.count, "\(name): \(x.count) abscissas but \(y.count) ordinates")
        if let band {
            precondition(
                band.lower.count == x.count && band.upper.count == x.count,
                "\(name): a band of \(band.lower.count) and \(band.upper.count) edges for \(x.count) points")
        }
        self.name = name
        self.x = x
        self.y = y
        self.band = band
        self.style = style
    }
}

/// A point that is pointed out, with words beside it.
public struct Landmark: Sendable, Equatable {
    /// The curve whose colour it takes.
    public let line: String
    public let x: Double
    public let y: Double
    public let label: String

    public init(line: String, x: Double, y: Double, label: String) {
        self.line = line
        self.x = x
        self.y = y
        self.label = label
    }
}

extension Panel {
    /// Curves over a common pair of axes.
    ///
    /// - Parameters:
    ///   - references: curves that are no data (pure chance, a theory), dotted and grey, behind the others and not in
    ///     the legend
    ///   - landmarks: points to point out
    ///   - marksPoints: whether each point has a mark, of the shape of its curve's style: for curves of few points
    ///   - thin: single curves behind the means that `lines` are, in the colours of those with their names
    ///   - bandName: what the legend says of the bands, where they need words
    ///   - thinName: what the legend says of the thin lines
    public static func lines(
        _ lines: [Line], x: Axis, y: Axis, references: [Line] = [], landmarks: [Landmark] = [], thin: [Line] = [],
        marksPoints: Bool = false, bandName: String? = nil, thinName: String? = nil, showsLegend: Bool = true,
        width: Double = 520, height: Double = 380
    ) -> Panel {
        let names = unique((lines + thin).map(\.name))
        let styles = unique((lines + thin).compactMap(\.style))
        let y = y.fitted(to: (lines + thin).flatMap { $0.y + ($0.band.map { $0.lower + $0.upper } ?? []) })
        let xEncoding = x.ticked(over: (lines + thin).flatMap(\.x)).encoding("x")
        // The same for every channel of the names, so that Vega-Lite makes one legend of them all.
        let legend = showsLegend ? legend(names, width: width) : nil
        let colour: JSONValue = [
            "field": "name", "type": "nominal", "scale": Palette.scale(names), "legend": legend,
        ]
        var layers = [JSONValue]()
        for reference in references {
            layers.append([
                "data": values(rows(of: reference)),
                "mark": [
                    "type": "line", "color": .string(Palette.reference), "strokeDash": [2, 3], "strokeWidth": 1.5,
                    "clip": true,
                ],
                "encoding": ["x": xEncoding, "y": y.encoding("y"), "order": inGivenOrder],
            ])
        }
        let bands = lines.filter { $0.band != nil }
        if !bands.isEmpty {
            layers.append(bandLayer(bands, x: xEncoding, y: y, colour: colour, name: showsLegend ? bandName : nil))
        }
        // The legend of the marks, where there are any: Vega-Lite makes one of the two.
        let styleLegend = marksPoints ? markLegend : ["title": nil, "symbolType": "stroke"]
        let dashes: JSONValue = ["field": "style", "scale": Palette.dashScale(styles), "legend": styleLegend]
        if !thin.isEmpty {
            var encoding: JSONValue = [
                "x": xEncoding, "y": y.encoding("y"), "stroke": colour, "order": inGivenOrder,
                "detail": ["field": "series"],
            ]
            if !styles.isEmpty { encoding = encoding.merging(["strokeDash": dashes]) }
            if showsLegend, let thinName { encoding = encoding.merging(["strokeWidth": thinLegend(thinName)]) }
            let thinRows = thin.enumerated().flatMap { series, line in
                rows(of: line).map { $0.merging(["series": .number(Double(series))]) }
            }
            layers.append([
                "data": values(thinRows),
                "mark": ["type": "line", "strokeWidth": .number(thinWidth), "opacity": 0.55, "clip": true],
                "encoding": encoding,
            ])
        }
        var encoding: [String: JSONValue] = [
            "x": xEncoding, "y": y.encoding("y"), "stroke": colour, "order": inGivenOrder,
        ]
        // Without a second distinction the dash repeats the colour's, for prints in grey.
        encoding["strokeDash"] =
            styles.isEmpty ? ["field": "name", "scale": Palette.dashScale(names), "legend": legend] : dashes
        if !lines.isEmpty {
            layers.append([
                "data": values(lines.flatMap(rows)), "mark": ["type": "line", "strokeWidth": 2.2, "clip": true],
                "encoding": .object(encoding),
            ])
        }
        if marksPoints { layers += pointLayers(lines, styles: styles, x: xEncoding, y: y, colour: colour) }
        if !landmarks.isEmpty {
            let all = (lines + thin).flatMap(\.x)
            let x0 = all.min() ?? 0, x1 = all.max() ?? 1
            layers += landmarkLayers(landmarks, x: x, y: y, turn: x0 + 0.75 * (x1 - x0), colour: colour)
        }
        return Panel(["width": .number(width), "height": .number(height), "layer": .array(layers)])
    }

    private static let thinWidth = 0.8

    /// The bands, with an entry in the legend where they have a name.
    private static func bandLayer(
        _ bands: [Line], x: JSONValue, y: Axis, colour: JSONValue, name: String?
    ) -> JSONValue {
        let faintness = 0.22
        var mark: JSONValue = ["type": "area", "clip": true]
        var encoding: JSONValue = [
            "x": x, "y": y.encoding("lower"), "y2": ["field": "upper"], "fill": colour, "detail": ["field": "style"],
        ]
        if let name {
            encoding = encoding.merging([
                "fillOpacity": [
                    "datum": .string(name), "type": "nominal",
                    "scale": ["domain": [.string(name)], "range": [.number(faintness)]],
                    "legend": [
                        "title": nil, "symbolType": "square", "symbolFillColor": .string(Palette.reference),
                        "symbolStrokeWidth": 0,
                    ],
                ]
            ])
        } else {
            mark = mark.merging(["opacity": .number(faintness)])
        }
        return ["data": values(bands.flatMap(bandRows)), "mark": mark, "encoding": encoding]
    }

    /// The width of thin lines, as an encoding for its entry in the legend.
    private static func thinLegend(_ name: String) -> JSONValue {
        [
            "datum": .string(name), "type": "nominal",
            "scale": ["domain": [.string(name)], "range": [.number(thinWidth)]],
            "legend": [
                "title": nil, "symbolType": "stroke", "symbolStrokeColor": .string(Palette.reference),
                "symbolStrokeWidth": .number(thinWidth),
            ],
        ]
    }

    private static let markLegend: JSONValue = [
        "title": nil, "symbolSize": 110, "symbolFillColor": .string(Palette.reference),
    ]

    /// A mark for each point, and its band's height as an error bar: of a curve with a single point nothing else is seen.
    private static func pointLayers(
        _ lines: [Line], styles: [String], x: JSONValue, y: Axis, colour: JSONValue
    ) -> [JSONValue] {
        let bars: JSONValue = [
            "data": values(lines.flatMap(bandRows)), "mark": ["type": "rule", "strokeWidth": 1.5],
            "encoding": ["x": x, "y": y.encoding("lower"), "y2": ["field": "upper"], "stroke": colour],
        ]
        var encoding: [String: JSONValue] = ["x": x, "y": y.encoding("y"), "fill": colour]
        if !styles.isEmpty {
            encoding["shape"] = [
                "field": "style", "type": "nominal", "scale": Palette.shapeScale(styles), "legend": markLegend,
            ]
        }
        let marks: JSONValue = [
            "data": values(lines.flatMap(rows)), "mark": ["type": "point", "size": 70, "opacity": 1, "stroke": nil],
            "encoding": .object(encoding),
        ]
        return [bars, marks]
    }

    /// A dot, and with words a thin rule from it to the upper edge, where loss curves leave room for them: to the rule's
    /// right, beyond the abscissa `turn` to its left.
    private static func landmarkLayers(
        _ landmarks: [Landmark], x: Axis, y: Axis, turn: Double, colour: JSONValue
    ) -> [JSONValue] {
        func row(_ landmark: Landmark) -> JSONValue {
            [
                "x": .number(landmark.x), "y": .number(landmark.y), "name": .string(landmark.line),
                "label": .string(landmark.label),
            ]
        }
        let place: JSONValue = ["x": x.encoding("x"), "y": y.encoding("y")]
        let words = landmarks.filter { !$0.label.isEmpty }.enumerated().flatMap { index, landmark -> [JSONValue] in
            let top = Double(index) * 18 + 12
            let wordsOnTheRight = landmark.x <= turn
            return [
                [
                    "data": values([row(landmark)]),
                    "mark": ["type": "rule", "strokeDash": [2, 2], "strokeWidth": 1.2],
                    "encoding": place.merging(["y2": ["value": .number(top)], "stroke": colour]),
                ],
                [
                    "data": values([row(landmark)]),
                    "mark": [
                        "type": "text", "fontSize": 13, "dx": wordsOnTheRight ? 6 : -6,
                        "align": wordsOnTheRight ? "left" : "right",
                    ],
                    "encoding": [
                        "x": x.encoding("x"), "y": ["value": .number(top)], "text": ["field": "label"], "fill": colour,
                    ],
                ],
            ]
        }
        let dots: JSONValue = [
            "data": values(landmarks.map(row)),
            "mark": ["type": "point", "size": 90, "opacity": 1, "stroke": "white"],
            "encoding": place.merging(["fill": colour]),
        ]
        return words + [dots]
    }

    /// A curve is drawn in the order of its points: sorted by abscissa, a vertical step could turn back on itself.
    private static let inGivenOrder: JSONValue = ["field": "index", "type": "quantitative"]

    private static func rows(of line: Line) -> [JSONValue] {
        line.x.indices.map { i in
            var row: [String: JSONValue] = [
                "x": .number(line.x[i]), "y": .number(line.y[i]), "index": .number(Double(i)),
                "name": .string(line.name),
            ]
            if let style = line.style { row["style"] = .string(style) }
            return .object(row)
        }
    }

    private static func bandRows(of line: Line) -> [JSONValue] {
        guard let band = line.band else { return [] }
        return line.x.indices.map { i in
            [
                "x": .number(line.x[i]), "lower": .number(band.lower[i]), "upper": .number(band.upper[i]),
                "name": .string(line.name), "style": line.style.map(JSONValue.string) ?? nil,
            ]
        }
    }

    static func values(_ rows: [JSONValue]) -> JSONValue { ["values": .array(rows)] }

    /// A legend of as many columns as the names leave room for.
    static func legend(_ names: [String], width: Double) -> JSONValue {
        // A letter of 13 points is about 7 wide; symbol and gap take 50.
        let widest = Double(names.map(\.count).max() ?? 0) * 7 + 50
        let columns = max(1, min(Double(names.count), (width / widest).rounded(.down)))
        return ["title": nil, "columns": .number(columns), "symbolType": "stroke", "symbolOpacity": 1]
    }

    /// The different names, in the order of their first appearance.
    static func unique(_ names: [String]) -> [String] {
        var seen = Set<String>()
        return names.filter { seen.insert($0).inserted }
    }
}
