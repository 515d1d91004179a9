import Curvature
import Jets
import Networks
import Objectives
import Statistics
import Support
import Torch

/// How much of a pseudo-Goldstone mode a direction v is: whether moving the weights along it moves a jet and its boost
/// alike.
///
/// With a = ∂_ε f_{θ+εv}(x) and b = ∂_ε f_{θ+εv}(g·x) at ε = 0, f being the logit, and means over jets x and boosts g,
/// g = ⟨(a − b)²⟩ / (⟨a²⟩ + ⟨b²⟩): 0 where both views move alike, 1 where they move independently (and with mean 0), 2
/// where they move oppositely. A direction that moves all logits by one constant has g = 0 and knows nothing of boosts,
/// so that ``commonShift`` stands beside it.
public struct GoldstoneMode: Sendable, Codable, Equatable {
    public let direction: String
    public let eigenvalue: Double?
    /// g.
    public let measure: Double
    /// From the choice of jets: the jackknife over groups of events.
    public let standardError: Double
    /// √(½⟨a²⟩ + ½⟨b²⟩): how fast logits move, per unit of ε.
    public let speed: Double
    /// The correlation of a and b over jets and boosts; 0 where one of them is constant.
    public let correlation: Double
    /// ⟨a⟩²/⟨a²⟩: how much of a jet's motion is one that all jets share.
    public let commonShift: Double

    /// Measures directions, several at once. Cost: a recorded gradient and about two gradients a direction, for the jets
    /// as they are and for each draw of boosts.
    ///
    /// - Parameters:
    ///   - theta: [P]
    ///   - events: each jet's event, for the error
    ///   - label: as for `LossGrid`, `path` and `identity` too
    /// - Throws: `FileError`, `Interrupted`.
    public static func measure<Tagger: Network>(
        _ directions: [Direction], of network: Tagger, at theta: Tensor, _ data: TaggingData, events: [Int64],
        _ views: BoostedViews, reducer: Reducer, label: String? = nil, keptIn path: String? = nil,
        identity: String = ""
    ) throws -> [GoldstoneMode] where Tagger.Input == JetBatch {
        // A slice's graph serves a group of directions; a group is what a stop may lose.
        let size = 8, groups = (directions.count + size - 1) / size
        return try inPieces(groups, label: label, unit: "groups", keptIn: path, identity: identity) { group in
            let part = Array(directions[group * size..<min((group + 1) * size, directions.count)])
            func tangents(_ view: @escaping @Sendable (TaggingData.Slice) -> TaggingData.Slice) -> [[Double]] {
                reducer.tangents(network, at: theta, data, along: part.map(\.vector), seenAs: view)
            }
            let plain = tangents { $0 }, boosted = (0..<views.draws).map { tangents(views.view($0)) }
            return part.indices.map { place in
                GoldstoneMode(part[place], plain: plain[place], boosted: boosted.map { $0[place] }, events: events)
            }
        }.flatMap { $0 }
    }

    /// - Parameters:
    ///   - plain: a, one a jet
    ///   - boosted: b, for each draw one a jet
    init(_ direction: Direction, plain: [Double], boosted: [[Double]], events: [Int64]) {
        let draws = Double(boosted.count)
        // Each jet's sums over draws: (a − b)², a², b², ab, a, b.
        let sums = plain.indices.map { jet -> [Double] in
            let a = plain[jet]
            return boosted.reduce(into: [0, draws * a * a, 0, 0, draws * a, 0]) { sum, view in
                let b = view[jet]
                sum[0] += (a - b) * (a - b)
                sum[2] += b * b
                sum[3] += a * b
                sum[5] += b
            }
        }
        func measure(_ sums: [Double]) -> Double {
            let scale = sums[1] + sums[2]
            return scale > 0 ? sums[0] / scale : 0
        }
        let total = (0..<6).map { term in sums.reduce(0) { $0 + $1[term] } }
        let means = total.map { $0 / (draws * Double(plain.count)) }
        let spreads = (means[1] - means[4] * means[4]) * (means[2] - means[5] * means[5])
        self.direction = direction.name
        eigenvalue = direction.eigenvalue
        self.measure = measure(total)
        standardError = Jackknife.standardError(of: sums, events: events, measure)
        speed = ((means[1] + means[2]) / 2).squareRoot()
        correlation = spreads > 0 ? (means[3] - means[4] * means[5]) / spreads.squareRoot() : 0
        commonShift = means[1] > 0 ? means[4] * means[4] / means[1] : 0
    }
}
