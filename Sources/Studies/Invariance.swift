import Foundation
import Jets
import Networks
import Objectives
import Report
import Statistics
import Support
import Torch

/// How much a tagger's answers change, and how much they are still worth, when the jets are boosted: against the boosts'
/// speed. Each jet has one direction, isotropic and the same for all speeds and all taggers, so that curves can be
/// compared point by point.
public struct Invariance: Sendable, Codable, Equatable {
    /// The jets measured on.
    public let jets: Int
    /// The seed of the directions.
    public let seed: UInt64
    /// How it does on the jets as they are.
    public let plain: Evaluation
    /// One a speed, in the speeds' order.
    public let points: [Point]

    /// What boosts of one speed do. Intervals are of 95 %, from the number of jets.
    public struct Point: Sendable, Codable, Equatable {
        /// β, in units of c.
        public let speed: Double
        /// The mean of (p(g·x) − p(x))², p being the probability for signal.
        public let meanSquaredScoreChange: Estimate
        /// The mean of |f(g·x) − f(x)|, f being the logit.
        public let meanAbsoluteLogitChange: Estimate
        /// The fraction of jets whose logit changes its sign.
        public let flippedDecisions: Estimate
        /// The area under the ROC curve of the boosted jets.
        public let rocAUC: Estimate
        /// DeLong's standard error of it.
        public let rocAUCStandardError: Double
    }

    /// β = 0, 0.1, …, 0.9, 0.95.
    public static let speeds = (0...9).map { Double($0) / 10 } + [0.95]

    /// Measures a tagger. Cost: a forward pass over the jets a speed, and one more. Results are the same for any number
    /// of threads.
    ///
    /// - Parameters:
    ///   - network: the tagger
    ///   - theta: its weights, [P]
    ///   - data: the test jets
    ///   - speeds: β of the boosts, each in [0, 1)
    ///   - seed: of the directions; leave it, to compare with other taggers
    ///   - progress: hears how many jets are done, from any thread
    /// - Throws: `StatisticsError` where a class is missing or has a single jet, or a logit is NaN; `Interrupted` where the
    ///   user asked to stop.
    public init<Tagger: Network>(
        of network: Tagger, at theta: Tensor, _ data: TaggingData, speeds: [Double] = Invariance.speeds,
        seed: UInt64 = 1, reducer: Reducer, progress: (@Sendable (Int) -> Void)? = nil
    ) throws where Tagger.Input == JetBatch {
        let stream = RandomStream(seed: seed, purpose: "invariance")
        let plain = reducer.logits(network, at: theta, data, progress: progress)
        jets = data.count
        self.seed = seed
        self.plain = try Evaluation(try ScoredJets(scores: plain, isSignal: data.isSignal))
        points = try speeds.map { speed in
            if Interruption.isRequested { throw Interrupted(state: nil) }
            let boosted = reducer.logits(
                network, at: theta, data,
                seenAs: { slice in
                    let velocities = slice.names.map { name in
                        let u = stream.uniforms(2, jet: name)
                        return BoostLaw.direction(u[0], u[1]) * speed
                    }
                    return slice.transformed(by: LorentzTransformations(boosts: velocities))
                }, progress: progress)
            return try Point(speed: speed, plain: plain, boosted: boosted, data.isSignal)
        }
    }
}

extension Invariance.Point {
    /// Compares logits of the same jets before and after.
    init(speed: Double, plain: [Double], boosted: [Double], _ isSignal: [Bool]) throws {
        func score(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }
        let pairs = zip(plain, boosted)
        let area = try AreaUnderROC(try ScoredJets(scores: boosted, isSignal: isSignal))
        self.speed = speed
        meanSquaredScoreChange = .mean(of: pairs.map { pow(score($1) - score($0), 2) })
        meanAbsoluteLogitChange = .mean(of: pairs.map { abs($1 - $0) })
        flippedDecisions = .fraction(pairs.count { ($0 > 0) != ($1 > 0) }, of: plain.count)
        rocAUC = area.interval()
        rocAUCStandardError = area.standardError
    }
}

extension Invariance {
    /// A figure for each quantity. A variant's line is the mean over its seeds with a band of one standard deviation, thin
    /// lines its seeds; for a single seed the band is the 95 % interval from the number of jets.
    public static func figures(_ trainings: [OfTraining<Invariance>], subtitle: String) -> [Figure] {
        let groups = VariantTrainings.grouped(trainings).filter { !$0.sound.isEmpty }
        let legend = [
            groups.contains { $0.sound.count > 1 } ? "bands: standard deviation over seeds; thin: seeds" : nil,
            groups.contains { $0.sound.count == 1 } ? "of a single seed bands: 95 % from the number of jets" : nil,
        ].compactMap { $0 }.joined(separator: "; ")
        func figure(_ name: String, _ title: String, _ axis: Axis, _ quantity: (Point) -> Estimate) -> Figure {
            let lines = groups.map { group in
                let speeds = group.sound[0].result.points.map(\.speed)
                let bands = speeds.indices.map { place in
                    Invariance.band(group.sound.map { quantity($0.result.points[place]) })
                }
                return Line(
                    group.variant, x: speeds, y: bands.map(\.value),
                    band: Line.Band(lower: bands.map(\.lower), upper: bands.map(\.upper)))
            }
            let thin = groups.filter { $0.sound.count > 1 }.flatMap { group in
                group.sound.map { training in
                    let points = training.result.points
                    return Line(group.variant, x: points.map(\.speed), y: points.map { quantity($0).value })
                }
            }
            return .invariance(
                name: "invariance-\(name)", title: title, subtitle: "\(subtitle)\n\(legend)", lines: lines, y: axis,
                thin: thin)
        }
        return [
            figure(
                "score", "Score change under boosts", Axis("mean squared score change", fromZero: true),
                \.meanSquaredScoreChange),
            figure(
                "logit", "Logit change under boosts", Axis("mean |Δlogit|", fromZero: true),
                \.meanAbsoluteLogitChange),
            figure(
                "flips", "Decisions flipped by boosts", Axis("fraction of flipped decisions", fromZero: true),
                \.flippedDecisions),
            figure("auc", "ROC-AUC of boosted jets", Axis("ROC-AUC"), \.rocAUC),
        ]
    }

    /// The mean of one value a seed, ± their standard deviation; of a single one its interval from the number of jets.
    private static func band(_ values: [Estimate]) -> Estimate {
        guard values.count > 1 else { return values[0] }
        let spread = Spread(values.map(\.value), testSetErrors: values.map { _ in 0 })
        return Estimate(
            value: spread.mean, lower: spread.mean - spread.halfBand, upper: spread.mean + spread.halfBand,
            confidence: 0.68)
    }
}
