import Jets
import Report

extension JetInspection {
    /// Whether a study can read the files: there are jets, and nothing is wrong with them. The reader takes no faulty
    /// jet and no damaged file, since leaving them out unasked would change the sample.
    public var isUsable: Bool { problems.isEmpty && soundJets > 0 }

    /// Mass, pT and multiplicity of each class, and its mean jet image; none where no jet is sound.
    public var figures: [Figure] {
        guard !classes.isEmpty else { return [] }
        let subtitle =
            files.count == 1
            ? "\(files[0].name): \(Table.Cell.count(soundJets).plain) jets"
            : "\(files.count) files: \(Table.Cell.count(soundJets).plain) jets"
        func histograms(
            _ name: String, _ title: String, _ x: String, _ histogram: (ClassSummary) -> Jets.Histogram
        ) -> Figure {
            let all = classes.map { (name: $0.jetClass.name, histogram: histogram($0)) }
            let panel = Panel.histograms(
                all.map { ($0.name, Report.Histogram($0.histogram)) },
                x: Axis(x, range: JetInspection.filled(all.map(\.histogram))))
            return Figure(name: name, title: title, subtitle: subtitle, panels: [panel])
        }
        let half = JetInspector.imageHalfWidth
        return [
            histograms("jet-mass", "Jet mass", "jet mass [GeV]", \.massHistogram),
            histograms("jet-pt", "Transverse momentum of the jets", "jet pT [GeV]", \.ptHistogram),
            histograms(
                "jet-multiplicity", "Constituents of a jet", "number of constituents", \.multiplicityHistogram),
            .jetImages(
                title: "Mean jet images", subtitle: subtitle,
                images: classes.map { summary in
                    (
                        name: summary.jetClass.name,
                        grid: Grid(
                            x: -half...half, y: -half...half, columns: JetInspector.imagePixels,
                            values: transposed(summary.image))
                    )
                }, quantity: "mean fraction of the jet's pT per pixel"),
        ]
    }

    /// From the first to the last bin that holds at least half a percent of the jets of some class: a handful of far
    /// jets would squeeze all others into a corner.
    private static func filled(_ histograms: [Jets.Histogram]) -> ClosedRange<Double>? {
        let bins = histograms.flatMap { histogram in
            let total = histogram.counts.reduce(histogram.below + histogram.above, +)
            return histogram.counts.indices.filter { histogram.counts[$0] > 0 && 200 * histogram.counts[$0] >= total }
        }
        guard let first = bins.min(), let last = bins.max() else { return nil }
        let axis = histograms[0]
        return axis.lower + Double(first) * axis.width...axis.lower + Double(last + 1) * axis.width
    }

    /// Images have Δη in rows; a grid has its ordinate, Δφ, in rows.
    private func transposed(_ image: [Double]) -> [Double] {
        let n = JetInspector.imagePixels
        return image.indices.map { image[$0 % n * n + $0 / n] }
    }
}

extension Report.Histogram {
    init(_ histogram: Jets.Histogram) {
        self.init(
            counts: histogram.counts, outside: histogram.below + histogram.above,
            over: histogram.lower...histogram.upper)
    }
}
