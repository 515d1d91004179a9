import Jets
import Report
import Statistics

extension VariantTransfer {
    /// For each class against the taggers' own background: ROC curves with the ratio to the first variant's; the areas of
    /// all pairs as a matrix; areas in bins of pT; calibration; and the mass spectra of the background that passes.
    ///
    /// Lines are means over a variant's seeds with a band of one standard deviation; of a single seed the bands are the 95 %
    /// intervals from the number of jets.
    public static func figures(_ trainings: [OfTraining<Transfer>], subtitle: String) -> [Figure] {
        let groups = VariantTrainings.grouped(trainings).filter { !$0.sound.isEmpty }
        guard let first = groups.first?.sound.first?.result else { return [] }
        let variants = combine(trainings).filter { !$0.pairs.isEmpty }
        // The pair that was trained on comes first.
        let against = first.pairs.indices.filter { first.pairs[$0].background == first.background }
            .sorted { first.pairs[$0].signal == first.signal && first.pairs[$1].signal != first.signal }
        let rocs = against.map { place in
            let pair = first.pairs[place], title = "\(pair.signal) against \(pair.background)"
            return roc(
                name: "transfer-roc-\(pair.signal)", title: title, subtitle,
                groups.map { group in
                    EfficiencyCurve(group.variant, group.sound.map { $0.result.pairs[place] })
                })
        }
        var figures = rocs + [matrix(variants, first.classes.map(\.jetClass), subtitle)]
        if !against.isEmpty {
            figures += [ptBins(variants, first, against, subtitle), calibration(groups, first, against, subtitle)]
        }
        if let sculpting = sculpting(groups, variants, subtitle) { figures.append(sculpting) }
        return figures
    }

    private static func matrix(_ variants: [VariantTransfer], _ classes: [JetClass], _ subtitle: String) -> Figure {
        let names = classes.map(\.name)
        let panels = variants.map { variant in
            Panel.matrix(
                classes.map { row in classes.map { variant.area(row: row, column: $0) } }, rows: names, columns: names,
                title: variant.variant, rowTitle: "taken for the signal", columnTitle: "taken for the background",
                range: 0...1)
        }
        return Figure(
            name: "transfer-matrix", title: "ROC-AUC of every pair of classes", subtitle: subtitle, panels: panels)
    }

    private static func ptBins(
        _ variants: [VariantTransfer], _ first: Transfer, _ against: [Int], _ subtitle: String
    ) -> Figure {
        // The outer bins reach far into the tails: the frame cuts them off a little beyond the inner ones.
        let edges = first.pairs[against[0]].ptBins.map(\.lower).dropFirst()
        let width = (edges.last ?? 0) - (edges.first ?? 0)
        let x = Axis(
            "jet pT [GeV]", range: width > 0 ? edges.first! - width / 2...edges.last! + width / 2 : nil)
        let panels = against.map { place in
            let bins = first.pairs[place].ptBins
            let lines = variants.compactMap { variant -> Line? in
                // A step a bin: from its lower edge to its upper one.
                let steps = zip(bins, variant.pairs[place].rocAUCInPTBins).compactMap { bin, area in
                    area.map { (bin: bin, area: $0) }
                }
                guard !steps.isEmpty else { return nil }
                func twice(_ value: (Spread) -> Double) -> [Double] {
                    steps.flatMap { [value($0.area), value($0.area)] }
                }
                return Line(
                    variant.variant, x: steps.flatMap { [$0.bin.lower, $0.bin.upper] }, y: twice(\.mean),
                    band: .init(lower: twice { $0.mean - $0.halfBand }, upper: twice { $0.mean + $0.halfBand }))
            }
            return Panel.lines(lines, x: x, y: Axis("ROC-AUC"), width: 300, height: 260)
                .titled("\(first.pairs[place].signal) against \(first.background)")
        }
        return Figure(
            name: "transfer-pt", title: "ROC-AUC in bins of jet pT", subtitle: subtitle, panels: panels, columns: 2)
    }

