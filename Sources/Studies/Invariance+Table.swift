import Report
import Statistics

extension Invariance {
    /// A row for each speed.
    ///
    /// - Parameter shown: the jets and the network, for the caption
    public func table(of tagger: String, showing shown: String) -> Table {
        Table(
            caption:
                "\(tagger). \(shown). Jets boosted at speed β in isotropic directions; errors: 95 % intervals from the "
                + "number of jets.",
            label: "invariance",
            columns: [
                .init("β", latex: "$\\beta$"), .init("(Δscore)²", latex: "$(\\Delta p)^2$"),
                .init("|Δlogit|", latex: "$|\\Delta f|$"), .init("flipped decisions"), .init("ROC-AUC"),
            ],
            rows: points.map {
                [
                    .text("\($0.speed)"), .estimate($0.meanSquaredScoreChange), .estimate($0.meanAbsoluteLogitChange),
                    .estimate($0.flippedDecisions), .estimate($0.rocAUC),
                ]
            })
    }

    /// A row for each speed, with every variant's mean over its seeds.
    ///
    /// - Parameter shown: the jets and the networks, for the caption
    public static func summary(_ trainings: [OfTraining<Invariance>], showing shown: String) -> Table {
        let groups = VariantTrainings.grouped(trainings).filter { !$0.sound.isEmpty }
        let speeds = groups.first?.sound[0].result.points.map(\.speed) ?? []
        return Table(
            caption:
                "Jets boosted at speed β in isotropic directions. \(shown). "
                + Spread.errors(groups.map(\.sound.count)),
            label: "invariance",
            columns: [.init("β", latex: "$\\beta$")]
                + groups.flatMap { group in
                    ["(Δscore)²", "flipped decisions", "ROC-AUC"].map { .init("\(group.variant): \($0)") }
                },
            rows: speeds.indices.map { place in
                [.text("\(speeds[place])")]
                    + groups.flatMap { group -> [Table.Cell] in
                        let points = group.sound.map { $0.result.points[place] }
                        return [
                            cell(points.map(\.meanSquaredScoreChange)), cell(points.map(\.flippedDecisions)),
                            cell(points.map(\.rocAUC)),
                        ]
                    }
            })
    }

    private static func cell(_ values: [Estimate]) -> Table.Cell {
        // Half of a 95 % interval is 1.96 standard errors.
        let errors = values.map { ($0.upper - $0.lower) / 2 / StandardNormal.quantile(0.975) }
        let spread = Spread(values.map(\.value), testSetErrors: errors)
        return .measured(spread.mean, error: spread.deviation ?? spread.testSetError)
    }
}
