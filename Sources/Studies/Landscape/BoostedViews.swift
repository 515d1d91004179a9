import Jets
import Objectives
import Torch

/// Random boosts that every tagger is shown alike: a jet's draws depend on its place in the files, the seed and the
/// number of the draw.
public struct BoostedViews: Sendable, Codable, Hashable {
    /// How a boost is drawn: by default the law of training.
    public var law: BoostLaw
    /// Boosts a jet.
    public var draws: Int
    public var seed: UInt64

    /// - Precondition: at least one draw.
    public init(law: BoostLaw = BoostLaw(), draws: Int = 1, seed: UInt64 = 1) {
        precondition(draws > 0, "boosted views need at least one draw, not \(draws)")
        self.law = law
        self.draws = draws
        self.seed = seed
    }

    /// Boosts a slice's jets, each by its draw of that number.
    public func view(_ draw: Int) -> @Sendable (TaggingData.Slice) -> TaggingData.Slice {
        let stream = RandomStream(seed: seed, purpose: "landscape boosts"), law = law
        return { slice in
            slice.transformed(by: law, stream, RowNames(jets: slice.names, epoch: 0, view: UInt32(draw)))
        }
    }
}
