/// How many of some values lie in each of equally wide bins.
public struct Histogram: Sendable, Equatable, Codable {
    /// The lower end of the first bin.
    public let lower: Double
    /// The upper end of the last bin; it belongs to that bin.
    public let upper: Double
    /// Values in each bin.
    public let counts: [Int]
    /// Values below, above, or not a number: not in any bin, yet part of the whole.
    public let outside: Int

    /// Counts `values` in `bins` bins of one width over `range`. Cost: O(values).
    ///
    /// - Precondition: `bins` > 0 and the range is not empty.
    public init(of values: [Double], over range: ClosedRange<Double>, bins: Int) {
        precondition(bins > 0 && range.lowerBound < range.upperBound, "\(bins) bins over \(range)")
        var counts = [Int](repeating: 0, count: bins)
        var outside = 0
        let scale = Double(bins) / (range.upperBound - range.lowerBound)
        for value in values {
            if range.contains(value) {
                counts[min(bins - 1, Int((value - range.lowerBound) * scale))] += 1
            } else {
                outside += 1
            }
        }
        lower = range.lowerBound
        upper = range.upperBound
        self.counts = counts
        self.outside = outside
    }

    /// What was counted elsewhere.
    ///
    /// - Precondition: there are bins, and the range is not empty.
    public init(counts: [Int], outside: Int, over range: ClosedRange<Double>) {
        precondition(!counts.isEmpty && range.lowerBound < range.upperBound, "\(counts.count) bins over \(range)")
        lower = range.lowerBound
        upper = range.upperBound
        self.counts = counts
        self.outside = outside
    }

    /// The width of a bin.
    public var binWidth: Double { (upper - lower) / Double(counts.count) }
    /// All values, those outside too.
    public var total: Int { counts.reduce(outside, +) }
    /// The fraction of all values in each bin, divided by the bin's width: a probability density.
    public var densities: [Double] { counts.map { Double($0) / (Double(max(total, 1)) * binWidth) } }
}

extension Panel {
    /// Normalised distributions of one quantity, a class each, as steps with a light fill.
    ///
    /// The ordinate is a probability density in one over the abscissa's unit. On a logarithmic axis an empty bin
    /// falls to the axis.
    public static func histograms(
        _ histograms: [(name: String, histogram: Histogram)], x: Axis, logarithmic: Bool = false, width: Double = 520,
        height: Double = 380
    ) -> Panel {
        let names = histograms.map(\.name)
        let smallest = histograms.flatMap { $0.histogram.densities.filter { $0 > 0 } }.min() ?? 1
        let largest = histograms.flatMap(\.histogram.densities).max() ?? 1
        let floor = logarithmic ? smallest / 2 : 0
        let range = logarithmic ? floor...max(largest * 2, floor * 10) : nil
        let y = Axis(
            "probability density\(unit(of: x.title))", logarithmic: logarithmic, range: range, fromZero: true)
        var rows = [JSONValue]()
        for (name, histogram) in histograms {
            // A step holds from its edge to the next one; the last height is repeated at the end of its bin.
            let densities = histogram.densities
            for (i, density) in (densities + densities.suffix(1)).enumerated() {
                rows.append([
                    "x": .number(histogram.lower + Double(i) * histogram.binWidth), "y": .number(max(density, floor)),
                    "floor": .number(floor), "name": .string(name),
                ])
            }
        }
        let ends = histograms.map(\.histogram)
        let axis = Axis(
            x.title, logarithmic: x.logarithmic,
            range: x.range ?? (ends.map(\.lower).min() ?? 0)...(ends.map(\.upper).max() ?? 1))
        let colour: JSONValue = [
            "field": "name", "type": "nominal", "scale": Palette.scale(names), "legend": legend(names, width: width),
        ]
        let place: JSONValue = ["x": axis.encoding("x"), "y": y.encoding("y")]
        return Panel([
            "width": .number(width), "height": .number(height), "data": values(rows),
            "layer": [
                [
                    "mark": ["type": "area", "interpolate": "step-after", "fillOpacity": 0.1, "clip": true],
                    "encoding": place.merging(["y2": ["field": "floor"], "fill": colour]),
                ],
                [
                    "mark": ["type": "line", "interpolate": "step-after", "strokeWidth": 2, "clip": true],
                    "encoding": place.merging(["stroke": colour]),
                ],
            ],
        ])
    }

    /// ` [1/GeV]` for `jet mass [GeV]`, nothing for a quantity without unit.
    private static func unit(of title: String) -> String {
        guard title.hasSuffix("]"), let start = title.lastIndex(of: "[") else { return "" }
        return " [1/\(title[title.index(after: start)..<title.index(before: title.endIndex)])]"
    }
}
