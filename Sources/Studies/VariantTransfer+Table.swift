import Jets
import Report

extension VariantTransfer {
    /// Accuracy, ROC-AUC and background rejection for each class against the taggers' background; the areas of all pairs;
    /// calibration; mass sculpting.
    ///
    /// - Parameter shown: the jets and the networks, for the captions
    public static func tables(_ variants: [VariantTransfer], trainedOn own: (JetClass, JetClass), showing shown: String)
        -> [Table]
    {
        let variants = variants.filter { !$0.pairs.isEmpty }
        guard let first = variants.first else { return [] }
        let errors = errors(variants)
        let against = first.pairs.indices.filter { first.pairs[$0].background == own.1 }
        func name(_ place: Int) -> String { "\(first.pairs[place].signal) against \(first.pairs[place].background)" }
        func rows(_ places: [Int], _ cells: (Pair) -> [Table.Cell]) -> [[Table.Cell]] {
            places.map { place in [.text(name(place))] + variants.flatMap { cells($0.pairs[place]) } }
        }
        func columns(_ quantities: [Table.Column]) -> [Table.Column] {
            [.init("jets")]
                + variants.flatMap { variant in
                    quantities.map { quantity in
                        .init(
                            "\(variant.variant): \(quantity.title)",
                            latex: quantity.latex.map { "\(variant.variant): \($0)" })
                    }
                }
        }
        let origin = "Trained on \(own.0) against \(own.1)"
        var tables = [
            Table(
                caption:
                    "\(origin), tried on other classes. \(shown). Accuracy at logit 0; ε_B at ε_S = 0.5. \(errors)",
                label: "transfer",
                columns: columns([.init("accuracy"), .init("ROC-AUC"), .init("ε_B", latex: "$\\varepsilon_B$")]),
                rows: rows(against) { [cell($0.accuracy), cell($0.rocAUC), cell($0.backgroundEfficiency)] }),
            Table(
                caption:
                    "\(origin): ROC-AUC of every pair of classes, the first one taken for the signal; below ½ the "
                    + "second has the larger logits. \(shown). \(errors)",
                label: "transfer-pairs", columns: columns([.init("ROC-AUC")]),
                rows: rows(Array(first.pairs.indices)) { [cell($0.rocAUC)] }),
            Table(
                caption: "\(origin): expected calibration error of the probabilities, and what a perfectly calibrated "
                    + "tagger has by chance. \(shown). \(errors)",
                label: "calibration", columns: columns([.init("error"), .init("by chance")]),
                rows: rows(against) {
                    [seeds($0.expectedCalibrationError), .number($0.expectedCalibrationError.testSetError, digits: 2)]
                }),
        ]
        if !first.sculpting.isEmpty {
            tables.append(sculpting(variants, "\(origin). \(shown). \(errors)", columns))
        }
        return tables
    }

    private static func sculpting(
        _ variants: [VariantTransfer], _ caption: String, _ columns: ([Table.Column]) -> [Table.Column]
    ) -> Table {
        let cuts = variants[0].sculpting
        return Table(
            caption:
                "Jensen–Shannon divergence, in bits, of the jet mass of the background that passes a cut from that of "
                + "all, and what a random choice of as many jets gives. \(caption)",
            label: "sculpting",
            columns: [.init("cut")] + columns([.init("divergence"), .init("by chance")]).dropFirst(),
            rows: cuts.indices.map { place in
                let symbol = cuts[place].kind == .signalEfficiency ? "ε_S" : "ε_B"
                return [.text("\(symbol) = \(cuts[place].target)")]
                    + variants.flatMap { variant -> [Table.Cell] in
                        let cut = variant.sculpting[place]
                        return [
                            cut.divergence.map(cell) ?? .missing,
                            cut.byChance.map { .number($0, digits: 2) } ?? .missing,
                        ]
                    }
            })
    }

    private static func cell(_ quantity: Spread) -> Table.Cell {
        .measured(quantity.mean, error: quantity.deviation ?? quantity.testSetError)
    }

    /// For a quantity whose test-set error is shown beside it.
    private static func seeds(_ quantity: Spread) -> Table.Cell {
        quantity.deviation.map { .measured(quantity.mean, error: $0) } ?? .number(quantity.mean, digits: 2)
    }

    /// What ± is.
    private static func errors(_ variants: [VariantTransfer]) -> String { Spread.errors(variants.map(\.seeds.count)) }
}
