import Jets
import Report
import Statistics

/// The figures of calibration and mass sculpting.
extension VariantTransfer {
    /// The fraction of signal against the score, bin by bin. Of several seeds the line is the mean of each bin, with thin
    /// lines for the seeds.
    static func calibration(
        _ groups: [VariantTrainings<Transfer>], _ first: Transfer, _ against: [Int], _ subtitle: String
    ) -> Figure {
        func line(_ name: String, _ bins: [Calibration.Bin], band: Bool) -> Line {
            Line(
                name, x: bins.map(\.meanScore), y: bins.map(\.signalFraction.value),
                band: band
                    ? .init(lower: bins.map(\.signalFraction.lower), upper: bins.map(\.signalFraction.upper)) : nil)
        }
        let panels = against.map { place in
            var lines: [Line] = [], thin: [Line] = []
            for group in groups {
                let seeds = group.sound.map { $0.result.pairs[place].calibration.bins }
                guard seeds.count > 1 else {
                    lines.append(line(group.variant, seeds[0], band: true))
                    continue
                }
                thin += seeds.map { line(group.variant, $0, band: false) }
                // Tied scores can leave a seed with fewer bins.
                let alike = seeds.filter { $0.count == seeds[0].count }
                func mean(_ value: (Calibration.Bin) -> Double) -> [Double] {
                    seeds[0].indices.map { bin in
                        alike.reduce(0) { $0 + value($1[bin]) } / Double(alike.count)
                    }
                }
                lines.append(Line(group.variant, x: mean(\.meanScore), y: mean(\.signalFraction.value)))
            }
            return Panel.lines(
                lines, x: Axis("mean score of a bin", range: 0...1), y: Axis("fraction of signal", range: 0...1),
                references: [Line("calibrated", x: [0, 1], y: [0, 1])], thin: thin, width: 280, height: 280
            ).titled("\(first.pairs[place].signal) against \(first.background)")
        }
        return Figure(
            name: "calibration", title: "Calibration of the scores", subtitle: subtitle, panels: panels, columns: 2)
    }

    /// The mass spectra of the background that passes two cuts, beside that of all; and the divergence from it against the
    /// background efficiency.
    static func sculpting(
        _ groups: [VariantTrainings<Transfer>], _ variants: [VariantTransfer], _ subtitle: String
    ) -> Figure? {
        guard let first = groups[0].sound[0].result.sculpting else { return nil }
        let background = groups[0].sound[0].result.background
        func histogram(_ counts: [[Int]]) -> Report.Histogram {
            let sums = counts[0].indices.map { bin in counts.reduce(0) { $0 + $1[bin] } }
            return Report.Histogram(
                counts: Array(sums.dropLast()), outside: sums[sums.count - 1], over: 0...MassSculpting.largestMass)
        }
        func spectra(_ place: Int) -> Panel {
            let all = [(name: "all", histogram: histogram([first.all]))]
            let passing = groups.compactMap { group -> (name: String, histogram: Report.Histogram)? in
                let counts = group.sound.compactMap { $0.result.sculpting?.points[place].passing }
                return counts.joined().contains { $0 > 0 } ? (group.variant, histogram(counts)) : nil
            }
            return Panel.histograms(passing + all, x: Axis("jet mass [GeV]"), width: 280, height: 260).titled(
                "a fraction \(first.points[place].target) of all \(background) jets")
        }
        let cuts = first.points.indices.filter { first.points[$0].kind == .backgroundEfficiency }
        let lines = variants.compactMap { variant -> Line? in
            let points = variant.sculpting.filter { $0.kind == .backgroundEfficiency }.compactMap { cut in
                cut.divergence.map { (efficiency: cut.target, divergence: $0) }
            }
            guard !points.isEmpty else { return nil }
            let values = points.map(\.divergence)
            return Line(
                variant.variant, x: points.map(\.efficiency), y: values.map(\.mean),
                band: .init(
                    // A band to below 0 has no place on a logarithmic axis.
                    lower: values.map { max($0.mean - $0.halfBand, $0.mean / 10) },
                    upper: values.map { $0.mean + $0.halfBand }))
        }
        let chance = cuts.compactMap { cut in
            first.points[cut].divergence.map { (first.points[cut].target, $0.byChance) }
        }
        let reference = Line("by chance", x: chance.map(\.0), y: chance.map(\.1))
        let heights = (lines.flatMap { $0.y + $0.band!.lower + $0.band!.upper } + reference.y).filter { $0 > 0 }
        let range = heights.isEmpty ? nil : heights.min()! / 1.2...heights.max()! * 1.2
        let divergence = Panel.lines(
            lines, x: Axis("background efficiency", logarithmic: true, range: 0.015...0.7),
            y: Axis("Jensen–Shannon divergence [bits]", logarithmic: true, range: range), references: [reference],
            showsLegend: false, width: 280, height: 260
        ).titled("divergence from all; dotted: by chance")
        return Figure(
            name: "mass-sculpting", title: "Jet mass of the background that passes", subtitle: subtitle,
            panels: cuts.filter { [0.5, 0.1].contains(first.points[$0].target) }.map(spectra) + [divergence])
    }
}
