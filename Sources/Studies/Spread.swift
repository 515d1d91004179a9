import Statistics

/// A quantity that was measured several times on the same jets, with other random numbers or of other trainings, and its
/// two errors apart: how far it moves from one time to the next, and how far all would move with other test jets.
public struct Spread: Sendable, Codable, Equatable {
    /// One a time.
    public let values: [Double]
    public let mean: Double
    /// The standard deviation of ``values``, divisor n − 1; nil for a single one.
    public let deviation: Double?
    /// The standard error of one value from the number of test jets: √ of the mean square over the times. The times share
    /// their jets, so a mean over them is hardly surer.
    public let testSetError: Double

    /// - Precondition: there is a value, and each has its error.
    public init(_ values: [Double], testSetErrors: [Double]) {
        precondition(!values.isEmpty && values.count == testSetErrors.count, "\(values.count) values")
        let n = Double(values.count), mean = values.reduce(0, +) / n
        self.values = values
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = values.count > 1 ? (squares / (n - 1)).squareRoot() : nil
        testSetError = Spread.rootMeanSquare(testSetErrors)
    }

    /// The means of several quantities of that kind, one a training.
    init(over spreads: [Spread]) {
        self.init(spreads.map(\.mean), testSetErrors: spreads.map(\.testSetError))
    }

    /// √(mean square): how standard deviations of one kind are averaged.
    static func rootMeanSquare(_ values: [Double]) -> Double {
        (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }

    /// What figures draw as a band: the standard deviation over the times, or of a single one the 95 % interval from the
    /// number of jets.
    var halfBand: Double { deviation ?? StandardNormal.quantile(0.975) * testSetError }

    /// What ± is in a table of means over so many seeds: one number a variant.
    static func errors(_ seeds: [Int]) -> String {
        let many = seeds.contains { $0 > 1 }, one = seeds.contains(1)
        let parts = [
            many ? "the standard deviation over seeds" : nil,
            one ? "\(many ? "for a single seed " : "")the standard error from the number of jets" : nil,
        ]
        return "±: \(parts.compactMap { $0 }.joined(separator: ", "))."
    }
}
