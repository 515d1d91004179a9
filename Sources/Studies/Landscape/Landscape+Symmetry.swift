import Curvature
import Foundation
import Report
import Statistics
import Torch

/// How a jet and its boost fare along directions.
extension Landscape {
    // MARK: R(ε)

    /// What `ratio.json` holds for a tagger.
    struct Ratio: Encodable {
        let ratio: BoostRatio
        /// ε in units of ‖θ‖.
        let relativeSteps: [Double]
    }

    func ratios() throws -> Findings {
        let bodies = try subjects.map { subject -> Ratio in
            let direction = try subject.eigenvectors(1, for: .ratio)[0], theta = subject.tagger.theta
            let unit = theta.to(.float64).norm / direction.norm
            let steps = LossGrid.symmetricSteps(settings.range * unit, count: settings.curvePoints)
            let place = try place(subject, "ratio", [direction], [settings.views, steps])
            let ratio = try BoostRatio(
                of: subject.tagger.network, at: theta, subject.data, along: direction, steps: steps, settings.views,
                reducer: reducer, label: label(.ratio, subject), keptIn: place.path, identity: place.identity)
            return Ratio(ratio: ratio, relativeSteps: steps.map { $0 / unit })
        }
        return try write(.ratio, bodies, ratioTable(bodies), [ratioFigure(bodies)])
    }

    private func ratioTable(_ ratios: [Ratio]) -> Table {
        let rows = zip(subjects, ratios).flatMap { subject, ratio -> [[Table.Cell]] in
            let last = ratio.ratio.points.count - 1
            return [0, last / 2, last].map { place in
                let point = ratio.ratio.points[place]
                func cell(_ band: Band) -> Table.Cell {
                    .estimate(Estimate(value: band.median, lower: band.lower68, upper: band.upper68, confidence: 0.68))
                }
                return [
                    .text(subject.name), .number(ratio.relativeSteps[place], digits: 3), cell(point.logitRatio),
                    cell(point.probabilityRatio), cell(point.logitDifference),
                ]
            }
        }
        return Table(
            caption:
                "\(subtitle). Output of a jet over that of its boost, R(ε), along the leading eigenvector: medians over "
                + "jets and \(settings.boosts) boosts each, with the distances to the 16 and 84 % quantiles (a spread, not "
                + "an error).",
            label: "boost-ratio",
            columns: [
                .init("tagger"), .init("ε / ‖θ‖", latex: "$\\varepsilon / \\|\\theta\\|$"), .init("ratio of logits"),
                .init("ratio of probabilities"), .init("|Δlogit|", latex: "$|\\Delta f|$"),
            ], rows: rows)
    }

    private func ratioFigure(_ ratios: [Ratio]) -> Figure {
        func panel(_ axis: String, _ quantity: (BoostRatio.Point) -> Band, wide: Bool, _ reference: Double?) -> Panel {
            var lines: [Line] = [], shown: [Double] = []
            for (subject, ratio) in zip(subjects, ratios) {
                let bands = ratio.ratio.points.map(quantity)
                let lower = bands.map { wide ? $0.lower95 : $0.lower68 }
                let upper = bands.map { wide ? $0.upper95 : $0.upper68 }
                lines.append(
                    Line(
                        subject.name, x: ratio.relativeSteps.map { 100 * $0 }, y: bands.map(\.median),
                        band: Line.Band(lower: lower, upper: upper)))
                shown += lower + upper
            }
            let x = Axis("ε / ‖θ‖ along eigenvector 1 [%]")
            // Where logits cross 0 a ratio's quantiles may be anything: the axis then ends at what can be read.
            let finite = shown.filter(\.isFinite), least = finite.min() ?? 0, most = finite.max() ?? 1
            let range = reference == nil ? nil : max(least, -3)...min(max(most, 1.05), 5)
            let references = reference.map { level -> [Line] in
                let ends = [ratios[0].relativeSteps.first!, ratios[0].relativeSteps.last!].map { 100 * $0 }
                return [Line("invariant", x: ends, y: [level, level])]
            }
            return .lines(
                lines, x: x, y: Axis(axis, range: range, fromZero: reference == nil), references: references ?? [],
                width: 330, height: 260)
        }
        let panels = [false, true].flatMap { wide -> [Panel] in
            let interval = wide ? "central 95 %" : "central 68 %"
            return [
                panel("f(x) / f(Λx), logits; \(interval)", \.logitRatio, wide: wide, 1),
                panel("p(x) / p(Λx), probabilities; \(interval)", \.probabilityRatio, wide: wide, 1),
                panel("|f(x) − f(Λx)|; \(interval)", \.logitDifference, wide: wide, nil),
            ]
        }
        return Figure(
            name: "ratio", title: "A jet and its boost along the leading eigenvector", subtitle: subtitle,
            panels: panels)
    }

