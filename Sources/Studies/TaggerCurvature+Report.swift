import Curvature
import Foundation
import Report
import Support

extension TaggerCurvature {
    /// A row a tagger.
    public static func table(_ taggers: [TaggerCurvature], showing shown: String) -> Table {
        func error(_ first: Double, _ second: Double?) -> Double { (first * first + pow(second ?? 0, 2)).squareRoot() }
        return Table(
            caption:
                "Curvature of the loss. \(shown). Errors: of the estimators and of the choice of the jets (jackknife "
                + "over blocks) together, each counted once.",
            label: "curvature",
            columns: [
                .init("tagger"), .init("loss"), .init("λ₁", latex: "$\\lambda_1$"),
                .init("λ₂", latex: "$\\lambda_2$"), .init("λ smallest", latex: "$\\lambda_{\\min}$"),
                .init("trace", latex: "$\\mathrm{Tr}\\,H$"), .init("‖H‖_F", latex: "$\\|H\\|_F$"),
                .init("products"), .init("time"),
            ],
            rows: taggers.map { tagger in
                func eigenvalue(_ index: Int?) -> Table.Cell {
                    guard let index, tagger.eigenvalues.indices.contains(index) else { return .missing }
                    return .measured(
                        tagger.eigenvalues[index],
                        error: error(tagger.residuals[index], tagger.eigenvalueErrors[index] ?? nil))
                }
                let upper = tagger.upper
                return [
                    .text(tagger.name + (tagger.isConverged ? "" : " (not converged)")),
                    .number(tagger.loss, digits: 4), eigenvalue(upper.first), eigenvalue(upper.dropFirst().first),
                    eigenvalue(tagger.lower),
                    .measured(tagger.trace, error: error(tagger.traceStandardError, tagger.traceSamplingError)),
                    .measured(tagger.frobeniusNorm, error: tagger.frobeniusNormStandardError),
                    .count(tagger.eigenvalueProducts + tagger.traceProducts + (tagger.density?.products ?? 0)),
                    .text(ProgressLine.duration(tagger.seconds)),
                ]
            })
    }

    /// λ₁ and the trace as they are and with each tagger's temperature matched, side by side; nil where none was.
    public static func matchedTable(_ taggers: [TaggerCurvature], showing shown: String) -> Table? {
        guard taggers.contains(where: { $0.matched != nil }) else { return nil }
        func cell(_ value: Double, _ first: Double, _ second: Double?) -> Table.Cell {
            .measured(value, error: (first * first + pow(second ?? 0, 2)).squareRoot())
        }
        return Table(
            caption:
                "Curvature at each tagger's own best temperature: logits divided by the temperature that minimises its "
                + "validation jets' cross-entropy. \(shown). Errors: of the temperature from the number of validation "
                + "jets; else of the estimators and of the choice of the jets together, each counted once.",
            label: "matched-curvature",
            columns: [
                .init("tagger"), .init("temperature"), .init("λ₁", latex: "$\\lambda_1$"),
                .init("λ₁ at temperature", latex: "$\\lambda_1$ at temperature"),
                .init("trace", latex: "$\\mathrm{Tr}\\,H$"),
                .init("trace at temperature", latex: "$\\mathrm{Tr}\\,H$ at temperature"),
            ],
            rows: taggers.map { tagger in
                let converged = tagger.isConverged && tagger.matched?.isConverged ?? true
                let after = tagger.matched
                return [
                    .text(tagger.name + (converged ? "" : " (not converged)")),
                    after.map { .measured($0.temperature.value, error: $0.temperature.standardError) } ?? .missing,
                    tagger.leadingEigenvalue.map { cell($0.value, $0.residual, $0.samplingError) } ?? .missing,
                    after.map { cell($0.eigenvalue, $0.residual, $0.eigenvalueSamplingError) } ?? .missing,
                    cell(tagger.trace, tagger.traceStandardError, tagger.traceSamplingError),
                    after.map { cell($0.trace, $0.traceStandardError, $0.traceSamplingError) } ?? .missing,
                ]
            })
    }

