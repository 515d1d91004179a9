import Curvature
import Foundation
import Jets
import Networks
import Objectives
import Statistics
import Support
import Torch

/// How far a tagger whose weights are moved along a direction v still treats a jet and its boost alike: the paper's
/// R(ε) = f_{θ+εv}(x) / f_{θ+εv}(g·x) (Eq. 6), over jets x and boosts g.
///
/// The paper's f is the logit. Its ratio has no meaning where logits cross 0: numerator and denominator are then small
/// and of either sign, and its band is wide for any network. So the ratio of probabilities and |Δlogit| stand beside it.
public struct BoostRatio: Sendable, Codable, Equatable {
    public let direction: String
    public let eigenvalue: Double?
    /// ‖θ‖ and ‖v‖.
    public let parameterNorm: Double, directionNorm: Double
    public let jets: Int
    public let views: BoostedViews
    /// One a step.
    public let points: [Point]

    /// Medians and central intervals over all jets and boosts.
    public struct Point: Sendable, Codable, Equatable {
        public let epsilon: Double
        /// f(x)/f(g·x) of logits; `undefined` counts 0/0.
        public let logitRatio: Band
        /// The same of probabilities, p = σ(f).
        public let probabilityRatio: Band
        /// |f(x) − f(g·x)| of logits.
        public let logitDifference: Band

        /// - Parameters:
        ///   - plain: one logit a jet
        ///   - boosted: for each draw one logit a jet
        init(epsilon: Double, plain: [Double], boosted: [[Double]]) {
            let pairs = boosted.flatMap { zip(plain, $0) }
            self.epsilon = epsilon
            logitRatio = Band(of: pairs.map { $0 / $1 })
            // By logarithms, since probabilities may underflow.
            probabilityRatio = Band(of: pairs.map { exp(logProbability($0) - logProbability($1)) })
            logitDifference = Band(of: pairs.map { abs($0 - $1) })
        }
    }

    /// Measures a tagger at each step. Cost: a forward pass a step for the jets as they are and one for each draw.
    ///
    /// - Parameters:
    ///   - theta: [P]
    ///   - steps: the values of ε
    ///   - label: as for `LossGrid`, `path` and `identity` too
    /// - Throws: `FileError`, `Interrupted`.
    public init<Tagger: Network>(
        of network: Tagger, at theta: Tensor, _ data: TaggingData, along direction: Direction, steps: [Double],
        _ views: BoostedViews, reducer: Reducer, label: String? = nil, keptIn path: String? = nil,
        identity: String = ""
    ) throws where Tagger.Input == JetBatch {
        self.direction = direction.name
        eigenvalue = direction.eigenvalue
        parameterNorm = theta.to(.float64).norm
        directionNorm = direction.norm
        jets = data.count
        self.views = views
        points = try inPieces(steps.count, label: label, keptIn: path, identity: identity) { step in
            let moved = direction.moving(theta, by: steps[step])
            return Point(
                epsilon: steps[step], plain: reducer.logits(network, at: moved, data),
                boosted: (0..<views.draws).map {
                    reducer.logits(network, at: moved, data, seenAs: views.view($0))
                })
        }
    }
}

/// log σ(f), also where σ(f) underflows.
private func logProbability(_ logit: Double) -> Double { min(logit, 0) - log1p(exp(-abs(logit))) }