    // MARK: Pseudo-Goldstone measure

    func goldstoneModes() throws -> Findings {
        let bodies = try subjects.map { subject -> [GoldstoneMode] in
            let network = subject.tagger.network
            let random = (0..<settings.randomDirections).map {
                Direction.isotropic("random \($0 + 1)", count: network.parameters.count, seed: settings.seed)
            }
            let directions = try subject.eigenvectors(max(1, subject.eigenvectors.count), for: .goldstone) + random
            let place = try place(subject, "goldstone", directions, [settings.views])
            return try GoldstoneMode.measure(
                directions, of: network, at: subject.tagger.theta, subject.data, events: Array(subject.jets.eventIndex),
                settings.views, reducer: reducer, label: label(.goldstone, subject), keptIn: place.path,
                identity: place.identity)
        }
        return try write(.goldstone, bodies, goldstoneTable(bodies), [goldstoneFigure(bodies)])
    }

    /// Eigenvectors' modes one by one, and the random directions' in one row.
    private func goldstoneTable(_ modes: [[GoldstoneMode]]) -> Table {
        let rows = zip(subjects, modes).flatMap { subject, modes -> [[Table.Cell]] in
            let random = modes.filter { $0.eigenvalue == nil }
            func row(_ name: String, _ eigenvalue: Table.Cell, _ measure: Table.Cell, _ modes: [GoldstoneMode])
                -> [Table.Cell]
            {
                func mean(_ quantity: (GoldstoneMode) -> Double) -> Double {
                    modes.reduce(0) { $0 + quantity($1) } / Double(modes.count)
                }
                return [
                    .text(subject.name), .text(name), eigenvalue, measure, .number(mean(\.correlation), digits: 3),
                    .number(mean(\.commonShift), digits: 3), .number(mean(\.speed), digits: 3),
                ]
            }
            let eigen = modes.filter { $0.eigenvalue != nil }.map { mode in
                row(
                    mode.direction, .number(mode.eigenvalue!), .measured(mode.measure, error: mode.standardError),
                    [mode])
            }
            guard !random.isEmpty else { return eigen }
            let (mean, spread) = meanAndSpread(random.map(\.measure))
            return eigen + [row("\(random.count) random", .missing, .measured(mean, error: spread), random)]
        }
        return Table(
            caption:
                "\(subtitle). Pseudo-Goldstone measure g = ⟨(a − b)²⟩/(⟨a²⟩ + ⟨b²⟩), a and b the change of a jet's "
                + "logit and of its boost's along a direction: 0 alike, 1 independent. Errors: jackknife over events; of "
                + "random directions their standard deviation.",
            label: "goldstone",
            columns: [
                .init("tagger"), .init("direction"), .init("λ", latex: "$\\lambda$"), .init("g", latex: "$g$"),
                .init("correlation"), .init("common shift"), .init("speed"),
            ], rows: rows)
    }

    private func goldstoneFigure(_ modes: [[GoldstoneMode]]) -> Figure {
        let count = modes.map { $0.count { $0.eigenvalue != nil } }.max() ?? 0
        let places = (1...max(1, count)).map(String.init) + (settings.randomDirections > 0 ? ["random"] : [])
        let series = zip(subjects, modes).map { subject, modes -> Points in
            var number = 0
            let names = modes.map { mode -> String in
                guard mode.eigenvalue != nil else { return "random" }
                number += 1
                return "\(number)"
            }
            // More taggers than there are colours are told apart by their variants alone.
            let name = subjects.count > 8 ? subject.tagger.description.variant : subject.name
            return Points(
                name, at: names, y: modes.map(\.measure), lower: modes.map { $0.measure - $0.standardError },
                upper: modes.map { $0.measure + $0.standardError })
        }
        let panel = Panel.points(
            series, places: places, x: Axis("eigenvector of the Hessian, by descending eigenvalue"),
            y: Axis("pseudo-Goldstone measure g", fromZero: true))
        return Figure(
            name: "goldstone", title: "Do a jet and its boost move alike?", subtitle: subtitle, panels: [panel])
    }

    private func meanAndSpread(_ values: [Double]) -> (Double, Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : .nan)
    }
}
