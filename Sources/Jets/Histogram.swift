/// Counts in bins of equal width between two bounds, with what lies outside of them.
public struct Histogram: Sendable, Codable, Equatable {
    public let lower: Double
    public let upper: Double
    public private(set) var counts: [Int]
    public private(set) var below = 0
    /// Values at or above ``upper``, and those that are not numbers.
    public private(set) var above = 0

    /// Empty bins.
    public init(bins: Int, from lower: Double, to upper: Double) {
        precondition(bins > 0 && lower < upper, "\(bins) bins from \(lower) to \(upper)")
        self.lower = lower
        self.upper = upper
        counts = [Int](repeating: 0, count: bins)
    }

    /// The width of a bin.
    public var width: Double { (upper - lower) / Double(counts.count) }

    /// Counts one value.
    public mutating func add(_ value: Double) {
        if value < lower {
            below += 1
        } else if value < upper {
            counts[min(Int((value - lower) / width), counts.count - 1)] += 1
        } else {
            above += 1
        }
    }

    /// The middle of the fullest bin, the lowest of several; nil while every bin is empty.
    public var mode: Double? {
        guard let most = counts.max(), most > 0, let bin = counts.firstIndex(of: most) else { return nil }
        return lower + (Double(bin) + 0.5) * width
    }
}
