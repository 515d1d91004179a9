import Foundation

extension Panel {
    /// A surface seen from above and aside, in parallel projection: height and colour are the value.
    ///
    /// What lies above the range of `value` is cut off level. A logarithmic axis has its powers at equal heights.
    ///
    /// - Parameters:
    ///   - title: stands above the panel
    ///   - value: what is shown; its range the same for panels that are to be compared
    public static func surface(
        _ surface: Surface, title: String, x: Axis, y: Axis, value: Axis, width: Double = 420
    ) -> Panel {
        let view = Oblique(surface, value, width: width)
        let shapes = view.quadrangles().map { corners, height -> JSONValue in
            let ring = (corners + [corners[0]]).map { JSONValue.array([.number($0.x), .number($0.y)]) }
            return [
                "type": "Feature", "value": .number(height),
                "geometry": ["type": "Polygon", "coordinates": [.array(ring)]],
            ]
        }
        var scale: [String: JSONValue] = [
            "scheme": "viridis", "clamp": true,
            "domain": [.number(view.range.lowerBound), .number(view.range.upperBound)],
        ]
        if value.logarithmic { scale["type"] = "log" } else { scale["zero"] = false }
        let (lines, words) = view.frame(x: x.title, y: y.title, value: value.title)
        let pixels: JSONValue = [
            "x": [
                "field": "x", "type": "quantitative", "axis": nil,
                "scale": ["domain": [0, .number(view.width)], "nice": false, "zero": false],
            ],
            "y": [
                "field": "y", "type": "quantitative", "axis": nil,
                "scale": [
                    "domain": [0, .number(view.height)], "nice": false, "zero": false, "reverse": true,
                ],
            ],
        ]
        func text(_ align: String, size: Double) -> JSONValue {
            [
                "data": values(words.filter { $0["align"] == .string(align) }),
                "mark": ["type": "text", "fontSize": .number(size), "align": .string(align), "fill": "#222222"],
                "encoding": pixels.merging([
                    "text": ["field": "text", "type": "nominal"],
                    "angle": ["field": "angle", "type": "quantitative", "scale": nil],
                ]),
            ]
        }
        return Panel([
            "title": ["text": .string(title), "fontSize": 14, "anchor": "middle", "offset": 6],
            "width": .number(view.width), "height": .number(view.height),
            "layer": [
                [
                    "data": values(lines),
                    "mark": ["type": "line", "stroke": "#888888", "strokeWidth": 1],
                    "encoding": pixels.merging([
                        "detail": ["field": "line"], "order": ["field": "index", "type": "quantitative"],
                    ]),
                ],
                [
                    "data": values(shapes),
                    "projection": ["type": "identity", "scale": 1, "translate": [0, 0]],
                    "mark": ["type": "geoshape", "stroke": "#FFFFFF", "strokeWidth": 0.35, "strokeOpacity": 0.7],
                    "encoding": [
                        "color": [
                            "field": "value", "type": "quantitative", "scale": .object(scale), "legend": nil,
                        ]
                    ],
                ],
                text("left", size: 12), text("right", size: 12), text("center", size: 13),
            ],
        ])
    }
}

/// A parallel projection of a surface onto pixels, y downwards.
private struct Oblique {
    let surface: Surface
    let range: ClosedRange<Double>
    let logarithmic: Bool
    let width: Double, height: Double

    private let size: Double
    private static let azimuth = 38 * Double.pi / 180, elevation = 28 * Double.pi / 180
    /// The surface's height over the width of its floor.
    private static let tallness = 0.62
    private static let left = 64.0, right = 42.0, top = 12.0, bottom = 40.0

    init(_ surface: Surface, _ value: Axis, width: Double) {
        self.surface = surface
        self.width = width
        logarithmic = value.logarithmic
        let shown = surface.values.filter { $0.isFinite && (!value.logarithmic || $0 > 0) }
        range = value.range ?? (shown.min() ?? 0)...(shown.max() ?? 1)
        let span = cos(Self.azimuth) + sin(Self.azimuth)
        size = (width - Self.left - Self.right) / span
        height = Self.top + Self.bottom + size * (span * sin(Self.elevation) + Self.tallness * cos(Self.elevation))
    }

    /// Where a point lies, u and v in [−½, ½] along the floor's sides and w in [0, 1] upwards.
    private func pixel(_ u: Double, _ v: Double, _ w: Double) -> Surface.Point {
        let span = cos(Self.azimuth) + sin(Self.azimuth)
        let across = u * cos(Self.azimuth) + v * sin(Self.azimuth)
        let up = depth(u, v) * sin(Self.elevation) + w * Self.tallness * cos(Self.elevation)
        return Surface.Point(
            x: Self.left + size * (across + span / 2),
            y: height - Self.bottom - size * (up + span / 2 * sin(Self.elevation)))
    }

