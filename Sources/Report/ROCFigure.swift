import Statistics

extension Figure {
    /// ROC curves: ε_S against ε_B; the background rejection 1/ε_B (logarithmic) against ε_S; and below that the rejection
    /// over that of the first name, where there is more than one curve.
    ///
    /// Curves of one name are its seeds: thin lines of one colour, about a line of the mean over them (of ε_B at each ε_S).
    /// Where `confidence` is given, names with a single curve have a band, Wilson's interval of 1/ε_B at each ε_S (the
    /// background jets' fluctuation). A curve ends to the left where no background passes, and its ratio where fewer than
    /// ten background jets of the first name's curve do, or would on average. All are thinned to what can be seen, see
    /// `Line.thinned`.
    public static func roc(
        name: String = "roc", title: String, subtitle: String, curves: [(name: String, curve: ROCCurve)],
        confidence: Double? = nil
    ) -> Figure {
        let names = Panel.unique(curves.map(\.name))
        let variants = names.map { name in
            ROCVariant(name, curves.filter { $0.name == name }.map(\.curve), confidence: confidence)
        }
        let means = variants.map(\.mean), seeds = variants.flatMap(\.seeds)
        let highest = (means + seeds).flatMap { $0.y + ($0.band?.upper ?? []) }.max() ?? 1
        let range = 1...max(10, highest * 1.15)
        let words = ROCWords(variants, confidence)

        let diagonal = (0...100).map { Double($0) / 100 }
        let chance = Line("chance", x: diagonal, y: diagonal)
        // 1/ε_B = 1/ε_S for a random decision; from 1 % on, 0 being infinite.
        let chanceRejection = Line("chance", x: Array(diagonal.dropFirst()), y: diagonal.dropFirst().map { 1 / $0 })
        let unit = PixelScale(0...1, pixels: size)
        let left = Panel.lines(
            variants.map { $0.efficiencies.thinned(x: unit, y: unit) },
            x: Axis("background efficiency", range: 0...1), y: Axis("signal efficiency", range: 0...1),
            references: [chance], thin: variants.flatMap(\.seedEfficiencies).map { $0.thinned(x: unit, y: unit) },
            thinName: words.seeds, width: size, height: size)
        guard curves.count > 1, let reference = variants.first else {
            let scale = PixelScale(range, pixels: size, logarithmic: true)
            let right = Panel.lines(
                means.map { $0.thinned(x: unit, y: scale) }, x: Axis("signal efficiency", range: 0...1),
                y: Axis(words.rejection, logarithmic: true, range: range), references: [chanceRejection],
                bandName: words.band, width: size, height: size)
            return Figure(name: name, title: title, subtitle: subtitle, panels: [left, right])
        }
        let height = 250.0, ratioHeight = 105.0
        let scale = PixelScale(range, pixels: height, logarithmic: true)
        let rejections = Panel.lines(
            means.map { $0.thinned(x: unit, y: scale) }, x: Axis("", range: 0...1),
            y: Axis(words.rejection, logarithmic: true, range: range).margin(58), references: [chanceRejection],
            thin: seeds.map { $0.thinned(x: unit, y: scale) }, bandName: words.band, thinName: words.seeds,
            width: size, height: height)
        let ratios = variants.map { $0.ratio(of: $0.mean, to: reference) }
        let seedRatios = variants.flatMap { variant in variant.seeds.map { variant.ratio(of: $0, to: reference) } }
        var shown: [Double] = [1]
        for line in ratios + seedRatios { shown += line.y + (line.band?.lower ?? []) + (line.band?.upper ?? []) }
        let least = shown.min() ?? 1, most = shown.max() ?? 1, margin = max(0.05 * (most - least), 0.01)
        let ratioRange = least - margin...most + margin
        let ratioScale = PixelScale(ratioRange, pixels: ratioHeight)
        let below = Panel.lines(
            ratios.map { $0.thinned(x: unit, y: ratioScale) }, x: Axis("signal efficiency", range: 0...1),
            y: Axis("ratio", range: ratioRange).margin(58), references: [Line("one", x: [0, 1], y: [1, 1])],
            thin: seedRatios.map { $0.thinned(x: unit, y: ratioScale) }, showsLegend: false, width: size,
            height: ratioHeight)
        return Figure(
            name: name, title: title,
            subtitle: subtitle + "\nBelow right: background rejection over that of \(reference.legend)",
            panels: [left, rejections.above(below)])
    }

    /// A panel's width, and the height of those that are square.
    private static var size: Double { 380 }
}

/// The words of a figure of ROC curves.
private struct ROCWords {
    let rejection = "background rejection (1 / background efficiency)"
    let band: String?
    let seeds: String?

