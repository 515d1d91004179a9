import Curvature
import Foundation
import Jets
import Networks
import Objectives
import Report
import Statistics
import Support
import Torch

/// How far jets are from the decision boundary f = 0: to first order |f|/‖∇ₓf‖, the length of the smallest change of the
/// features, as the network sees them, that turns the decision. Features that are scaled count in standard deviations.
public struct Margins: Sendable, Codable, Equatable {
    /// Signal and background.
    public let classes: [ClassMargins]

    /// The margins of one class.
    public struct ClassMargins: Sendable, Codable, Equatable {
        public let name: String
        public let jets: Int
        /// With the interval of 95 % that order statistics give.
        public let median: Estimate
        public let band: Band
        /// log₁₀ of the margins.
        public let histogram: Report.Histogram

        init(_ name: String, _ margins: [Double]) {
            self.name = name
            jets = margins.count
            median = Quantiles(of: margins).medianEstimate()
            band = Band(of: margins)
            histogram = Report.Histogram(of: margins.map(log10), over: Margins.decades, bins: 50)
        }
    }

    /// The range of the histograms, in powers of ten.
    static let decades = -3.0...2.0

    /// Measures a tagger. Cost: a forward and a backward pass.
    ///
    /// - Parameters:
    ///   - theta: [P]
    ///   - signal: what the class is called
    ///   - background: the same
    ///   - progress: hears how many jets are done, from any thread
    /// - Throws: `StatisticsError` where a class is missing or a logit is NaN.
    public init<Tagger: Network>(
        of network: Tagger, at theta: Tensor, _ data: TaggingData, signal: String, background: String,
        reducer: Reducer, progress: (@Sendable (Int) -> Void)? = nil
    ) throws where Tagger.Input == JetBatch {
        let (logits, norms) = reducer.inputSlopes(network, at: theta, data, progress: progress)
        let jets = try ScoredJets(scores: logits, isSignal: data.isSignal)
        // A jet whose logit no feature changes is infinitely far.
        let margins = zip(jets.scores, norms).map { $1 > 0 ? abs($0) / $1 : .infinity }
        classes = [(signal, true), (background, false)].map { name, isSignal in
            ClassMargins(name, zip(margins, jets.isSignal).filter { $0.1 == isSignal }.map(\.0))
        }
    }
}

/// The fraction of jets whose decision turns when the weights are moved along a direction, to either side.
public struct DecisionFlips: Sendable, Codable, Equatable {
    public let direction: String
    public let eigenvalue: Double?
    /// ‖θ‖ and ‖v‖.
    public let parameterNorm: Double, directionNorm: Double
    public let jets: Int
    /// One a step, ascending; none at 0.
    public let points: [Point]

    /// What one step does.
    public struct Point: Sendable, Codable, Equatable {
        /// ε > 0.
        public let epsilon: Double
        /// The fraction at θ + εv and at θ − εv, with Wilson's 95 % interval.
        public let forwards: Estimate, backwards: Estimate
    }

    /// Measures a tagger along a direction. Cost: two forward passes a step, and one.
    ///
    /// - Parameters:
    ///   - theta: [P]
    ///   - steps: ε > 0, ascending
    ///   - label: as for `LossGrid`, `path` and `identity` too
    /// - Throws: `FileError`, `Interrupted`.
    public init<Tagger: Network>(
        of network: Tagger, at theta: Tensor, _ data: TaggingData, along direction: Direction, steps: [Double],
        reducer: Reducer, label: String? = nil, keptIn path: String? = nil, identity: String = ""
    ) throws where Tagger.Input == JetBatch {
        self.direction = direction.name
        eigenvalue = direction.eigenvalue
        parameterNorm = theta.to(.float64).norm
        directionNorm = direction.norm
        jets = data.count
        func decisions(_ theta: Tensor) -> [Bool] { reducer.logits(network, at: theta, data).map { $0 > 0 } }
        // Not before a step lacks it: a finished file costs no pass.
        var plain: [Bool]?
        points = try inPieces(steps.count, label: label, keptIn: path, identity: identity) { step in
            let before = plain ?? decisions(theta)
            plain = before
            func flipped(_ epsilon: Double) -> Estimate {
                let after = decisions(direction.moving(theta, by: epsilon))
                return .fraction(zip(before, after).count { $0 != $1 }, of: before.count)
            }
            return Point(epsilon: steps[step], forwards: flipped(steps[step]), backwards: flipped(-steps[step]))
        }
    }
}