    private func depth(_ u: Double, _ v: Double) -> Double { v * cos(Self.azimuth) - u * sin(Self.azimuth) }

    /// The height of a value, in [0, 1].
    private func level(_ value: Double) -> Double {
        func position(_ value: Double) -> Double { logarithmic ? log(max(value, .leastNormalMagnitude)) : value }
        let low = position(range.lowerBound), high = position(range.upperBound)
        return high > low ? min(1, max(0, (position(value) - low) / (high - low))) : 0
    }

    private func fraction(_ places: [Double], _ index: Int) -> Double {
        (places[index] - places[0]) / (places[places.count - 1] - places[0]) - 0.5
    }

    /// The surface's pieces from back to front, each with its corners and its mean value.
    func quadrangles() -> [(corners: [Surface.Point], value: Double)] {
        var pieces: [(depth: Double, corners: [Surface.Point], value: Double)] = []
        for j in 0..<surface.y.count - 1 {
            for i in 0..<surface.x.count - 1 {
                let places = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
                let corners = places.map { surface[$0.0, $0.1] }
                guard corners.allSatisfy(\.isFinite) else { continue }
                let shown = places.map { place in
                    pixel(fraction(surface.x, place.0), fraction(surface.y, place.1), level(surface[place.0, place.1]))
                }
                let middle = depth(
                    (fraction(surface.x, i) + fraction(surface.x, i + 1)) / 2,
                    (fraction(surface.y, j) + fraction(surface.y, j + 1)) / 2)
                pieces.append((middle, shown, mean(corners)))
            }
        }
        return pieces.sorted { $0.depth > $1.depth }.map { ($0.corners, $0.value) }
    }

    /// The mean on the axis' own scale.
    private func mean(_ values: [Double]) -> Double {
        guard logarithmic else { return values.reduce(0, +) / Double(values.count) }
        return exp(values.reduce(0) { $0 + log(max($1, .leastNormalMagnitude)) } / Double(values.count))
    }

    /// The floor, the axis of the values, ticks and words.
    func frame(x: String, y: String, value: String) -> (lines: [JSONValue], words: [JSONValue]) {
        var lines: [JSONValue] = [], words: [JSONValue] = [], count = 0
        func line(_ points: [Surface.Point]) {
            for (index, point) in points.enumerated() {
                lines.append([
                    "x": .number(point.x), "y": .number(point.y), "line": .number(Double(count)),
                    "index": .number(Double(index)),
                ])
            }
            count += 1
        }
        func word(_ text: String, _ x: Double, _ y: Double, _ align: String, angle: Double = 0) {
            words.append([
                "text": .string(text), "x": .number(x), "y": .number(y), "align": .string(align),
                "angle": .number(angle),
            ])
        }
        /// Words along an edge, at a distance from its middle.
        func title(_ text: String, _ from: Surface.Point, _ to: Surface.Point, distance: Double) {
            let dx = to.x - from.x, dy = to.y - from.y, length = (dx * dx + dy * dy).squareRoot()
            word(
                text, (from.x + to.x) / 2 - dy / length * distance, (from.y + to.y) / 2 + dx / length * distance,
                "center", angle: Foundation.atan2(dy, dx) * 180 / .pi)
        }
        line([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)].map { pixel($0.0, $0.1, 0) })
        line([pixel(-0.5, -0.5, 0), pixel(-0.5, -0.5, 1)])
        func number(_ value: Double) -> String { Panel.short(value, digits: 2) }
        for place in [-0.5, 0, 0.5] {
            func coordinate(_ places: [Double]) -> String {
                number(places[0] + (place + 0.5) * (places[places.count - 1] - places[0]))
            }
            let front = pixel(place, -0.5, 0), side = pixel(0.5, place, 0)
            line([front, Surface.Point(x: front.x - 4, y: front.y + 5)])
            line([side, Surface.Point(x: side.x + 4, y: side.y + 5)])
            word(coordinate(surface.x), front.x - 6, front.y + 13, "right")
            word(coordinate(surface.y), side.x + 7, side.y + 12, "left")
        }
        for tick in Surface.levels([range.lowerBound, range.upperBound], count: 5, logarithmic: logarithmic) {
            let point = pixel(-0.5, -0.5, level(tick))
            line([point, Surface.Point(x: point.x - 5, y: point.y)])
            word(number(tick), point.x - 8, point.y, "right")
        }
        title(x, pixel(-0.5, -0.5, 0), pixel(0.5, -0.5, 0), distance: 34)
        title(y, pixel(0.5, -0.5, 0), pixel(0.5, 0.5, 0), distance: 42)
        title(value, pixel(-0.5, -0.5, 0), pixel(-0.5, -0.5, 1), distance: -46)
        return (lines, words)
    }
}
