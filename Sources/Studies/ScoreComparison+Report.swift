import Report
import Statistics
import Support

extension ScoreComparison {
    /// The jets and how errors were found, for captions.
    private var shown: String {
        let drawn = bootstrap.byEvent ? "\(bootstrap.units) events" : "single jets"
        return
            "\(signalJets) signal and \(backgroundJets) background jets. Errors: 95 % intervals from \(bootstrap.resamples) "
            + "resamples of \(drawn) (BCa)"
    }

    /// A row for each tagger.
    public var taggerTable: Table {
        Table(
            caption: "\(shown); DeLong: by formula, for independent jets.", label: "taggers",
            columns: [.init("tagger"), .init("ROC-AUC"), .init("ROC-AUC (DeLong)"), .init("accuracy")]
                + Evaluation.rejectionColumns,
            rows: taggers.map { tagger in
                [
                    .text(tagger.name), .estimate(tagger.rocAUC), .estimate(tagger.rocAUCByDeLong),
                    .estimate(tagger.accuracy),
                ]
                    + tagger.backgroundRejections.map { .estimate($0) }
            })
    }

    /// A row for each pair of taggers; nil where there is only one.
    public var comparisonTable: Table? {
        guard !comparisons.isEmpty else { return nil }
        return Table(
            caption:
                "The first tagger minus the second, on the same jets: what other test jets would change, not other "
                + "trainings. \(shown). p: DeLong's paired test, and after Holm's correction over the table.",
            label: "tagger-differences",
            columns: [
                .init("first"), .init("second"), .init("ΔROC-AUC"), .init("ΔROC-AUC (DeLong)"), .init("p"),
                .init("p, Holm"), .init("Δaccuracy"),
            ],
            rows: comparisons.map {
                [
                    .text($0.first), .text($0.second), .estimate($0.rocAUC), .estimate($0.rocAUCByDeLong),
                    .number($0.pValue, digits: 2), .number($0.holmPValue, digits: 2), .estimate($0.accuracy),
                ]
            })
    }

    /// The two errors of each variant's ROC-AUC; nil where no variant has two seeds.
    public var seedTable: Table? {
        guard !variants.isEmpty else { return nil }
        return Table(
            caption:
                "ROC-AUC over seeds. Deviation: over the seeds, of which test jets add a part; net: without it (– where "
                + "the seeds differ less than test jets alone would let them). Test jets: the error that they give one "
                + "seed, and the part that all seeds share. Error of the mean: for other seeds and other test jets.",
            label: "seeds",
            columns: [
                .init("variant"), .init("seeds"), .init("mean"), .init("deviation"), .init("net"), .init("test jets"),
                .init("shared"), .init("error of the mean"),
            ],
            rows: variants.map { variant in
                let errors = variant.rocAUC, net = errors.netSeedVariance
                return [
                    .text(variant.variant), .count(variant.seeds.count), .number(errors.mean, digits: 5),
                    .number(errors.seedStandardDeviation, digits: 2),
                    net > 0 ? .number(net.squareRoot(), digits: 2) : .missing,
                    .number(errors.testSetStandardError, digits: 2), .number(errors.sharedTestSetError, digits: 2),
                    .number(errors.standardErrorOfMean, digits: 2),
                ]
            })
    }

    /// Pairs of variants over the seeds that they share; nil where there are none.
    public var pairedTable: Table? {
        guard !pairedVariants.isEmpty else { return nil }
        return Table(
            caption: "The first variant minus the second in ROC-AUC, over the seeds that both have: mean with the 95 % "
                + "paired t interval, p of the paired t test and of the exact sign-flip test. Test jets: the error that they "
                + "give the mean. Pairs: with which a difference of this size is found with probability 0.8.",
            label: "paired-variants",
            columns: [
                .init("first"), .init("second"), .init("seeds"), .init("ΔROC-AUC"), .init("p"), .init("p, signs"),
                .init("test jets"), .init("pairs"),
            ],
            rows: pairedVariants.map { pair in
                let found = pair.rocAUC
                return [
                    .text(pair.first), .text(pair.second), .count(pair.seeds.count), .estimate(found.interval),
                    .number(found.differences.pValue, digits: 2), .number(found.differences.signFlip.pValue, digits: 2),
                    .number(found.errors.testSetErrorOfMean, digits: 2),
                    found.pairsNeeded.map { .count($0) } ?? .missing,
                ]
            })
    }

    /// All tables that there are.
    public var tables: [Table] { [taggerTable] + [comparisonTable, seedTable, pairedTable].compactMap(\.self) }

    /// Writes `statistics.json`, tables and the figure into a folder.
    ///
    /// - Throws: `FileError`.
    public func write(to folder: String) throws -> Findings {
        try writeJSON(self, to: "\(folder)/statistics.json")
        return try .write(tables, [figure(title: "Background rejection")], name: "statistics", to: folder)
    }

    /// Background rejection against signal efficiency, with the bootstrap's bands.
    public func figure(title: String) -> Figure {
        // More have no colour each: a variant's share one.
        let isMany = taggers.count > 4
        let lines = taggers.map { tagger -> Line in
            let points = zip(ScoreComparison.signalEfficiencies, tagger.backgroundEfficiencies)
                // Where some resample has no background left, there is no band to draw.
                .filter { $1.value > 0 && $1.lower > 0 }
            return Line(
                isMany ? tagger.variant ?? tagger.name : tagger.name, x: points.map(\.0),
                y: points.map { 1 / $0.1.value },
                band: .init(lower: points.map { 1 / $0.1.upper }, upper: points.map { 1 / $0.1.lower }))
        }
        let panel = Panel.lines(
            isMany ? [] : lines, x: Axis("signal efficiency", range: 0...1),
            y: Axis("background rejection (1 / background efficiency)", logarithmic: true), thin: isMany ? lines : [])
        let units = bootstrap.byEvent ? "events" : "jets"
        return Figure(
            name: "rejection", title: title,
            subtitle:
                "\(signalJets + backgroundJets) jets"
                + (isMany ? "; a colour a variant" : "; bands: 95 % from \(bootstrap.resamples) resamples of \(units)"),
            panels: [panel])
    }
}
