import Curvature
import Foundation
import Report
import Statistics

/// Tables and figures of the loss along and over directions.
extension Landscape {
    /// What stands below titles: the jets and the network, where all taggers share them.
    var subtitle: String {
        let shown = subjects.map(\.shown)
        return Set(shown).count == 1 ? shown[0] : shown.joined(separator: " | ")
    }

    /// What a term is, for an axis.
    private func axisTitle(_ term: String) -> String {
        switch term {
        case "bce": "binary cross-entropy [nats]"
        case "group": "symmetry loss (mean squared score change)"
        case "total":
            settings.terms.map { $0.weight == 1 ? $0.name : "\($0.weight) \($0.name)" }.joined(separator: " + ")
        default: term
        }
    }

    // MARK: Curves

    func curveTable(_ curves: [[Curve]]) -> Table {
        let rows = zip(subjects, curves).flatMap { subject, curves in
            curves.flatMap { curve in
                curve.expansion.filter { shownTerms.contains($0.name) }.map { order -> [Table.Cell] in
                    let values = curve.grid[order.name]!, last = values.count - 1
                    return [
                        .text(subject.name), .text(curve.grid.axes[0].direction), .text(order.name),
                        curve.grid.axes[0].eigenvalue.map { .number($0) } ?? .missing, .number(order.curvature),
                        .number(order.slope), .number(values[last / 2]), .number(values[0]), .number(values[last]),
                        .number(curve.asymmetries[order.name]!.last!, digits: 3),
                    ]
                }
            }
        }
        return Table(
            caption:
                "\(subtitle). Loss along eigenvectors of the Hessian, ε up to \(settings.range) ‖θ‖ to either side. "
                + "Curvature νᵀHν and slope at ε = 0 are of the term on these jets; the eigenvalue is the file's. "
                + "Asymmetry: odd over even part at the ends.",
            label: "loss-curve",
            columns: [
                .init("tagger"), .init("direction"), .init("term"), .init("λ", latex: "$\\lambda$"),
                .init("νᵀHν", latex: "$\\nu^T H \\nu$"), .init("slope"), .init("at 0"), .init("at −range"),
                .init("at +range"), .init("asymmetry"),
            ], rows: rows)
    }

    /// Two figures for the eigenvector at a place: ε in units of ‖θ‖, and absolute.
    /// Taggers that have a colour and a parabola each; of more, a variant's share a colour.
    private static let mostNamed = 4

    func curveFigures(_ curves: [[Curve]], _ place: Int) -> [Figure] {
        let name = place == 0 ? "curve" : "curve-\(place + 1)"
        let title = "Loss along eigenvector \(place + 1) of the Hessian"
        func panels(_ axis: String, _ steps: (Curve) -> [Double]) -> [Panel] {
            shownTerms.map { term in
                var lines: [Line] = [], seeds: [Line] = [], shown: [Double] = []
                for (subject, curves) in zip(subjects, curves) {
                    let curve = curves[place], values = curve.grid[term]!,
                        order = curve.expansion.first { $0.name == term }!
                    let epsilon = curve.grid.axes[0].steps
                    // The eigenvalue is of the cross-entropy; another term's parabola has its own curvature.
                    let curvature = term == "bce" ? curve.grid.axes[0].eigenvalue ?? order.curvature : order.curvature
                    let start = values[values.count / 2]
                    shown += values.filter(\.isFinite)
                    guard subjects.count <= Landscape.mostNamed else {
                        let variant = subject.tagger.description.variant
                        seeds.append(Line(variant, x: steps(curve), y: values))
                        continue
                    }
                    lines.append(Line(subject.name, x: steps(curve), y: values, style: "measured"))
                    lines.append(
                        Line(
                            subject.name, x: steps(curve),
                            y: epsilon.map { start + order.slope * $0 + curvature * $0 * $0 / 2 },
                            style: "second order"))
                }
                let least = shown.min() ?? 0, most = shown.max() ?? 1, margin = 0.06 * (most - least)
                return .lines(
                    lines, x: Axis(axis),
                    y: Axis(axisTitle(term), range: least - margin...max(most + margin, least + 1e-12)), thin: seeds,
                    width: 340, height: 300)
            }
        }
        return [
            Figure(
                name: name, title: title, subtitle: subtitle,
                panels: panels("ε / ‖θ‖ [%]") { $0.relativeSteps.map { 100 * $0 } }),
            Figure(
                name: "\(name)-absolute", title: title, subtitle: subtitle,
                panels: panels("ε", { $0.grid.axes[0].steps })),
        ]
    }

