import Report

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
}
