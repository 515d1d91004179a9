import Report

extension Frontier {
    /// A quantity of the frontier: what it is called, where it is, how it is drawn.
    private struct Quantity: Sendable {
        let name: String, title: String
        let latex: String?
        let axis: Axis
        let path: KeyPath<Point, OverSeeds?> & Sendable
    }

    private static let quantities = [
        Quantity(name: "auc", title: "ROC-AUC", latex: nil, axis: Axis("ROC-AUC"), path: \.rocAUC),
        Quantity(
            name: "score", title: "(Δscore)²", latex: "$(\\Delta p)^2$",
            axis: Axis("mean squared score change", logarithmic: true), path: \.scoreChange),
        Quantity(
            name: "eigenvalue", title: "λ₁", latex: "$\\lambda_1$",
            axis: Axis("leading eigenvalue [nats]", logarithmic: true), path: \.leadingEigenvalue),
        Quantity(
            name: "trace", title: "trace", latex: "$\\mathrm{Tr}\\,H$",
            axis: Axis("trace [nats]", logarithmic: true), path: \.trace),
        Quantity(
            name: "distillation", title: "student's relative MSE", latex: nil,
            axis: Axis("student's relative MSE", logarithmic: true), path: \.distillationError),
    ]

    /// Those that were measured of some point.
    private var measured: [Quantity] {
        Frontier.quantities.filter { quantity in points.contains { $0[keyPath: quantity.path] != nil } }
    }

    /// A row a variant.
    public var table: Table {
        Table(
            caption: "Accuracy against simplicity. \(shown). λ: the weight of the term beside cross-entropy. "
                + "±: the standard deviation over seeds."
                + (student.map { " Distilled into the student \($0)." } ?? ""),
            label: "frontier",
            columns: [
                .init("variant"), .init("arm"), .init("term"), .init("λ", latex: "$\\lambda$"), .init("seeds"),
            ] + measured.map { .init($0.title, latex: $0.latex) },
            rows: points.map { point in
                let values = measured.map { point[keyPath: $0.path] }
                let seeds = Set(values.flatMap { $0?.seeds ?? [] }).count
                return [
                    .text(point.variant), .text(point.arm.rawValue), .text(point.term ?? "–"),
                    .text(point.weight.map(SweptPoints.text) ?? "–"), .count(seeds),
                ]
                    + values.map { value in
                        guard let value else { return .missing }
                        return value.deviation.map { .measured(value.mean, error: $0) }
                            ?? .number(value.mean, digits: 4)
                    }
            })
    }

    /// Each quantity against λ; and ROC-AUC against those that say how simple the network is. None where no variant has a
    /// term of a symmetry.
    public var figures: [Figure] {
        guard points.contains(where: { $0.arm == .soft }) else { return [] }
        let isExact = points.contains { $0.arm == .hard && $0.scoreChange != nil }
        let subtitle =
            "\(shown)\nmeans ± standard deviations over seeds"
            + (isExact ? "; exact invariance stands at its axis's edge" : "")
        let panels = measured.map { quantity in
            Panel.overWeights(
                series { _ in
                    SweptPoints.Value(0, error: nil)
                } y: {
                    $0[keyPath: quantity.path].map(Frontier.value)
                },
                weight: "weight λ of the term", y: quantity.axis, apart: "no λ")
        }
        var figures = [
            Figure(
                name: "frontier-weights", title: "What the weight of the penalty does", subtitle: subtitle,
                panels: panels)
        ]
        let simple = measured.filter { $0.name != "auc" }
        let trades = simple.compactMap { quantity -> Panel? in
            let series = series {
                $0[keyPath: quantity.path].map(Frontier.value)
            } y: {
                $0.rocAUC.map(Frontier.value)
            }
            return series.isEmpty ? nil : .tradeOff(series, x: quantity.axis, y: Axis("ROC-AUC"), width: 400)
        }
        if !trades.isEmpty {
            figures.append(
                Figure(
                    name: "frontier", title: "Accuracy against simplicity",
                    subtitle: "\(subtitle); numbers: the weight λ of the term", panels: trades, columns: 2))
        }
        return figures
    }

    private static func value(_ quantity: OverSeeds) -> SweptPoints.Value {
        .init(quantity.mean, error: quantity.deviation)
    }

    /// A series for each symmetry's term with λ = 0 at its beginning, one for each control, one for hard invariance.
    private func series(
        x: (Point) -> SweptPoints.Value?, y: (Point) -> SweptPoints.Value?
    ) -> [SweptPoints] {
        func make(_ name: String, _ points: [Point], isJoined: Bool) -> SweptPoints? {
            let found = points.compactMap { point -> SweptPoints.Point? in
                guard let x = x(point), let y = y(point) else { return nil }
                return .init(weight: point.weight, x: x, y: y)
            }
            return found.isEmpty ? nil : SweptPoints(name, found, isJoined: isJoined)
        }
        func terms(_ arm: Arm) -> [String] {
            points.filter { $0.arm == arm }.compactMap(\.term).reduce(into: []) {
                if !$0.contains($1) { $0.append($1) }
            }
        }
        let start = points.filter { $0.arm == .unconstrained }
        let soft = terms(.soft)
        // Of several terms only the first one's line begins with the mark of λ = 0, which all share.
        let lines = soft.enumerated().map { place, term in
            make(term, (place == 0 ? start : []) + points.filter { $0.term == term && $0.arm == .soft }, isJoined: true)
        }
        let controls = terms(.control).map { term in
            make("\(term) (control)", points.filter { $0.term == term && $0.arm == .control }, isJoined: true)
        }
        let augmented = points.filter { $0.arm == .control && $0.term == nil }.map { point in
            make("\(point.variant) (control)", [point], isJoined: false)
        }
        let hard = points.filter { $0.arm == .hard }.map { make("\($0.variant) (hard)", [$0], isJoined: false) }
        return (lines + controls + augmented + hard).compactMap { $0 }
    }
}
