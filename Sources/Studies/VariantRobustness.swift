/// The robustness of a variant: means over its seeds, collapsed trainings named and left out.
public struct VariantRobustness: Sendable, Codable, Equatable {
    public let variant: String
    /// Those averaged over, in the order of every quantity's values.
    public let seeds: [UInt64]
    public let collapsedSeeds: [UInt64]
    /// One a perturbation; none where every seed has collapsed.
    public let curves: [Curve]

    /// What one perturbation does.
    public struct Curve: Sendable, Codable, Equatable {
        public let perturbation: String
        public let points: [Point]
        /// ``Robustness/Curve/areaUnderDrop``, one value a seed.
        public let areaUnderDrop: Quantity
    }

    /// What one strength does.
    public struct Point: Sendable, Codable, Equatable {
        public let strength: Double
        public let rocAUC: Quantity
        public let accuracy: Quantity
    }

    /// A quantity with its three errors apart: over seeds, over draws of the noise, and from the number of test jets.
    public struct Quantity: Sendable, Codable, Equatable {
        /// The mean over the draws, one value a seed.
        public let overSeeds: Spread
        /// The standard deviation over the draws: √ of the mean square over the seeds; nil for a single draw.
        public let drawDeviation: Double?

        init(_ spreads: [Spread]) {
            overSeeds = Spread(over: spreads)
            let deviations = spreads.compactMap(\.deviation)
            drawDeviation = deviations.isEmpty ? nil : Spread.rootMeanSquare(deviations)
        }
    }

    /// A variant for each different name, in the order of their first appearance.
    ///
    /// - Precondition: all were measured with the same settings.
    public static func combine(_ trainings: [OfTraining<Robustness>]) -> [VariantRobustness] {
        VariantTrainings.grouped(trainings).map { group in
            let results = group.sound.map(\.result)
            let curves = (results.first?.curves ?? []).indices.map { place in
                let own = results.map { $0.curves[place] }
                return Curve(
                    perturbation: own[0].perturbation,
                    points: own[0].points.indices.map { point in
                        Point(
                            strength: own[0].points[point].strength,
                            rocAUC: Quantity(own.map { $0.points[point].rocAUC }),
                            accuracy: Quantity(own.map { $0.points[point].accuracy }))
                    },
                    areaUnderDrop: Quantity(own.map(\.areaUnderDrop)))
            }
            return VariantRobustness(
                variant: group.variant, seeds: group.sound.map(\.seed), collapsedSeeds: group.collapsedSeeds,
                curves: curves)
        }
    }
}
