import Foundation

/// Measured values of some networks that differ in the weight of one term of their loss, or of one that has no such
/// weight.
public struct SweptPoints: Sendable, Equatable {
    /// What the legend calls them; they share a colour and a mark.
    public let name: String
    public let points: [Point]
    /// Whether a line joins them in the order of their weights.
    public let isJoined: Bool

    /// One network's values, with the ends of their error bars.
    public struct Point: Sendable, Equatable {
        /// The weight λ ≥ 0; nil for a network that has none.
        public let weight: Double?
        public let x: Value, y: Value

        public init(weight: Double?, x: Value, y: Value) {
            self.weight = weight
            self.x = x
            self.y = y
        }
    }

    /// A value with the ends of its error bar.
    public struct Value: Sendable, Equatable {
        public let value: Double, lower: Double, upper: Double

        public init(_ value: Double, lower: Double, upper: Double) {
            self.value = value
            self.lower = lower
            self.upper = upper
        }

        /// A value ± its error, or without one.
        public init(_ value: Double, error: Double?) {
            self.init(value, lower: value - (error ?? 0), upper: value + (error ?? 0))
        }
    }

    public init(_ name: String, _ points: [Point], isJoined: Bool) {
        self.name = name
        self.points = points.sorted { ($0.weight ?? .infinity) < ($1.weight ?? .infinity) }
        self.isJoined = isJoined
    }
}

extension Panel {
    /// A quantity, each point's y, against the weight on a logarithmic axis: λ = 0 stands at the left edge, and networks
    /// without a weight at the right, apart from the rest.
    ///
    /// - Parameters:
    ///   - title: what the weight is called
    ///   - apart: what the right end of the axis is called, where networks without a weight stand
    public static func overWeights(
        _ series: [SweptPoints], weight title: String, y: Axis, apart: String = "none", width: Double = 360,
        height: Double = 300
    ) -> Panel {
        let places = WeightAxis(series.flatMap { $0.points.map(\.weight) })
        var besides = 0
        let rows = series.map { own in
            own.points.map { point -> [String: JSONValue] in
                if point.weight == nil { besides += 1 }
                return ["x": .number(places.place(point.weight, number: besides - 1))]
            }
        }
        let x: JSONValue = [
            "field": "x", "type": "quantitative",
            "scale": [
                "type": "log", "domain": [.number(places.range.lowerBound), .number(places.range.upperBound)],
                "nice": false,
            ],
            "axis": [
                "title": .string(title), "grid": false, "values": .array(places.ticks.map { .number($0.place) }),
                "labelExpr": .string(places.labelExpression(apart: apart)), "labelOverlap": false,
            ],
        ]
        return swept(series, rows, x: x, y: y, labelled: false, width: width, height: height)
    }

    /// One quantity against another, each point of a weight labelled by it.
    public static func tradeOff(
        _ series: [SweptPoints], x: Axis, y: Axis, width: Double = 420, height: Double = 340
    ) -> Panel {
        let (x, values) = x.holding(series.flatMap { $0.points.map(\.x) })
        var rest = values[...]
        let rows = series.map { own in
            own.points.map { _ -> [String: JSONValue] in
                let value = rest.removeFirst()
                return ["x": .number(value.value), "left": .number(value.lower), "right": .number(value.upper)]
            }
        }
        return swept(series, rows, x: x.encoding("x"), y: y, labelled: true, width: width, height: height)
    }

