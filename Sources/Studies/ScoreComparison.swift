import Statistics

/// Taggers evaluated and compared on the same jets: every figure with its error from the test jets, every pair of
/// taggers with the error of their difference, and, where there are several seeds, the seeds' error apart.
///
/// Areas under the ROC curve are given by DeLong's formulas, and like everything else by a bootstrap in which all taggers
/// see the same resamples, of jets or of whole events.
public struct ScoreComparison: Sendable, Codable {
    public let signalJets: Int, backgroundJets: Int
    public let bootstrap: Resampling
    public let taggers: [Tagger]
    /// The first against the second, third, …; then the second against the third, ….
    public let comparisons: [Comparison]
    /// Variants that have at least two seeds.
    public let variants: [VariantErrors]
    /// Pairs of variants that share at least two seeds.
    public let pairedVariants: [PairedVariants]

    /// How errors were found.
    public struct Resampling: Sendable, Codable, Equatable {
        public let resamples: Int
        public let seed: UInt64
        /// Whether whole events are resampled, else single jets.
        public let byEvent: Bool
        /// Events or jets.
        public let units: Int
    }

    /// One tagger's figures. Intervals are of 95 % and BCa but where another kind is named.
    public struct Tagger: Sendable, Codable {
        public let name: String
        public let path: String
        /// The column of the file, and what it was taken to hold.
        public let column: String
        public let scale: ScoreScale
        public let variant: String?
        public let seed: UInt64?
        /// With DeLong's interval, which takes jets as independent.
        public let rocAUCByDeLong: Estimate
        public let rocAUC: Estimate
        /// Decided at logit 0.
        public let accuracy: Estimate
        /// 1/ε_B at the signal efficiencies of ``Evaluation``.
        public let backgroundRejections: [Estimate]
        /// The band of ε_B over ``signalEfficiencies``, for figures.
        public let backgroundEfficiencies: [Estimate]
    }

    /// One tagger against another: `first` − `second`, or their ratio.
    public struct Comparison: Sendable, Codable {
        public let first: String, second: String
        /// The areas' difference by DeLong's paired test, with z and the two-sided p-value.
        public let rocAUCByDeLong: Estimate
        public let z: Double
        public let pValue: Double
        /// After Holm's correction over all comparisons.
        public let holmPValue: Double
        public let rocAUC: Estimate
        public let accuracy: Estimate
        /// The rejections' ratios at each signal efficiency; nil where no background passes in some resample.
        public let backgroundRejectionRatios: [Estimate?]
    }

    /// The two errors of a variant's figures.
    public struct VariantErrors: Sendable, Codable {
        public let variant: String
        public let seeds: [UInt64]
        public let rocAUC: SeedVariance
        public let accuracy: SeedVariance
    }

    /// `first` − `second` over the seeds that both have.
    public struct PairedVariants: Sendable, Codable {
        public let first: String, second: String
        public let seeds: [UInt64]
        public let rocAUC: Difference
        public let accuracy: Difference

        /// A difference over seeds: whether it is there, and the errors that it has.
        public struct Difference: Sendable, Codable {
            public let differences: PairedDifferences
            /// The 95 % paired t interval of the mean.
            public let interval: Estimate
            public let errors: SeedVariance
            public let pairsNeeded: Int?
        }
    }

    /// ε_S = 0.02, 0.04, …, 1, where background efficiencies are given for figures.
    public static let signalEfficiencies = (1...50).map { Double($0) / 50 }

    /// Compares. Cost: O(n log n) for each tagger, and about 6 ns a jet, tagger and resample.
    ///
    /// - Parameters:
    ///   - files: at least one, each on the same jets
    ///   - byEvent: whether to resample whole events; nil does where the files know them
    ///   - progress: hears of each resample done, from any thread
    /// - Throws: ``ScoreFileError`` where the jets differ, or events are wanted and not known; `StatisticsError`.
    public init(
        _ files: [ScoreFile], resamples: Int = 1000, seed: UInt64 = 1, byEvent: Bool? = nil, threads: Int = 1,
        progress: (@Sendable (Int) -> Void)? = nil
    ) throws {
        for file in files.dropFirst() { try files[0].requireSameJets(as: file) }
        let events = files.lazy.compactMap(\.events).first
        let jets = files.map(\.jets)
        let bootstrap =
            if let events, byEvent ?? true {
                Bootstrap(events: events, resamples: resamples, seed: seed)
            } else {
                Bootstrap(jets: jets[0].scores.count, resamples: resamples, seed: seed)
            }
        let exact = try AreasUnderROC(jets)
        let replicas = try ScoreReplicas(jets, bootstrap, threads: threads, progress: progress)
        let names = ScoreFile.names(files)
        signalJets = jets[0].signalCount
        backgroundJets = jets[0].backgroundCount
        self.bootstrap = Resampling(
            resamples: resamples, seed: seed, byEvent: bootstrap.isByEvent, units: bootstrap.unitCount)
        taggers = files.indices.map { i in
            replicas.tagger(i, files[i], name: names[i], exact.areas[i].interval())
        }
        let pairs = files.indices.flatMap { i in files.indices.filter { $0 > i }.map { (i, $0) } }
        let adjusted = holmAdjusted(pairs.map { exact[$0, $1].pValue })
        comparisons = zip(pairs, adjusted).map { pair, holm in
            replicas.comparison(pair.0, pair.1, names, exact[pair.0, pair.1], holmPValue: holm)
        }
        (variants, pairedVariants) = try replicas.seeds(files)
    }
}
