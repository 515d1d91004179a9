import Jets
import Networks
import Objectives
import Statistics
import Support
import Torch

/// How well a tagger still does when the jets are perturbed, against the perturbation's strength. The noise of a jet is the
/// same for all taggers (it is named by seed, perturbation, draw and jet), so curves can be compared point by point.
public struct Robustness: Sendable, Codable, Equatable {
    /// The jets measured on.
    public let jets: Int
    /// The seed of the noise.
    public let seed: UInt64
    /// How it does on the jets as they are.
    public let plain: Evaluation
    /// One a perturbation.
    public let curves: [Curve]

    /// What one perturbation does.
    public struct Curve: Sendable, Codable, Equatable {
        /// The perturbation's name (`Perturbations`).
        public let perturbation: String
        /// One a strength, ascending.
        public let points: [Point]
        /// ∫ (A(as they are) − A(s)) ds over the strengths by the trapezoidal rule, A being the ROC-AUC: one a draw. Its
        /// test-set error is DeLong's for that sum of areas on the same jets, of the first draw.
        public let areaUnderDrop: Spread
    }

    /// What one strength does; each quantity one value a draw.
    public struct Point: Sendable, Codable, Equatable {
        public let strength: Double
        /// The area under the ROC curve; test-set error: DeLong's.
        public let rocAUC: Spread
        /// The area for the jets as they are minus that; test-set error: DeLong's for pairs.
        public let drop: Spread
        /// The fraction decided rightly at logit 0; test-set error: binomial.
        public let accuracy: Spread
    }

    /// Forward passes over the jets that a measurement takes.
    public static func passes(_ settings: RobustnessSettings) -> Int {
        settings.laws.reduce(1) { sum, next in
            sum + next.strengths.count { $0 != 0 } * (next.law.isRandom ? settings.draws : 1)
        }
    }

    /// Measures a tagger. Cost: ``passes(_:)`` forward passes over the jets. Results are the same for any number of threads.
    ///
    /// - Parameters:
    ///   - network: the tagger
    ///   - theta: its weights, [P]
    ///   - data: the test jets
    ///   - settings: perturbations, strengths, draws and the seed of the noise; the same for taggers to be compared
    ///   - progress: hears how many jets are done, from any thread
    /// - Throws: `JetsError` where the settings are impossible; `StatisticsError` where a class is missing or has a single
    ///   jet, or a logit is NaN; `Interrupted` where the user asked to stop.
    public init<Tagger: Network>(
        of network: Tagger, at theta: Tensor, _ data: TaggingData, _ settings: RobustnessSettings = .init(),
        reducer: Reducer, progress: (@Sendable (Int) -> Void)? = nil
    ) throws where Tagger.Input == JetBatch {
        try settings.check()
        let isSignal = data.isSignal
        func scores(_ view: @escaping @Sendable (TaggingData.Slice) -> TaggingData.Slice) throws -> ScoredJets {
            if Interruption.isRequested { throw Interrupted(state: nil) }
            let logits = reducer.logits(network, at: theta, data, seenAs: view, progress: progress)
            return try ScoredJets(scores: logits, isSignal: isSignal)
        }
        let plain = try scores { $0 }
        jets = data.count
        seed = settings.seed
        self.plain = try Evaluation(plain)
        curves = try settings.laws.map { law, strengths in
            let stream = RandomStream(seed: settings.seed, purpose: "perturbation").part(law.name)
            let draws = try (0..<(law.isRandom ? settings.draws : 1)).map { draw in
                try strengths.map { strength in
                    // At strength 0 nothing is changed.
                    strength == 0
                        ? plain : try scores { $0.perturbed(by: law, strength: strength, stream, draw: draw) }
                }
            }
            return try Curve(law.name, strengths, plain: plain, draws: draws)
        }
    }
}

extension Robustness.Curve {
    /// - Parameter draws: the jets' scores, [draws][strengths]
    init(_ perturbation: String, _ strengths: [Double], plain: ScoredJets, draws: [[ScoredJets]]) throws {
        self.perturbation = perturbation
        let points = try strengths.indices.map { place in
            try Robustness.Point(strength: strengths[place], plain: plain, draws.map { $0[place] })
        }
        let weights = Robustness.trapezoidWeights(strengths)
        let values = draws.indices.map { draw in
            zip(weights, points).reduce(0) { $0 + $1.0 * $1.1.drop.values[draw] }
        }
        let error = try standardError(
            ofSum: [weights.reduce(0, +)] + weights.map { -$0 }, [plain] + draws[0])
        self.points = points
        areaUnderDrop = Spread(values, testSetErrors: values.map { _ in error })
    }
}

extension Robustness.Point {
    /// Compares scores of the same jets as they are and perturbed, the latter once a draw.
    init(strength: Double, plain: ScoredJets, _ draws: [ScoredJets]) throws {
        let pairs = try draws.map { try PairedAreas(plain, $0) }
        let accuracies = draws.map { $0.accuracy().value }, n = Double(plain.scores.count)
        self.strength = strength
        rocAUC = Spread(pairs.map(\.second.value), testSetErrors: pairs.map(\.second.standardError))
        drop = Spread(pairs.map(\.difference), testSetErrors: pairs.map(\.standardError))
        accuracy = Spread(accuracies, testSetErrors: accuracies.map { ($0 * (1 - $0) / n).squareRoot() })
    }
}

extension Robustness {
    /// wᵢ with ∫ f ds ≈ Σ wᵢ f(sᵢ): halves of the steps on either side. A single strength spans nothing.
    static func trapezoidWeights(_ strengths: [Double]) -> [Double] {
        strengths.indices.map { i in
            (strengths[min(i + 1, strengths.count - 1)] - strengths[max(i - 1, 0)]) / 2
        }
    }
}

/// DeLong's standard error of Σ cᵢ Aᵢ, Aᵢ being the areas of several scores of the same jets: √(Σᵢⱼ cᵢcⱼ Cov(Aᵢ, Aⱼ)).
/// Cost: k²/2 paired comparisons of O(n log n).
func standardError(ofSum coefficients: [Double], _ scores: [ScoredJets]) throws -> Double {
    let used = zip(coefficients, scores).filter { $0.0 != 0 }
    var variance = 0.0
    for i in used.indices {
        for j in i..<used.count {
            let covariance = try covariance(used[i].1, used[j].1)
            variance += (i == j ? 1 : 2) * used[i].0 * used[j].0 * covariance
        }
    }
    // Rounding may leave a trifle below 0.
    return max(variance, 0).squareRoot()
}

private func covariance(_ first: ScoredJets, _ second: ScoredJets) throws -> Double {
    do {
        return try PairedAreas(first, second).covariance
    } catch {
        // Neither area has a variance, so they have no covariance.
        guard case .noVariance = error else { throw error }
        return 0
    }
}
