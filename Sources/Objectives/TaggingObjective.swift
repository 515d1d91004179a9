import Jets
import Networks
import Torch

/// What a tagger is trained on or measured by: terms over labelled jets.
///
/// All views of a slice's jets (as they are, and boosted) go through the network in one forward pass.
public struct TaggingObjective<Tagger: Network>: Objective where Tagger.Input == JetBatch {
    /// The network.
    public let network: Tagger
    /// The jets.
    public let data: TaggingData
    /// The terms with their weights.
    public let weightedTerms: [WeightedTerm]
    /// The seed of the random numbers: dropout and boosts.
    public let seed: UInt64

    private let dropout: RandomStream
    private let boosts: RandomStream

    public init(network: Tagger, data: TaggingData, terms: [WeightedTerm], seed: UInt64) {
        precondition(!terms.isEmpty, "an objective has at least one term")
        self.network = network
        self.data = data
        self.seed = seed
        weightedTerms = terms
        dropout = RandomStream(seed: seed, purpose: "dropout")
        boosts = RandomStream(seed: seed, purpose: "boosts")
    }

    public var parameters: ParameterTable { network.parameters }
    public var terms: [TermDescription] { weightedTerms.map { .init(name: $0.term.name, weight: $0.weight) } }
    public var sampleCount: Int { data.count }

    public func means(_ theta: [Tensor], samples: [Int], _ mode: EvaluationMode) -> [Tensor] {
        outputs(theta, samples: samples, mode).enumerated().map { weightedTerms[$0].term.mean($1) }
    }

    /// What each term is the mean of. Cost: a forward pass of all views, and a backward pass where a term needs the
    /// gradient with respect to the features.
    public func outputs(_ theta: [Tensor], samples: [Int], _ mode: EvaluationMode) -> [TaggerOutputs] {
        let slice = data.slice(samples)
        func rows(view: Int) -> RowNames {
            // Training draws anew each epoch; evaluation always draws the same.
            RowNames(jets: slice.names, epoch: mode.trainingEpoch ?? 0, view: UInt32(view))
        }
        let stream = mode.trainingEpoch == nil ? boosts.part("evaluation") : boosts
        var views = [slice.batch], places: [Range<Int>] = []
        for weighted in weightedTerms {
            let start = views.count
            for view in start..<start + weighted.term.viewsPerJet {
                views.append(weighted.term.view(of: slice, stream, rows(view: view)).batch)
            }
            places.append(start..<views.count)
        }
        let allRows = views.indices.dropFirst().reduce(rows(view: 0)) { $0 + rows(view: $1) }
        let (logits, gradient) = forward(theta, views, allRows, slice, mode)
        return zip(weightedTerms, places).map { weighted, places in
            TaggerOutputs(
                jets: slice, logits: logits[0], views: Array(logits[places]),
                inputGradient: weighted.term.needsInputGradient ? gradient : nil)
        }
    }

    /// The logits [B] of each view and, where a term needs it, the first view's ∂logit/∂features.
    private func forward(
        _ theta: [Tensor], _ views: [JetBatch], _ rows: RowNames, _ slice: TaggingData.Slice, _ mode: EvaluationMode
    ) -> ([Tensor], Tensor?) {
        let needsGradient = weightedTerms.contains { $0.term.needsInputGradient }
        let pass = Pass(
            dropout: mode.trainingEpoch == nil ? nil : (dropout, rows),
            isTwiceDifferentiable: mode.isTwiceDifferentiable || needsGradient, usesBFloat16: mode.usesBFloat16)
        func logits(_ first: Tensor) -> [Tensor] {
            let batch = JetBatch(
                features: .concatenated([first] + views.dropFirst().map(\.features)),
                mask: .concatenated(views.map(\.mask)))
            return network(theta, batch, pass).to(slice.labels.scalarType).split(views.map { $0.mask.shape[0] })
        }
        guard needsGradient else { return (logits(views[0].features), nil) }
        // Recorded in an evaluation, too: the penalty is made of a derivative.
        return recording {
            let features = views[0].features.asVariable(), outputs = logits(features)
            // A jet's logit depends on its own features alone, so the sum's gradient holds each jet's.
            return (outputs, gradients(of: outputs[0].sum(), with: [features], recording: true)[0])
        }
    }
}