    /// - Parameter places: of each point, its abscissa `x`, and `left` and `right` where it has an error bar
    private static func swept(
        _ series: [SweptPoints], _ places: [[[String: JSONValue]]], x: JSONValue, y: Axis, labelled: Bool,
        width: Double, height: Double
    ) -> Panel {
        let (y, values) = y.holding(series.flatMap { $0.points.map(\.y) })
        var rest = values[...]
        let rows = zip(series, places).map { own, places in
            zip(own.points, places).map { point, place -> JSONValue in
                let value = rest.removeFirst()
                let label = point.weight.map { JSONValue.string(SweptPoints.text(ofWeight: $0)) } ?? ""
                return .object(
                    place.merging([
                        "y": .number(value.value), "lower": .number(value.lower), "upper": .number(value.upper),
                        "name": .string(own.name), "weight": point.weight.map(JSONValue.number) ?? nil, "label": label,
                    ]) { $1 })
            }
        }
        let names = series.map(\.name), all = Panel.values(rows.flatMap { $0 })
        let legend = legend(names, width: width).merging(["symbolType": nil, "symbolSize": 90])
        let colour: JSONValue = [
            "field": "name", "type": "nominal", "scale": Palette.scale(names), "legend": legend,
        ]
        let y0 = y.encoding("y")
        var layers: [JSONValue] = zip(series, rows).filter { $0.0.isJoined && $0.1.count > 1 }.map { _, rows in
            [
                "data": Panel.values(rows), "mark": ["type": "line", "strokeWidth": 1.6, "opacity": 0.7, "clip": true],
                "encoding": [
                    "x": x, "y": y0, "color": colour, "order": ["field": "weight", "type": "quantitative"],
                ],
            ]
        }
        layers.append([
            "data": all, "mark": ["type": "rule", "strokeWidth": 1.6, "clip": true],
            "encoding": ["x": x, "y": y.encoding("lower"), "y2": ["field": "upper"], "color": colour],
        ])
        if case .object(var horizontal) = x, labelled {
            horizontal["field"] = "left"
            layers.append([
                "data": all, "mark": ["type": "rule", "strokeWidth": 1.6, "clip": true],
                "encoding": ["x": .object(horizontal), "x2": ["field": "right"], "y": y0, "color": colour],
            ])
        }
        layers.append([
            "data": all, "mark": ["type": "point", "filled": true, "size": 80, "opacity": 1],
            "encoding": [
                "x": x, "y": y0, "color": colour,
                "shape": [
                    "field": "name", "type": "nominal", "scale": Palette.shapeScale(names), "legend": legend,
                ],
            ],
        ])
        if labelled {
            layers.append([
                "data": all,
                "mark": ["type": "text", "dx": 8, "dy": -9, "align": "left", "fontSize": 12],
                "encoding": ["x": x, "y": y0, "text": ["field": "label"], "color": colour],
            ])
        }
        return Panel(["width": .number(width), "height": .number(height), "layer": .array(layers)])
    }

}

extension SweptPoints {
    /// A weight as people write it: 0.01, 1, 10.
    public static func text(ofWeight weight: Double) -> String {
        weight == weight.rounded() && abs(weight) < 1e6 ? "\(Int(weight))" : "\(weight)"
    }
}

/// Where weights stand on a logarithmic axis that has a place for 0 and one for networks without a weight.
private struct WeightAxis {
    private let least: Double, most: Double
    private let weights: [Double]
    private let besides: Int

    init(_ all: [Double?]) {
        let positive = Set(all.compactMap { $0 }.filter { $0 > 0 })
        weights = positive.sorted() + (all.contains(0) ? [0] : [])
        least = positive.min() ?? 0.1
        most = positive.max() ?? least
        besides = all.count { $0 == nil }
    }

    /// - Parameter number: of the network among those without a weight
    func place(_ weight: Double?, number: Int) -> Double {
        guard let weight else { return most * pow(10, 0.8 + 0.35 * Double(number)) }
        return weight > 0 ? weight : least / 10
    }

    var range: ClosedRange<Double> {
        least / 10 / 1.6...(besides > 0 ? place(nil, number: besides - 1) : most) * 1.6
    }

    /// Places and what stands below them.
    var ticks: [(place: Double, label: String?)] {
        let middle = most * pow(10, 0.8 + 0.175 * Double(besides - 1))
        return weights.map { (place($0, number: 0), SweptPoints.text(ofWeight: $0)) }
            + (besides > 0 ? [(middle, nil)] : [])
    }

    func labelExpression(apart: String) -> String {
        ticks.reversed().reduce("''") { rest, tick in
            "abs(datum.value / \(tick.place) - 1) < 1e-6 ? '\(tick.label ?? apart)' : \(rest)"
        }
    }
}

extension Axis {
    /// This axis with a range that holds the values, and the values as they are drawn. Where the axis is logarithmic, one
    /// far below all others (exact invariance, up to rounding) stands at its lower edge.
    fileprivate func holding(_ values: [SweptPoints.Value]) -> (Axis, [SweptPoints.Value]) {
        guard logarithmic else { return (self, values) }
        let sorted = values.map(\.value).filter { $0 > 0 && $0.isFinite }.sorted()
        guard let most = sorted.last else { return (self, values) }
        // The first gap of a factor of a thousand, from above, is where an axis would end that shows something.
        var least = most
        for value in sorted.reversed() {
            if value < least / 1000 { break }
            least = value
        }
        let hasOutlier = least > sorted[0] || values.contains { !($0.value > 0) }
        let floor = least / (hasOutlier ? 4 : 1.3)
        let shown = values.map { value in
            SweptPoints.Value(
                max(value.value, floor), lower: max(value.lower, floor), upper: max(value.upper, floor))
        }
        let upper = (shown.map(\.upper).filter(\.isFinite).max() ?? most) * 1.3
        return (Axis(title, logarithmic: true, range: floor / 1.15...upper), shown)
    }
}