    /// The spectral density on a logarithmic scale, how many eigenvalues lie above λ, the trace by layers, and the
    /// effective dimension.
    public static func figures(_ taggers: [TaggerCurvature], subtitle: String) -> [Figure] {
        let withDensity = taggers.filter { $0.density != nil }
        guard !withDensity.isEmpty else { return [] }
        let variants = Dictionary(grouping: withDensity, by: \.variant).values.map(\.count)
        let bands =
            (variants.contains { $0 > 1 } ? ["standard deviations over seeds (thin lines)"] : [])
            + (variants.contains(1) ? ["of a single seed the quadrature's standard error"] : [])
        let subtitle = "\(subtitle)\nBands: \(bands.joined(separator: "; "))."
        return [densities(withDensity, subtitle), effectiveDimensions(withDensity, subtitle)]
    }

    private static func densities(_ taggers: [TaggerCurvature], _ subtitle: String) -> Figure {
        let ranges = taggers.map { $0.density!.range }
        let lower = ranges.map(\.lowerBound).min()!, upper = ranges.map(\.upperBound).max()!
        let width = (upper - lower) / 150
        let points = (0...400).map { lower - 4 * width + (upper - lower + 8 * width) * Double($0) / 400 }
        // Below a tenth of what a single eigenvalue's peak has, there is nothing.
        let floor = taggers.map { 0.1 / (Double($0.parameters) * width * (2 * Double.pi).squareRoot()) }.min()!
        let densities = curves(taggers, x: points, atLeast: floor) { $0.density!.density(at: points, width: width) }
        // Four decades down from the largest: nearer to 0 a quadrature of some tens of nodes counts nothing.
        let steps = (0...160).map { 1.1 * upper * pow(10, Double($0 - 160) / 40) }
        let counts = curves(taggers, x: steps, atLeast: 0.3) { tagger in
            steps.map { bound in tagger.density!.sum { $0 >= bound ? 1 : 0 } }
        }
        return Figure(
            name: "spectral-density", title: "Spectrum of the loss's curvature", subtitle: subtitle,
            panels: [
                .lines(
                    densities.lines, x: Axis("eigenvalue λ"), y: Axis("density of eigenvalues", logarithmic: true),
                    thin: densities.seeds, width: 420, height: 340),
                .lines(
                    counts.lines, x: Axis("λ", logarithmic: true, range: steps.first!...steps.last!),
                    y: Axis("eigenvalues above λ", logarithmic: true), thin: counts.seeds, width: 420, height: 340),
            ], columns: 2)
    }

    private static func effectiveDimensions(_ taggers: [TaggerCurvature], _ subtitle: String) -> Figure {
        let curves = curves(taggers, x: CurvatureSettings.alphas, atLeast: 0.1) { tagger in
            tagger.effectiveDimensions.map { ($0.value, $0.standardError) }
        }
        let alphas = CurvatureSettings.alphas
        return Figure(
            name: "effective-dimension", title: "Effective dimension", subtitle: subtitle,
            panels: [
                .lines(
                    curves.lines, x: Axis("α", logarithmic: true, range: alphas.first!...alphas.last!),
                    y: Axis("Σ λ / (λ + α) over λ > 0", logarithmic: true), thin: curves.seeds)
            ])
    }

    /// A line for each tagger with its estimator's error; of variants with several seeds the mean over them with their
    /// standard deviation, and thin lines for the seeds.
    private static func curves(
        _ taggers: [TaggerCurvature], x: [Double], atLeast floor: Double,
        _ values: (TaggerCurvature) -> [(value: Double, standardError: Double)]
    ) -> (lines: [Line], seeds: [Line]) {
        let variants = taggers.map(\.variant).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        var lines: [Line] = [], seeds: [Line] = []
        for variant in variants {
            let own = taggers.filter { $0.variant == variant }.map(values)
            let means = x.indices.map { place -> (value: Double, error: Double) in
                guard own.count > 1 else { return (own[0][place].value, own[0][place].standardError) }
                let spread = Spread(own.map { $0[place].value }, testSetErrors: own.map { _ in 0 })
                return (spread.mean, spread.deviation ?? 0)
            }
            lines.append(
                Line(
                    variant, x: x, y: means.map { max($0.value, floor) },
                    band: .init(
                        lower: means.map { max($0.value - $0.error, floor) },
                        upper: means.map { max($0.value + $0.error, floor) })))
            if own.count > 1 {
                seeds += own.map { Line(variant, x: x, y: $0.map { max($0.value, floor) }) }
            }
        }
        return (lines, seeds)
    }
}
