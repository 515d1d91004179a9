import Curvature
import Foundation
import Objectives
import Statistics
import Support

/// The curvature of a tagger whose logits are divided by the temperature T that minimises its own validation jets'
/// cross-entropy: what is left of a difference in curvature between two taggers is no difference in confidence.
///
/// The logits are scaled in the last layer, weight and bias; all other parameters stay as they are.
public struct MatchedCurvature: Sendable, Codable, Equatable {
    /// T, with its error from the choice of the validation jets.
    public let temperature: Temperature
    /// Jets that it was fitted on.
    public let validationJets: Int
    /// The loss at the scaled weights.
    public let loss: Double
    /// λ₁, ‖Hν − λν‖, and whether that is within the tolerance.
    public let eigenvalue: Double, residual: Double, eigenvalueConverged: Bool
    /// The jackknife's standard error of λ₁ from the choice of the jets.
    public let eigenvalueSamplingError: Double?
    /// The trace with the estimator's standard error, and the jackknife's from the choice of the jets, without the
    /// estimator's where the jackknife has it in it.
    public let trace: Double, traceStandardError: Double
    public internal(set) var traceSamplingError: Double?
    public let traceConverged: Bool
    /// Products that both took.
    public let products: Int
    /// For each block of jets λ₁ and the trace without it, for the errors of ratios.
    public let eigenvalueReplicates: [Double], traceReplicates: [Double]

    /// Whether λ₁ and the trace are as precise as was asked for.
    public var isConverged: Bool { eigenvalueConverged && traceConverged }
}

extension CurvatureStep {
    /// Measures λ₁ and the trace with the temperature matched, or takes them from the tagger's folder; nil where no
    /// temperature is best, as for a network that has collapsed.
    ///
    /// Cost: a forward pass over the validation jets; the products of one eigenpair and of the trace.
    func matched(log: @escaping @Sendable (String) -> Void) throws -> MatchedCurvature? {
        guard let validation, let tagger else { throw MatchingError.noValidationJets }
        guard tagger.endsWithOutputLayer(validation) else { throw MatchingError.noOutputLayer(name: name) }
        let identity = [try identity(), "matched", validation.digest(first: validation.count)]
        do {
            var curvature = try KeptResult.at(folder.map { "\($0)/matched.json" }, identity: identity) {
                try measureMatched(tagger, on: validation, Digest.of(identity))
            }
            curvature.traceSamplingError = samplingError(curvature.traceReplicates, curvature.traceStandardError)
            return curvature
        } catch StatisticsError.noTemperature(let reason) {
            log("\(name): no temperature to match (\(reason)), so no matched curvature")
            return nil
        }
    }

    private func measureMatched(_ tagger: TrainedTagger, on validation: TaggingData, _ identity: String) throws
        -> MatchedCurvature
    {
        let reducer = Reducer(sliceSize: settings.sliceSize, threads: threads)
        let logits = reducer.logits(tagger.network, at: tagger.theta, validation)
        let temperature = try Temperature(try ScoredJets(scores: logits, isSignal: validation.isSignal))
        let theta = tagger.network.parameters.scalingLogits(of: tagger.theta, by: 1 / temperature.value)
        let samples = Array(0..<min(settings.jets, subject.sampleCount))
        let (objective, matrix) = try matrix(at: theta, samples, reducer)
        let loss = reducer.value(objective, at: theta, samples: samples).total
        guard loss.isFinite else { throw CurvatureError.notFinite(what: "the loss of \(name), temperature matched") }
        try matrix.check()
        var one = settings
        (one.largest, one.smallest, one.largestMagnitude) = (1, 0, nil)
        let found = try eigenpairs(of: matrix, identity, settings: one, in: folder.map { "\($0)/matched" })
        let trace = try trace(of: matrix), weights = matrix.sliceWeights
        let eigenvalues = found.forms.first.map { SamplingError.replicates($0, weights: weights) } ?? []
        let traces = SamplingError.replicates(trace.forms, weights: weights)
        return MatchedCurvature(
            temperature: temperature, validationJets: validation.count, loss: loss, eigenvalue: found.pairs[0].value,
            residual: found.pairs[0].residual, eigenvalueConverged: found.pairs[0].converged,
            eigenvalueSamplingError: SamplingError.jackknife(eigenvalues), trace: trace.value,
            traceStandardError: trace.standardError, traceSamplingError: trace.samplingError(traces),
            traceConverged: trace.converged, products: found.products + found.pairs.count + trace.products,
            eigenvalueReplicates: eigenvalues, traceReplicates: traces)
    }
}

/// What can be wrong with a temperature that is asked for.
public enum MatchingError: Error, CustomStringConvertible, Equatable {
    case noValidationJets
    /// The logits can't be scaled by the parameters of a last layer.
    case noOutputLayer(name: String)

    public var description: String {
        switch self {
        case .noValidationJets:
            "the temperature is matched on validation jets, which only a study has: give --study FILE instead of --data, "
                + "or leave --temperature out"
        case .noOutputLayer(let name):
            "the temperature is matched by scaling the last linear layer, but \(name) does not end with weight and bias of "
                + "one that gives the logit: leave --temperature out"
        }
    }
}