    private static func roc(
        name: String, title: String, _ subtitle: String, _ curves: [EfficiencyCurve]
    ) -> Figure {
        let efficiency = Axis("signal efficiency", range: 0...1), grid = (0...100).map { Double($0) / 100 }
        let highest = curves.flatMap { $0.rejections.y }.max() ?? 1
        let chance = Line("chance", x: grid, y: grid)
        let chanceRejection = Line("chance", x: Array(grid.dropFirst()), y: grid.dropFirst().map { 1 / $0 })
        let left = Panel.lines(
            curves.map(\.efficiencies), x: Axis("background efficiency", range: 0...1), y: efficiency,
            references: [chance], width: 380, height: 380)
        func right(_ x: Axis, height: Double) -> Panel {
            .lines(
                curves.map(\.rejections), x: x,
                y: Axis("background rejection", logarithmic: true, range: 1...max(10, highest * 1.3)),
                references: [chanceRejection], width: 380, height: height)
        }
        guard curves.count > 1 else {
            return Figure(name: name, title: title, subtitle: subtitle, panels: [left, right(efficiency, height: 380)])
        }
        let ratios = Panel.lines(
            curves.map { $0.ratio(to: curves[0]) }, x: efficiency, y: Axis("ratio"),
            references: [Line("one", x: [0, 1], y: [1, 1])], showsLegend: false, width: 380, height: 100)
        return Figure(
            name: name, title: title,
            subtitle: "\(subtitle); below right: background rejection over that of \(curves[0].name)",
            panels: [left, right(Axis("", range: 0...1), height: 260).above(ratios)])
    }
}

/// ε_B of a variant at the signal efficiencies of ``Transfer``, with its band.
private struct EfficiencyCurve {
    let name: String
    let mean: [Double], lower: [Double], upper: [Double]
    /// Background jets.
    let jets: Int

    /// - Parameter pairs: one a seed
    init(_ name: String, _ pairs: [Transfer.Pair]) {
        self.name = name
        let jets = pairs[0].evaluation.backgroundJets
        let spreads = Transfer.signalEfficiencies.indices.map { place in
            Spread(pairs.map { $0.backgroundEfficiencies[place] }, testSetErrors: pairs.map { _ in 0 })
        }
        let bands = spreads.map { spread -> (Double, Double) in
            if let deviation = spread.deviation { return (max(spread.mean - deviation, 0), spread.mean + deviation) }
            let interval = Estimate.fraction(Int((spread.mean * Double(jets)).rounded()), of: jets)
            return (interval.lower, interval.upper)
        }
        self.jets = jets
        mean = spreads.map(\.mean)
        lower = bands.map(\.0)
        upper = bands.map(\.1)
    }

    /// ε_S against ε_B.
    var efficiencies: Line { Line(name, x: [0] + mean, y: [0] + Transfer.signalEfficiencies) }

    /// 1/ε_B against ε_S, from where a background jet passes.
    var rejections: Line {
        let places = mean.indices.filter { mean[$0] * Double(jets) >= 1 }
        return Line(
            name, x: places.map { Transfer.signalEfficiencies[$0] }, y: places.map { 1 / mean[$0] },
            band: .init(
                lower: places.map { 1 / upper[$0] }, upper: places.map { 1 / max(lower[$0], 0.1 / Double(jets)) }))
    }

    /// The rejection over another's, from where ten background jets pass both; the band is this curve's alone.
    func ratio(to other: EfficiencyCurve) -> Line {
        let places = mean.indices.filter { min(mean[$0], other.mean[$0]) * Double(jets) >= 10 }
        return Line(
            name, x: places.map { Transfer.signalEfficiencies[$0] }, y: places.map { other.mean[$0] / mean[$0] },
            band: .init(
                lower: places.map { other.mean[$0] / upper[$0] },
                upper: places.map { other.mean[$0] / max(lower[$0], 1 / Double(jets)) }))
    }
}
