import Jets
import Report

extension VariantRobustness {
    /// A table for each perturbation with a row for each strength, and one of the areas under the drop.
    ///
    /// - Parameter shown: the jets and the networks, for the captions
    public static func tables(_ variants: [VariantRobustness], showing shown: String) -> [Table] {
        let variants = variants.filter { !$0.curves.isEmpty }
        guard let first = variants.first else { return [] }
        let over = "Mean over draws of the noise; " + Spread.errors(variants.map(\.seeds.count))
        let curves = first.curves.indices.map { place in
            let law = try? Perturbations.law(named: first.curves[place].perturbation)
            return Table(
                caption: "\(law?.title ?? first.curves[place].perturbation). \(shown). \(over)",
                label: "robustness-\(first.curves[place].perturbation)",
                columns: [.init(law?.strengthTitle ?? "strength")]
                    + variants.flatMap { [.init("\($0.variant): ROC-AUC"), .init("\($0.variant): accuracy")] },
                rows: first.curves[place].points.indices.map { point in
                    [.text("\(first.curves[place].points[point].strength)")]
                        + variants.flatMap { variant in
                            let point = variant.curves[place].points[point]
                            return [cell(point.rocAUC), cell(point.accuracy)]
                        }
                })
        }
        return curves + [areas(variants, showing: shown)]
    }

    private static func areas(_ variants: [VariantRobustness], showing shown: String) -> Table {
        Table(
            caption: "Area under the drop of the ROC-AUC over the strength. \(shown). Errors apart: standard deviation "
                + "over seeds and over draws of the noise, standard error from the number of jets.",
            label: "robustness-areas",
            columns: ["perturbation", "variant", "seeds", "area", "σ seeds", "σ draws", "σ jets"].map { .init($0) },
            rows: variants[0].curves.indices.flatMap { place in
                variants.map { variant in
                    let area = variant.curves[place].areaUnderDrop
                    func number(_ value: Double?) -> Table.Cell { value.map { .number($0, digits: 2) } ?? .missing }
                    return [
                        .text(variant.curves[place].perturbation), .text(variant.variant), .count(variant.seeds.count),
                        .number(area.overSeeds.mean, digits: 3), number(area.overSeeds.deviation),
                        number(area.drawDeviation), number(area.overSeeds.testSetError),
                    ]
                }
            })
    }

    private static func cell(_ quantity: Quantity) -> Table.Cell {
        .measured(quantity.overSeeds.mean, error: quantity.overSeeds.deviation ?? quantity.overSeeds.testSetError)
    }
}
