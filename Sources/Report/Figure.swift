/// A figure: a title, what it shows, and panels beside each other. Its ``specification`` is a Vega-Lite v5 document
/// (https://vega.github.io/vega-lite/) that holds the data, so that a reader can redraw or restyle it.
public struct Figure: Sendable, Equatable {
    /// The file's name, without an ending: `roc`.
    public let name: String
    /// What is plotted. Letters that Helvetica's free twins lack (lowered digits such as ₁) change the whole line's font.
    public let title: String
    /// The network, the data and the number of jets shown; more lines than one where it holds line breaks.
    public let subtitle: String
    public let panels: [Panel]
    /// Panels in a row.
    public let columns: Int

    public init(name: String, title: String, subtitle: String, panels: [Panel], columns: Int = 3) {
        self.name = name
        self.title = title
        self.subtitle = subtitle
        self.panels = panels
        self.columns = columns
    }

    /// The whole Vega-Lite document.
    public var specification: JSONValue {
        let lines = subtitle.split(separator: "\n").map { JSONValue.string(String($0)) }
        let frame: JSONValue = [
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "title": ["text": .string(title), "subtitle": lines.count > 1 ? .array(lines) : .string(subtitle)],
            "background": "white", "padding": 12, "config": Figure.style,
        ]
        // A panel with a title of its own would take the figure's place.
        if panels.count == 1, panels[0].specification["title"] == nil {
            return frame.merging(panels[0].specification)
        }
        return frame.merging([
            "concat": .array(panels.map(\.specification)), "columns": .number(Double(columns)), "spacing": 28,
        ])
    }

    /// Letters of a size that survives a one-column print, thin grid lines, no colours of the drawing program's own.
    static let style: JSONValue = [
        "font": "Helvetica, Arial, Liberation Sans, sans-serif",
        "title": [
            "anchor": "start", "fontSize": 17, "fontWeight": "bold", "subtitleFontSize": 13, "subtitleColor": "#555555",
            "subtitlePadding": 5, "offset": 14, "frame": "bounds",
        ],
        "axis": [
            "labelFontSize": 13, "titleFontSize": 14, "titleFontWeight": "normal", "titlePadding": 8,
            "gridColor": "#E6E6E6", "domainColor": "#444444", "tickColor": "#444444", "labelColor": "#222222",
            "labelOverlap": "greedy", "labelSeparation": 5, "labelFlush": false,
        ],
        "legend": [
            "labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "labelLimit": 0,
            "symbolStrokeWidth": 2.5, "symbolSize": 220, "orient": "bottom", "columnPadding": 24,
        ],
        "view": ["stroke": nil],
    ]
}

/// One coordinate system of a figure, as a Vega-Lite view.
public struct Panel: Sendable, Equatable {
    public let specification: JSONValue

    init(_ specification: JSONValue) { self.specification = specification }

    /// This panel with words above it.
    public func titled(_ title: String) -> Panel {
        Panel(
            specification.merging([
                "title": ["text": .string(title), "fontSize": 14, "anchor": "middle", "offset": 6]
            ]))
    }

    /// This panel with another one close below it, for a ratio over the same abscissa.
    public func above(_ lower: Panel) -> Panel {
        Panel(["vconcat": [specification, lower.specification], "spacing": 8])
    }
}

/// An axis: the quantity with its unit, and how it is drawn.
public struct Axis: Sendable, Equatable {
    /// The quantity, with the unit in brackets where it has one: `jet mass [GeV]`.
    public let title: String
    /// True for a logarithmic scale.
    public let logarithmic: Bool
    /// The range drawn; nil for that of the data.
    public let range: ClosedRange<Double>?
    /// True where the axis should begin at 0, for counts and distances.
    public let fromZero: Bool
    /// True where there is nothing between whole numbers: epochs, layers.
    public let whole: Bool
    /// Where ticks are; nil leaves that to Vega.
    private var ticks: [Double]?
    /// The least space for the labels, in pixels: panels above each other begin at one place where it is the same.
    private var extent: Double?

    public init(
        _ title: String, logarithmic: Bool = false, range: ClosedRange<Double>? = nil, fromZero: Bool = false,
        whole: Bool = false
    ) {
        self.title = title
        self.whole = whole
        self.logarithmic = logarithmic
        self.range = range
        self.fromZero = fromZero
    }

    /// This axis with a range that just holds the data, where it is logarithmic and has none: Vega-Lite itself would
    /// widen it to whole powers of ten.
    func fitted(to data: [Double]) -> Axis {
        let positive = data.filter { $0.isFinite && $0 > 0 }
        guard logarithmic, range == nil, let least = positive.min(), let most = positive.max() else { return self }
        return Axis(title, logarithmic: true, range: least / 1.15...most * 1.15)
    }

    /// This axis with ticks at round whole numbers among the data, where it is of whole numbers: Vega's own choice would
    /// put some between them.
    func ticked(over data: [Double]) -> Axis {
        let finite = data.filter(\.isFinite)
        guard whole, let least = finite.min(), let most = finite.max() else { return self }
        var step = 1.0
        // 1, 2, 5, 10, 20, 50, …
        while (most - least) / step > 7 { step *= String(Int(step)).hasPrefix("2") ? 2.5 : 2 }
        var axis = self
        axis.ticks = Array(stride(from: (least / step).rounded(.up) * step, through: most, by: step))
        return axis
    }

    /// This axis with so many pixels for its labels at least, so that panels above each other line up.
    func margin(_ pixels: Double) -> Axis {
        var axis = self
        axis.extent = pixels
        return axis
    }

    /// The encoding of a field along this axis.
    func encoding(_ field: String, grid: Bool = true) -> JSONValue {
        var scale: [String: JSONValue] = logarithmic ? ["type": "log"] : ["zero": .bool(fromZero)]
        if let range {
            scale["domain"] = [.number(range.lowerBound), .number(range.upperBound)]
            scale["nice"] = false
        }
        var axis: [String: JSONValue] = ["title": .string(title), "tickCount": 6, "grid": .bool(grid)]
        let logarithmicTicks = logarithmic ? range.flatMap(Axis.logarithmicTicks) : nil
        if let ticks = ticks ?? logarithmicTicks { axis["values"] = .array(ticks.map(JSONValue.number)) }
        if let extent { axis["minExtent"] = .number(extent) }
        if logarithmic {
            axis["format"] = "~g"
            axis["labelExpr"] = .string(Axis.shortLabels)
        } else {
            // Where labels would touch, every other one goes; on a logarithmic axis that might be the powers of ten.
            axis["labelOverlap"] = "parity"
        }
        return ["field": .string(field), "type": "quantitative", "scale": .object(scale), "axis": .object(axis)]
    }

    /// A Vega expression that writes very large and very small numbers as 1e6, other labels as they are. Raised digits
    /// would read better, but the drawing program's own font lacks most of them.
    private static let shortLabels =
        "datum.label != '' && (datum.value >= 1e5 || datum.value < 0.999e-3) "
        + "? replace(format(datum.value, '~e'), '+', '') : datum.label"
}