    // MARK: Planes

    func planeTable(_ grids: [LossGrid], _ part: LandscapePart) -> Table {
        let rows = zip(subjects, grids).flatMap { subject, grid in
            shownTerms.map { term -> [Table.Cell] in
                let values = grid[term]!, finite = values.filter(\.isFinite), middle = values.count / 2
                return [
                    .text(subject.name), .text(term), .number(values[middle]), .number(finite.min() ?? .nan),
                    .number(Quantiles(of: values).median), .number(finite.max() ?? .nan),
                    .count(values.count - finite.count),
                ]
            }
        }
        let directions =
            part == .plane
            ? "the two leading eigenvectors of the Hessian, up to \(settings.range) ‖θ‖ along each"
            : "two random filter-normalised directions, up to \(settings.randomRange) of their length along each"
        return Table(
            caption:
                "\(subtitle). Loss over \(directions), on \(settings.planePoints) × \(settings.planePoints) points.",
            label: "loss-\(part.rawValue)",
            columns: [
                .init("tagger"), .init("term"), .init("at 0"), .init("lowest"), .init("median"), .init("highest"),
                .init("not finite"),
            ], rows: rows)
    }

    /// For each term the surfaces from above, and of the first term also from aside.
    func planeFigures(_ grids: [LossGrid], _ part: LandscapePart) -> [Figure] {
        let title =
            part == .plane
            ? "Loss over the two leading eigenvectors" : "Loss over two random filter-normalised directions"
        let isEigen = part == .plane
        func axis(_ number: Int) -> Axis {
            Axis(isEigen ? "ε / ‖θ‖ along eigenvector \(number) [%]" : "ε along random direction \(number)")
        }
        func surface(_ grid: LossGrid, _ term: String) -> Surface {
            let steps = (0..<2).map { isEigen ? grid.relativeSteps($0).map { 100 * $0 } : grid.axes[$0].steps }
            return Surface(x: steps[0], y: steps[1], values: grid[term]!)
        }
        var figures: [Figure] = []
        for (place, term) in shownTerms.enumerated() where term != "total" {
            // One scale for all taggers.
            let values = grids.flatMap { $0[term]! }.filter { $0.isFinite }
            let positive = values.filter { $0 > 0 }
            let isLogarithmic = !positive.isEmpty && positive.count == values.count && values.max()! > 8 * values.min()!
            let range = (values.min() ?? 0)...max(values.max() ?? 1, (values.min() ?? 0) + 1e-12)
            let colour = Axis(axisTitle(term), logarithmic: isLogarithmic, range: range)
            let levels = Surface.levels(values, count: 9, logarithmic: isLogarithmic)
            figures.append(
                Figure(
                    name: "\(part.rawValue)-\(term)", title: title, subtitle: subtitle,
                    panels: zip(subjects, grids).map { subject, grid in
                        .contours(
                            surface(grid, term), title: subject.name, x: axis(1), y: axis(2), colour: colour,
                            levels: levels)
                    }))
            guard place == 0 else { continue }
            figures.append(
                Figure(
                    name: "\(part.rawValue)-\(term)-surface", title: title, subtitle: subtitle,
                    panels: zip(subjects, grids).map { subject, grid in
                        .surface(surface(grid, term), title: subject.name, x: axis(1), y: axis(2), value: colour)
                    }))
        }
        return figures
    }
}
