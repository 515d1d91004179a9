/// Colours and dashes that stay apart for colour-blind readers and on grey prints.
enum Palette {
    /// The palette of M. Okabe and K. Ito (Color Universal Design, 2008), its darker colours first; the yellow comes
    /// last, being faint on white.
    static let colours = [
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442",
    ]
    /// Solid, then dashes that differ.
    static let dashes: [JSONValue] = [
        [1, 0], [8, 3], [2, 2], [8, 3, 2, 3], [4, 2], [12, 3], [1, 3], [6, 2, 1, 2],
    ]
    /// Marks of points.
    static let shapes: [JSONValue] = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
    /// Where the colour scale of heat maps begins.
    static let darkestOfViridis = "#440154"
    /// For what is no data: a chance line, a rule.
    static let reference = "#777777"

    /// The colour of the `index`-th series; from the ninth on they repeat.
    static func colour(_ index: Int) -> JSONValue { .string(colours[index % colours.count]) }

    static func scale(_ names: [String]) -> JSONValue {
        ["domain": .array(names.map(JSONValue.string)), "range": .array(names.indices.map(colour))]
    }

    static func dashScale(_ names: [String]) -> JSONValue {
        [
            "domain": .array(names.map(JSONValue.string)),
            "range": .array(names.indices.map { dashes[$0 % dashes.count] }),
        ]
    }

    static func shapeScale(_ names: [String]) -> JSONValue {
        [
            "domain": .array(names.map(JSONValue.string)),
            "range": .array(names.indices.map { shapes[$0 % shapes.count] }),
        ]
    }
}
