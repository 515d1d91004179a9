import Foundation
import Statistics

/// A row of a panel over seeds: a name, the seeds' values, and their mean with its interval.
public struct SeedRow: Sendable, Equatable {
    public let name: String
    public let seeds: [Double]
    /// Nil where there is none.
    public let mean: Estimate?

    public init(_ name: String, seeds: [Double], mean: Estimate?) {
        self.name = name
        self.seeds = seeds
        self.mean = mean
    }
}

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
        flat(
            title: ["text": .string(title), "subtitle": .string(subtitle), "subtitleFontSize": 12],
            rows: [SeedRow("seeds", seeds: seeds, mean: nil), SeedRow("mean", seeds: [], mean: mean)], x: x,
            reference: reference, claimed: claimed, width: width, height: height)
    }

    /// One quantity of several variants: a row for each, its seeds' dots under their mean with its interval, and a rule
    /// where nothing differs.
    ///
    /// - Parameters:
    ///   - title: the quantity
    ///   - rows: from above
    ///   - reference: where nothing differs, 0 for differences and 1 for ratios
    public static func seeds(
        title: String, rows: [SeedRow], x: Axis, reference: Double, width: Double = 290, rowHeight: Double = 26
    ) -> Panel {
        flat(
            title: ["text": .string(title)], rows: rows, x: x, reference: reference, claimed: nil, width: width,
            height: rowHeight * Double(max(rows.count, 2)))
    }

    private static func flat(
        title: JSONValue, rows: [SeedRow], x: Axis, reference: Double, claimed: (lower: Double, upper: Double)?,
        width: Double, height: Double
    ) -> Panel {
        let means = rows.compactMap(\.mean)
        let shown =
            rows.flatMap(\.seeds) + means.flatMap { [$0.lower, $0.upper] } + [reference]
            + (claimed.map { [$0.lower, $0.upper] } ?? [])
        let range = x.range ?? padded(shown.filter { $0.isFinite && (!x.logarithmic || $0 > 0) }, x.logarithmic)
        let axis = Axis(x.title, logarithmic: x.logarithmic, range: range)
        let place: JSONValue = [
            "field": "row", "type": "nominal", "scale": ["domain": .array(rows.map { .string($0.name) })],
            "axis": ["title": nil, "ticks": false, "domain": false, "grid": false],
        ]
        func horizontal(_ field: String) -> JSONValue { axis.encoding(field) }
        var layers: [JSONValue] = []
        if let claimed {
            layers.append([
                "data": values([
                    [
                        "from": .number(max(claimed.lower, range.lowerBound)),
                        "to": .number(min(claimed.upper, range.upperBound)),
                    ]
                ]),
                "mark": ["type": "rect", "color": .string(Palette.colours[2]), "opacity": 0.14],
                "encoding": ["x": horizontal("from"), "x2": ["field": "to"]],
            ])
        }
        layers += [
            [
                "data": values([["x": .number(reference)]]),
                "mark": [
                    "type": "rule", "color": .string(Palette.reference), "strokeDash": [2, 3], "strokeWidth": 1.5,
                ],
                "encoding": ["x": horizontal("x")],
            ],
            [
                "data": values(
                    rows.flatMap { row in row.seeds.map { ["x": .number($0), "row": .string(row.name)] } }),
                "mark": [
                    "type": "point", "filled": true, "size": 60, "opacity": 0.65, "color": .string(Palette.colours[0]),
                ],
                "encoding": ["x": horizontal("x"), "y": place],
            ],
        ]
        if !means.isEmpty {
            let found = rows.compactMap { row in
                row.mean.map { mean -> JSONValue in
                    [
                        "x": .number(mean.value), "lower": .number(mean.lower), "upper": .number(mean.upper),
                        "row": .string(row.name),
                    ]
                }
            }
            layers += [
                [
                    "data": values(found),
                    "mark": ["type": "rule", "strokeWidth": 2.5, "color": "black", "clip": true],
                    "encoding": ["x": horizontal("lower"), "x2": ["field": "upper"], "y": place],
                ],
                [
                    "data": values(found),
                    "mark": [
                        "type": "point", "filled": true, "shape": "diamond", "size": 90, "color": "black", "opacity": 1,
                    ],
                    "encoding": ["x": horizontal("x"), "y": place],
                ],
            ]
        }
        return Panel([
            "title": title.merging(["fontSize": 14, "offset": 6]), "width": .number(width), "height": .number(height),
            "layer": .array(layers),
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
