import Foundation
import Report
import Statistics
import Support

/// Is it the symmetry? What each variant of a study changes beside `unconstrained`, quantity by quantity over the seeds that
/// both have, and what `constrained` changes beside it. A control that does what the symmetry loss does says that it need not
/// be the symmetry.
///
/// These are intervals, not verdicts: the claims are about one pair, and their p-values are corrected for each other; those
/// here are not.
public struct VariantEffects: Sendable, Codable, Equatable {
    /// The run in a few words, for captions.
    public let shown: String
    /// By quantity, then by variant.
    public let rows: [Row]

    /// One quantity of one variant.
    public struct Row: Sendable, Codable, Equatable {
        public let quantity: ClaimQuantity
        public let variant: String
        /// The variant beside `unconstrained`.
        public let effect: Effect
        /// `constrained` beside the variant; nil for itself, and where they share no seed.
        public let constrainedBeside: Effect?
    }

    /// A paired difference, or ratio where the quantity is compared by its ratio.
    public struct Effect: Sendable, Codable, Equatable {
        /// One a seed: differences, or ratios.
        public let values: [Double]
        /// The mean difference, or the geometric mean of the ratios.
        public let mean: Double
        /// ``mean`` with its paired t interval of 95 %; nil for one pair, which has no error.
        public let interval: Estimate?
        /// The paired t test's, and the exact sign-flip test's; nil for one pair.
        public let pValue: Double?, signFlipPValue: Double?

        /// From differences, or logarithms of ratios; nil where there are none.
        init?(_ differences: [Double], isRatio: Bool) {
            guard !differences.isEmpty else { return nil }
            func shown(_ value: Double) -> Double { isRatio ? exp(value) : value }
            let paired = try? PairedDifferences(differences)
            values = differences.map(shown)
            mean = shown(paired?.mean ?? differences[0])
            interval = paired.map { paired in
                let found = paired.interval()
                return Estimate(
                    value: shown(found.value), lower: shown(found.lower), upper: shown(found.upper),
                    confidence: found.confidence)
            }
            pValue = paired?.pValue
            signFlipPValue = paired?.signFlip.pValue
        }
    }

    /// Compares; nil where there is nothing beside the paper's two variants.
    public init?(_ measurements: [ClaimQuantity: VariantMeasurements], showing shown: String) {
        self.shown = shown
        rows = ClaimQuantity.allCases.flatMap { quantity -> [Row] in
            guard let measured = measurements[quantity] else { return [] }
            func effect(of variant: String, beside other: String) -> Effect? {
                Effect(
                    measured.differences(of: variant, from: other, asRatio: quantity.isRatio), isRatio: quantity.isRatio
                )
            }
            return measured.variants.filter { $0 != "unconstrained" }.compactMap { variant in
                effect(of: variant, beside: "unconstrained").map {
                    Row(
                        quantity: quantity, variant: variant, effect: $0,
                        constrainedBeside: variant == "constrained" ? nil : effect(of: "constrained", beside: variant))
                }
            }
        }
        guard rows.contains(where: { $0.variant != "constrained" }) else { return nil }
    }

    /// A row for each quantity and variant.
    public var table: Table {
        Table(
            caption:
                "Is it the symmetry? \(shown). What each variant changes beside `unconstrained`, and what `constrained` "
                + "changes beside it, over the seeds that both have: differences, or ratios (×), with paired t intervals of "
                + "95 %; p of the paired t test, not corrected for their number. One pair has no error.",
            label: "variants",
            columns: [
                .init("quantity"), .init("variant"), .init("pairs"), .init("beside unconstrained"), .init("p"),
                .init("constrained beside it"), .init("p, beside it"),
            ],
            rows: rows.map { row in
                [
                    .text(row.quantity.name + (row.quantity.isRatio ? " (×)" : "")), .text(row.variant),
                    .count(row.effect.values.count), row.effect.cell, row.effect.p,
                    row.constrainedBeside?.cell ?? .missing, row.constrainedBeside?.p ?? .missing,
                ]
            })
    }

    /// Every seed's effect and their means with intervals, a panel for each quantity that another variant has, too.
    public var figure: Figure {
        let quantities = ClaimQuantity.allCases.filter { quantity in
            rows.contains { $0.quantity == quantity && $0.variant != "constrained" }
        }
        return Figure(
            name: "variants", title: "What each variant changes",
            subtitle: "\(shown)\nPoints: seeds. Bars: paired t intervals of 95 % of their mean.",
            panels: quantities.map { quantity in
                let own = rows.filter { $0.quantity == quantity }
                return .seeds(
                    title: "(\(quantity.claim.rawValue)) \(quantity.shortName)",
                    rows: own.map { .init($0.variant, seeds: $0.effect.values, mean: $0.effect.interval) },
                    x: Axis(
                        quantity.isRatio ? "variant / unconstrained" : "variant − unconstrained",
                        logarithmic: quantity.isRatio),
                    reference: quantity.isRatio ? 1 : 0)
            })
    }

    /// Writes `results/variants.json`, `variants.md`, `variants.tex` and `figures/variants` into a run's folder.
    ///
    /// - Throws: `FileError`.
    func write(to folder: String) throws -> Findings {
        try writeJSON(self, to: "\(folder)/results/variants.json")
        return try .write([table], [figure], name: "variants", to: folder, figuresIn: "figures")
    }
}

extension VariantEffects.Effect {
    fileprivate var cell: Table.Cell { interval.map { .estimate($0) } ?? .number(mean, digits: 3) }
    fileprivate var p: Table.Cell { pValue.map { .number($0, digits: 2) } ?? .missing }
}