    init(_ variants: [ROCVariant], _ confidence: Double?) {
        band =
            confidence.flatMap { confidence in
                variants.contains { $0.mean.band != nil }
                    ? "\(Table.Cell.number(confidence * 100, digits: 2).plain) % of the test jets' fluctuation" : nil
            }
        seeds = variants.contains { !$0.seeds.isEmpty } ? "single seeds" : nil
    }
}

/// The curves of one name.
private struct ROCVariant {
    /// What the legend calls it.
    let legend: String
    /// 1/ε_B over ε_S: of the only curve, or of the mean.
    let mean: Line
    /// The same of each seed, where there are several.
    let seeds: [Line]
    /// ε_S over ε_B.
    let efficiencies: Line
    let seedEfficiencies: [Line]
    /// From which ε_S on ten background jets pass, or would on average.
    private let ratioStart: Double

    /// The ε_S at which a mean over seeds is computed, closer than pixels.
    private static let grid = (1...1000).map { Double($0) / 1000 }
    /// The ε_S at which a ratio is.
    private static let ratioGrid = (1...200).map { Double($0) / 200 }

    init(_ name: String, _ curves: [ROCCurve], confidence: Double?) {
        let legend = curves.count > 1 ? "\(name), mean of \(curves.count) seeds" : name
        self.legend = legend
        let own = curves.map { curve in
            let points = Array(0..<curve.count)
            return Line(legend, x: points.map(curve.backgroundEfficiency), y: points.map(curve.signalEfficiency))
        }
        let rejections = curves.map {
            ROCVariant.rejections(legend, $0, confidence: curves.count > 1 ? nil : confidence)
        }
        func background(_ efficiency: Double) -> Double {
            curves.reduce(0) { $0 + $1.backgroundEfficiency(atSignalEfficiency: efficiency) } / Double(curves.count)
        }
        let fewest = 10 / Double(curves.map(\.backgroundCount).min() ?? 1)
        ratioStart = ROCVariant.ratioGrid.first { background($0) >= fewest } ?? 1
        guard curves.count > 1 else {
            (mean, efficiencies, seeds, seedEfficiencies) = (rejections[0], own[0], [], [])
            return
        }
        let backgrounds = ROCVariant.grid.map(background)
        let passing = backgrounds.indices.filter { backgrounds[$0] > 0 }
        mean = Line(
            legend, x: passing.map { ROCVariant.grid[$0] }, y: passing.map { 1 / backgrounds[$0] })
        efficiencies = Line(legend, x: [0] + backgrounds + [1], y: [0] + ROCVariant.grid + [1])
        (seeds, seedEfficiencies) = (rejections, own)
    }

    /// A curve's rejections over those of the reference's mean, where that has background enough.
    func ratio(of line: Line, to reference: ROCVariant) -> Line {
        let places = ROCVariant.ratioGrid.filter { $0 >= reference.ratioStart && $0 >= (line.x.first ?? 1) }
        func ratios(_ values: [Double]) -> [Double] {
            places.map { interpolated(line.x, values, $0) / interpolated(reference.mean.x, reference.mean.y, $0) }
        }
        let band = line.band.map { Line.Band(lower: ratios($0.lower), upper: ratios($0.upper)) }
        return Line(line.name, x: places, y: ratios(line.y), band: band)
    }

    /// 1/ε_B from the first point on that background passes.
    private static func rejections(_ name: String, _ curve: ROCCurve, confidence: Double?) -> Line {
        let passing = (0..<curve.count).filter { curve.backgroundPassing[$0] > 0 }
        let band = confidence.map { confidence in
            let intervals = passing.map {
                Estimate.fraction(curve.backgroundPassing[$0], of: curve.backgroundCount, confidence: confidence)
            }
            return Line.Band(lower: intervals.map { 1 / $0.upper }, upper: intervals.map { 1 / $0.lower })
        }
        return Line(
            name, x: passing.map(curve.signalEfficiency), y: passing.map { 1 / curve.backgroundEfficiency($0) },
            band: band)
    }

    /// The ordinate at an abscissa, straight between points; x never falls. At a vertical step the upper end of 1/ε_B.
    private func interpolated(_ x: [Double], _ y: [Double], _ place: Double) -> Double {
        var low = 0, high = x.count - 1
        while low < high {
            let middle = (low + high) / 2
            if x[middle] >= place { high = middle } else { low = middle + 1 }
        }
        guard low > 0, x[low] > place else { return y[low] }
        return y[low - 1] + (y[low] - y[low - 1]) * (place - x[low - 1]) / (x[low] - x[low - 1])
    }
}
