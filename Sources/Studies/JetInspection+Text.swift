import Jets
import Report

extension JetInspection {
    /// The inspection for a terminal: what was read, two tables of the classes, and what is wrong.
    public var text: String {
        var parts = [
            "\(Table.Cell.count(jets).plain) jets in \(files.count) file\(files.count == 1 ? "" : "s"), "
                + "\(Table.Cell.count(soundJets).plain) of them sound"
        ]
        if !classes.isEmpty { parts += [kinematics.plain, multiplicities.plain] }
        parts += spacelike
        parts.append(problems.isEmpty ? "no problems" : "problems:\n" + problems.map(line).joined(separator: "\n"))
        return parts.joined(separator: "\n\n").replacing("\n\n\n", with: "\n\n")
    }

    private var kinematics: Table {
        Table(
            caption: "Kinematics of the jets (momenta and masses in GeV; the mass peaks in the fullest bin of 4 GeV)",
            label: "kinematics",
            columns: [
                "class", "jets", "pT least", "median", "largest", "|η| largest", "mass median", "mass peak",
            ].map { Table.Column($0) },
            rows: classes.map {
                [
                    .text($0.jetClass.name), .count($0.jets), .number($0.pt.minimum), .number($0.pt.median),
                    .number($0.pt.maximum), .number($0.largestAbsolutePseudorapidity, digits: 3),
                    .number($0.mass.median), $0.massPeak.map { .number($0, digits: 3) } ?? .missing,
                ]
            })
    }

    private var multiplicities: Table {
        Table(
            caption: "Constituents of a jet",
            label: "multiplicities",
            columns: ["class", "mean", "5 %", "25 %", "median", "75 %", "95 %", "jets with 32 or more [%]"].map {
                Table.Column($0)
            },
            rows: classes.map {
                let n = $0.multiplicity
                return [
                    .text($0.jetClass.name), .number($0.meanMultiplicity, digits: 3), .number(n.quantile5, digits: 3),
                    .number(n.quantile25, digits: 3), .number(n.median, digits: 3), .number(n.quantile75, digits: 3),
                    .number(n.quantile95, digits: 3), .number(100 * $0.fractionWithAtLeast32, digits: 3),
                ]
            })
    }

    /// E² < p² by more than rounding is no fault of a jet's own, but tells of a wrong column or unit.
    private var spacelike: [String] {
        let largest = classes.map(\.largestSpacelikeExcess).max() ?? 0
        guard largest > 1e-4 else { return [] }
        return [
            "remark: constituents have E < |p| by up to \(Table.Cell.number(largest, digits: 2).plain) of |p|, more than "
                + "rounding: check the units and the energy's column"
        ]
    }

    private func line(_ problem: Problem) -> String {
        let what = problem.kind == "file" ? "unreadable file" : problem.kind
        return "  \(what): \(Table.Cell.count(problem.count).plain); first: \(problem.first)"
    }
}
