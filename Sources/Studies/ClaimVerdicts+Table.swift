import Foundation
import Report
import Statistics
import Support

extension ClaimVerdicts {
    /// The claims table: a row for each claim, with the quantity that its verdict hangs on and the paper's figure of it.
    ///
    /// - Parameter shown: the jets and the networks, for the caption
    public func table(showing shown: String) -> Table {
        Table(
            caption: "The paper's claims of training with the symmetry loss. \(shown). \(ClaimVerdicts.foundExplained) "
                + "After Holm's correction over the six claims: p, and the verdict left at 5 %.",
            label: "claims",
            columns: [
                .init("claim"), .init("verdict"), .init("decided by"), .init("pairs"), .init("found"),
                .init("the paper"), .init("p"), .init("p, Holm"), .init("after Holm"), .init("pairs to decide"),
            ],
            rows: claims.map { claim in
                let decisive = claim.quantities.first { $0.quantity == claim.decidedBy }
                return [
                    .text("(\(claim.claim.rawValue)) \(claim.claim.statement)"), .verdict(claim.verdict),
                    decisive.map { .text($0.title) } ?? .missing, .count(decisive?.count ?? 0),
                    decisive?.found ?? .missing, decisive?.published ?? .missing, .p(claim.pValue),
                    .p(claim.holmPValue), .verdict(claim.verdictAfterHolm),
                    claim.pairsNeeded.map { .count($0) } ?? .missing,
                ]
            })
    }

    /// A row for each quantity of each claim.
    public func quantityTable(showing shown: String) -> Table {
        Table(
            caption: "The quantities behind the claims. \(shown). \(ClaimVerdicts.foundExplained) p: of the paired t "
                + "test; p, signs: of the exact sign-flip test.",
            label: "claim-quantities",
            columns: [
                .init("claim"), .init("quantity"), .init("pairs"), .init("found"), .init("the paper"), .init("verdict"),
                .init("p"), .init("p, signs"), .init("pairs to decide"),
            ],
            rows: claims.flatMap { claim in
                claim.quantities.map { quantity in
                    [
                        .text("(\(claim.claim.rawValue))"), .text(quantity.title), .count(quantity.count),
                        quantity.found,
                        quantity.published, .verdict(quantity.decision.verdict), .p(quantity.decision.pValue),
                        .p(quantity.decision.differences?.signFlip.pValue),
                        quantity.decision.pairsNeeded.map { .count($0) } ?? .missing,
                    ]
                }
            })
    }

    private static let foundExplained =
        "Found: constrained − unconstrained, or their ratio (×), with the paired t interval that decides (of 95 %; for "
        + "equal ROC-AUC of 90 %, against ±\(ClaimQuantity.aucMargin)). Pairs to decide: seeds with which a difference of "
        + "this size is decided with probability 0.8."

    /// A row for each seed and quantity, so that nothing is hidden behind a mean.
    public func seedTable(showing shown: String) -> Table {
        let rows = claims.flatMap(\.quantities).flatMap { quantity in
            quantity.pairs.map { pair -> [Table.Cell] in
                let reason = quantity.excluded.first { $0.seed == pair.seed }?.reason
                let effect = pair.difference(asRatio: quantity.quantity.isRatio)
                return [
                    .text(quantity.quantity.name), .text("\(pair.seed)"), .number(pair.unconstrained.value, digits: 5),
                    .number(pair.constrained.value, digits: 5),
                    reason == nil ? .number(quantity.quantity.isRatio ? exp(effect) : effect, digits: 3) : .missing,
                    .text(reason.map { "left out: \($0)" } ?? pair.remarks.joined(separator: ", ")),
                ]
            }
        }
        return Table(
            caption: "Every seed's values behind the claims. \(shown).", label: "claims-by-seed",
            columns: [
                .init("quantity"), .init("seed"), .init("unconstrained"), .init("constrained"),
                .init("difference or ratio"), .init("remark"),
            ], rows: rows)
    }

    /// Warnings first, then a line a claim: for a terminal or the head of a page.
    public var readings: [String] {
        warnings.map { "Warning: \($0)." }
            + claims.map { "(\($0.claim.rawValue)) \($0.claim.statement). \($0.reading)" }
    }

    /// Writes `results/claims.json`, with every seed's values, `claims.md` and `claims.tex`, the tables, and
    /// `figures/claims`, what decides them, into a run's folder; returns what could not be drawn.
    ///
    /// - Throws: `FileError`.
    @discardableResult
    public func write(to folder: String, showing shown: String, renderer: FigureRenderer = FigureRenderer()) throws
        -> [String]
    {
        try writeJSON(self, to: "\(folder)/results/claims.json")
        let tables = [table(showing: shown), quantityTable(showing: shown), seedTable(showing: shown)]
        let page = readings.map { "- \($0)" }.joined(separator: "\n")
        let markdown = ([page] + tables.map(\.markdown)).joined(separator: "\n\n")
        try writeAtomically(Data(markdown.utf8), to: "\(folder)/claims.md")
        try writeAtomically(Data(tables.map(\.latex).joined(separator: "\n").utf8), to: "\(folder)/claims.tex")
        return try figure(showing: shown).map { try renderer.write([$0], to: "\(folder)/figures").warnings } ?? []
    }
}

extension QuantityVerdict {
    /// The quantity's name, marked where a ratio is shown.
    fileprivate var title: String { quantity.name + (quantity.isRatio ? " (×)" : "") }
    /// Pairs that are averaged.
    fileprivate var count: Int { pairs.count - excluded.count }
    /// What was found, with its interval where there is one.
    fileprivate var found: Table.Cell {
        interval.map { .estimate($0) } ?? effect.map { .number($0, digits: 3) } ?? .missing
    }
    /// The paper's figure.
    fileprivate var published: Table.Cell {
        PublishedFigures.effect(of: quantity).map { .number($0, digits: 3) } ?? .missing
    }
}

extension Table.Cell {
    fileprivate static func p(_ value: Double?) -> Table.Cell { value.map { .number($0, digits: 2) } ?? .missing }
}
