import Foundation
import Statistics

extension Panel {
    /// One quantity over seeds, flat: a dot for each seed, below them the mean with its interval, a rule where nothing
    /// differs, and a light band where a claim wants the interval to lie.
    ///
    /// - Parameters:
    ///   - title: the quantity
    ///   - subtitle: what came of it
    ///   - seeds: one value a seed
    ///   - mean: with the interval that decides; nil where there is none
    ///   - reference: where nothing differs, 0 for differences and 1 for ratios
    ///   - claimed: from where to where the interval is claimed to lie; infinite ends are those of the axis
    public static func seeds(
        title: String, subtitle: String, values seeds: [Double], mean: Estimate?, x: Axis, reference: Double,
        claimed: (lower: Double, upper: Double), width: Double = 290, height: Double = 84
    ) -> Panel {
        let shown = seeds + (mean.map { [$0.lower, $0.upper] } ?? []) + [reference, claimed.lower, claimed.upper]
        let range = x.range ?? padded(shown.filter { $0.isFinite && (!x.logarithmic || $0 > 0) }, x.logarithmic)
        let axis = Axis(x.title, logarithmic: x.logarithmic, range: range)
        let rows: JSONValue = [
            "field": "row", "type": "nominal", "scale": ["domain": ["seeds", "mean"]],
            "axis": ["title": nil, "ticks": false, "domain": false, "grid": false],
        ]
        func horizontal(_ field: String) -> JSONValue { axis.encoding(field) }
        var layers: [JSONValue] = [
            [
                "data": values([
                    [
                        "from": .number(max(claimed.lower, range.lowerBound)),
                        "to": .number(min(claimed.upper, range.upperBound)),
                    ]
                ]),
                "mark": ["type": "rect", "color": .string(Palette.colours[2]), "opacity": 0.14],
                "encoding": ["x": horizontal("from"), "x2": ["field": "to"]],
            ],
            [
                "data": values([["x": .number(reference)]]),
                "mark": [
                    "type": "rule", "color": .string(Palette.reference), "strokeDash": [2, 3], "strokeWidth": 1.5,
                ],
                "encoding": ["x": horizontal("x")],
            ],
            [
                "data": values(seeds.map { ["x": .number($0), "row": "seeds"] }),
                "mark": [
                    "type": "point", "filled": true, "size": 60, "opacity": 0.65, "color": .string(Palette.colours[0]),
                ],
                "encoding": ["x": horizontal("x"), "y": rows],
            ],
        ]
        if let mean {
            let row: JSONValue = [
                "x": .number(mean.value), "lower": .number(mean.lower), "upper": .number(mean.upper), "row": "mean",
            ]
            layers += [
                [
                    "data": values([row]),
                    "mark": ["type": "rule", "strokeWidth": 2.5, "color": "black", "clip": true],
                    "encoding": ["x": horizontal("lower"), "x2": ["field": "upper"], "y": rows],
                ],
                [
                    "data": values([row]),
                    "mark": [
                        "type": "point", "filled": true, "shape": "diamond", "size": 90, "color": "black", "opacity": 1,
                    ],
                    "encoding": ["x": horizontal("x"), "y": rows],
                ],
            ]
        }
        return Panel([
            "title": [
                "text": .string(title), "subtitle": .string(subtitle), "fontSize": 14, "subtitleFontSize": 12,
                "offset": 6,
            ],
            "width": .number(width), "height": .number(height), "layer": .array(layers),
        ])
    }

    /// A range a little wider than the values.
    private static func padded(_ values: [Double], _ logarithmic: Bool) -> ClosedRange<Double> {
        guard let least = values.min(), let most = values.max() else { return 0...1 }
        if logarithmic {
            let factor = max(pow(most / least, 0.08), 1.02)
            return least / factor...most * factor
        }
        let margin = max(0.08 * (most - least), 1e-9)
        return least - margin...most + margin
    }
}
