/// The delete-a-group jackknife of a function of sums over jets, whole events being left out together.
///
/// Events go to `groups` groups in turn; with group b left out, the function of the other sums is F_b; the variance is
/// (B − 1)/B Σ (F_b − F̄)². (J. Shao and D. Tu, “The Jackknife and Bootstrap”, 1995, section 2.3.)
public enum Jackknife {
    /// The standard error of F(Σᵢ xᵢ).
    ///
    /// - Parameters:
    ///   - values: for each jet its contribution to each sum
    ///   - events: each jet's event; jets of one event are never parted
    ///   - function: of the sums
    /// - Precondition: there are jets of at least two events.
    public static func standardError(
        of values: [[Double]], events: [Int64], groups: Int = 64, _ function: ([Double]) -> Double
    ) -> Double {
        precondition(values.count == events.count, "\(values.count) jets of \(events.count) events")
        var places: [Int64: Int] = [:]
        for event in events where places[event] == nil { places[event] = places.count }
        let count = min(groups, places.count)
        precondition(count > 1, "jets of one event have no jackknife error")
        let width = values[0].count
        var sums = [[Double]](repeating: [Double](repeating: 0, count: width), count: count)
        for (jet, event) in zip(values, events) {
            let group = places[event]! % count
            for term in 0..<width { sums[group][term] += jet[term] }
        }
        let total = (0..<width).map { term in sums.reduce(0) { $0 + $1[term] } }
        let without = sums.map { group in function(zip(total, group).map(-)) }
        let mean = without.reduce(0, +) / Double(count)
        let scatter = without.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (scatter * Double(count - 1) / Double(count)).squareRoot()
    }
}
