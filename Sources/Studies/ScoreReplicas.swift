import Statistics

/// Several taggers' figures on a bootstrap's resamples.
struct ScoreReplicas {
    private let distribution: BootstrapDistribution
    private let covariance: [[Double]]

    /// Where a tagger's figures lie among all: area, accuracy, background efficiencies at the working points and on the
    /// figures' grid.
    private static let workingPoints = Evaluation.signalEfficiencies
    private static let grid = ScoreComparison.signalEfficiencies
    private static let width = 2 + workingPoints.count + grid.count

    init(
        _ taggers: [ScoredJets], _ bootstrap: Bootstrap, threads: Int, progress: (@Sendable (Int) -> Void)?
    ) throws(StatisticsError) {
        let ranked = taggers.map { RankedJets($0) }
        distribution = try bootstrap.distribution(threads: threads, progress: progress) { weights in
            zip(taggers, ranked).flatMap { jets, ranked in
                [ranked.area(weights), jets.accuracy(weights)]
                    + ranked.backgroundEfficiencies(
                        atSignalEfficiencies: ScoreReplicas.workingPoints + ScoreReplicas.grid, weights)
            }
        }
        covariance = distribution.covariance
    }

    private func area(_ tagger: Int) -> Int { tagger * ScoreReplicas.width }
    private func accuracy(_ tagger: Int) -> Int { area(tagger) + 1 }
    private func efficiency(_ tagger: Int, _ point: Int) -> Int { area(tagger) + 2 + point }

    func tagger(_ i: Int, _ file: ScoreFile, name: String, _ byDeLong: Estimate) -> ScoreComparison.Tagger {
        let points = ScoreReplicas.workingPoints.indices
        return ScoreComparison.Tagger(
            name: name, path: file.path, column: file.column, scale: file.scale, variant: file.variant, seed: file.seed,
            rocAUCByDeLong: byDeLong,
            rocAUC: distribution.interval(area(i)), accuracy: distribution.interval(accuracy(i)),
            backgroundRejections: points.map { point in distribution.interval { 1 / $0[efficiency(i, point)] } },
            backgroundEfficiencies: ScoreReplicas.grid.indices.map {
                distribution.interval(efficiency(i, points.count + $0))
            })
    }

    func comparison(
        _ i: Int, _ j: Int, _ names: [String], _ exact: PairedAreas, holmPValue: Double
    ) -> ScoreComparison.Comparison {
        let ratios = ScoreReplicas.workingPoints.indices.map { point -> Estimate? in
            let first = efficiency(i, point), second = efficiency(j, point)
            let all = [distribution.estimate] + distribution.replicates + distribution.jackknife
            guard all.allSatisfy({ $0[first] > 0 && $0[second] > 0 }) else { return nil }
            return distribution.interval { $0[second] / $0[first] }
        }
        return ScoreComparison.Comparison(
            first: names[i], second: names[j], rocAUCByDeLong: exact.interval(), z: exact.z, pValue: exact.pValue,
            holmPValue: holmPValue, rocAUC: distribution.difference(area(i), area(j)),
            accuracy: distribution.difference(accuracy(i), accuracy(j)), backgroundRejectionRatios: ratios)
    }

    /// What the seeds of each variant say, and those that two variants share.
    func seeds(_ files: [ScoreFile]) throws(StatisticsError) -> (
        [ScoreComparison.VariantErrors], [ScoreComparison.PairedVariants]
    ) {
        var variants: [(name: String, places: [UInt64: Int])] = []
        for (place, file) in files.enumerated() {
            guard let variant = file.variant, let seed = file.seed else { continue }
            if let known = variants.firstIndex(where: { $0.name == variant }) {
                // A seed that is there twice stands for one training only.
                if variants[known].places[seed] == nil { variants[known].places[seed] = place }
            } else {
                variants.append((variant, [seed: place]))
            }
        }
        var errors: [ScoreComparison.VariantErrors] = [], paired: [ScoreComparison.PairedVariants] = []
        for (i, variant) in variants.enumerated() {
            let seeds = variant.places.keys.sorted(), places = seeds.map { variant.places[$0]! }
            if seeds.count > 1 {
                errors.append(
                    ScoreComparison.VariantErrors(
                        variant: variant.name, seeds: seeds, rocAUC: try self.errors(places.map { [(area($0), 1)] }),
                        accuracy: try self.errors(places.map { [(accuracy($0), 1)] })))
            }
            for other in variants.dropFirst(i + 1) {
                let shared = seeds.filter { other.places[$0] != nil }
                guard shared.count > 1 else { continue }
                func difference(_ place: (Int) -> Int) throws(StatisticsError)
                    -> ScoreComparison.PairedVariants.Difference
                {
                    try self.difference(
                        shared.map { [(place(variant.places[$0]!), 1), (place(other.places[$0]!), -1)] })
                }
                paired.append(
                    ScoreComparison.PairedVariants(
                        first: variant.name, second: other.name, seeds: shared, rocAUC: try difference(area),
                        accuracy: try difference(accuracy)))
            }
        }
        return (errors, paired)
    }

    /// Figures that are sums of others, each with a coefficient.
    private typealias Combination = [(place: Int, coefficient: Double)]

    private func value(_ combination: Combination) -> Double {
        combination.reduce(0) { $0 + $1.coefficient * distribution.estimate[$1.place] }
    }

    private func errors(_ seeds: [Combination]) throws(StatisticsError) -> SeedVariance {
        let covariances = seeds.map { first in
            seeds.map { second in
                first.reduce(0) { sum, a in
                    second.reduce(sum) { $0 + a.coefficient * $1.coefficient * covariance[a.place][$1.place] }
                }
            }
        }
        return try SeedVariance(values: seeds.map(value), covariance: covariances)
    }

    private func difference(_ seeds: [Combination]) throws(StatisticsError)
        -> ScoreComparison.PairedVariants.Difference
    {
        let differences = try PairedDifferences(seeds.map(value))
        let effect = differences.hasSpread ? differences.mean / differences.standardDeviation : 0
        return ScoreComparison.PairedVariants.Difference(
            differences: differences, interval: differences.interval(), errors: try errors(seeds),
            pairsNeeded: PairedPower.pairsForDifference(effect: effect))
    }
}
