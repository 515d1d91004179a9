import Jets
import Report

extension VariantRobustness {
    /// ROC-AUC and accuracy against the strength, a figure a perturbation. A variant's line is the mean over its seeds with
    /// a band of one standard deviation, thin lines its seeds; for a single seed the band is the 95 % interval from the
    /// number of jets, thin lines its draws.
    public static func figures(_ trainings: [OfTraining<Robustness>], subtitle: String) -> [Figure] {
        let variants = combine(trainings).filter { !$0.curves.isEmpty }
        guard let first = variants.first else { return [] }
        let kinds = Set(variants.map { $0.seeds.count > 1 })
        let legend =
            [
                kinds.contains(true) ? "bands: standard deviation over seeds; thin: seeds" : nil,
                kinds.contains(false)
                    ? "\(kinds.count > 1 ? "of a single seed " : "")bands: 95 % from the number of jets; thin: draws"
                    : nil,
            ].compactMap { $0 }.joined(separator: "; ")
        return first.curves.indices.map { place in
            let name = first.curves[place].perturbation, law = try? Perturbations.law(named: name)
            let x = Axis(law?.strengthTitle ?? "strength")
            func panel(
                _ title: String, _ combined: (Point) -> Quantity, _ single: (Robustness.Point) -> Spread
            ) -> Panel {
                let lines = variants.map { variant in
                    let values = variant.curves[place].points.map { combined($0).overSeeds }
                    return Line(
                        variant.variant, x: variant.curves[place].points.map(\.strength), y: values.map(\.mean),
                        band: .init(
                            lower: values.map { $0.mean - $0.halfBand }, upper: values.map { $0.mean + $0.halfBand }))
                }
                let thin = variants.flatMap { variant -> [Line] in
                    let own = trainings.filter { $0.variant == variant.variant && !$0.collapsed }
                    let curves = own.map { $0.result.curves[place].points }
                    guard curves.count == 1 else {
                        return curves.map { points in
                            Line(variant.variant, x: points.map(\.strength), y: points.map { single($0).mean })
                        }
                    }
                    return single(curves[0][0]).values.indices.map { draw in
                        Line(
                            variant.variant, x: curves[0].map(\.strength), y: curves[0].map { single($0).values[draw] })
                    }
                }
                return .lines(lines, x: x, y: Axis(title), thin: thin, width: 380, height: 340)
            }
            return Figure(
                name: "robustness-\(name)", title: law?.title ?? name, subtitle: "\(subtitle); \(legend)",
                panels: [
                    panel("ROC-AUC", \.rocAUC, \.rocAUC), panel("accuracy", \.accuracy, \.accuracy),
                ])
        }
    }
}
