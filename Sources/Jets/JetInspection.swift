/// What jet files hold and whatever is wrong with them: the result of ``JetInspector``.
public struct JetInspection: Sendable, Codable {
    /// Files that were opened, in order.
    public internal(set) var files: [JetFileRecord] = []
    /// Rows seen, faulty ones included.
    public internal(set) var jets = 0
    /// Rows without a fault.
    public internal(set) var soundJets = 0
    /// Classes that have sound jets, in the order of ``JetClass``.
    public internal(set) var classes: [ClassSummary] = []
    /// Everything wrong that was met, faults of jets first, each kind with its number and first place.
    public internal(set) var problems: [Problem] = []

    /// One kind of problem.
    public struct Problem: Sendable, Codable, Equatable {
        /// The kind of a ``JetFault``, or `file` for a file that can't be read.
        public let kind: String
        /// Jets, or files, that have it.
        public internal(set) var count: Int
        /// The first, in words: file, dataset, row and column.
        public let first: String
    }

    /// The jets of one class. Energies, momenta and masses are in GeV.
    public struct ClassSummary: Sendable, Codable {
        public let jetClass: JetClass
        public let jets: Int
        /// Constituents before any cut that the file tells of.
        public let multiplicity: Distribution
        public let meanMultiplicity: Double
        /// The fraction of jets with at least 32 constituents.
        public let fractionWithAtLeast32: Double
        public let pt: Distribution
        public let mass: Distribution
        /// The middle of the fullest bin of the mass histogram.
        public let massPeak: Double?
        public let largestAbsolutePseudorapidity: Double
        /// Of all constituents, the fraction with E² < p², which rounding brings about.
        public let fractionSpacelike: Double
        /// The largest (|p| − E)/|p| of a constituent, 0 where none is positive. More than about 1e-4 is no rounding: look
        /// at the units and at the column of the energy.
        public let largestSpacelikeExcess: Double
        public let multiplicityHistogram: Histogram
        public let ptHistogram: Histogram
        public let massHistogram: Histogram
        /// [50, 50] flat, Δη in rows and Δφ in columns, each from −0.8 to 0.8 about the jet's axis: the mean fraction of
        /// the jet's pT in each pixel. The axis and pT are those of the sum of the stored constituents.
        public let image: [Double]
    }

    /// Extremes and quantiles, linear between neighbours (type 7 of Hyndman and Fan, the default of NumPy).
    public struct Distribution: Sendable, Codable, Equatable {
        public let minimum: Double
        public let quantile5: Double
        public let quantile25: Double
        public let median: Double
        public let quantile75: Double
        public let quantile95: Double
        public let maximum: Double

        /// - Parameter values: at least one. Cost: O(N log N).
        init(_ values: [Double]) {
            let sorted = values.sorted()
            func quantile(_ fraction: Double) -> Double {
                let place = fraction * Double(sorted.count - 1)
                let below = Int(place)
                let above = min(below + 1, sorted.count - 1)
                return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
            }
            minimum = sorted[0]
            quantile5 = quantile(0.05)
            quantile25 = quantile(0.25)
            median = quantile(0.5)
            quantile75 = quantile(0.75)
            quantile95 = quantile(0.95)
            maximum = sorted[sorted.count - 1]
        }
    }
}
