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
        means(theta, data.slice(samples), mode)
    }

    private func means(_ theta: [Tensor], _ slice: TaggingData.Slice, _ mode: EvaluationMode) -> [Tensor] {
        let views = views(of: slice, mode), (logits, gradient) = forward(theta, views, mode)
        return outputs(views, logits, gradient).enumerated().map { weightedTerms[$0].term.mean($1) }
    }

    /// What each term is the mean of. Cost: a forward pass of all views, and a backward pass where a term needs the
    /// gradient with respect to the features.
    public func outputs(_ theta: [Tensor], samples: [Int], _ mode: EvaluationMode) -> [TaggerOutputs] {
        let views = views(of: data.slice(samples), mode)
        let (logits, gradient) = forward(theta, views, mode)
        return outputs(views, logits, gradient)
    }

    /// Some jets as all terms want to see them.
    private struct Views {
        let slice: TaggingData.Slice
        /// The jets as they are, then each term's own views.
        let batches: [JetBatch]
        /// Where each term's views are among them.
        let places: [Range<Int>]
        let rows: RowNames
    }

    private func views(of slice: TaggingData.Slice, _ mode: EvaluationMode) -> Views {
        func rows(view: Int) -> RowNames { slice.rows(mode, view: UInt32(view)) }
        let stream = mode.trainingEpoch == nil ? boosts.part("evaluation") : boosts
        var batches = [slice.batch], places: [Range<Int>] = []
        for weighted in weightedTerms {
            let start = batches.count
            for view in start..<start + weighted.term.viewsPerJet {
                batches.append(weighted.term.view(of: slice, stream, rows(view: view)).batch)
            }
            places.append(start..<batches.count)
        }
        let all = batches.indices.dropFirst().reduce(rows(view: 0)) { $0 + rows(view: $1) }
        return Views(slice: slice, batches: batches, places: places, rows: all)
    }

    private func outputs(_ views: Views, _ logits: [Tensor], _ gradient: Tensor?) -> [TaggerOutputs] {
        zip(weightedTerms, views.places).map { weighted, places in
            TaggerOutputs(
                jets: views.slice, logits: logits[0], views: Array(logits[places]),
                inputGradient: weighted.term.needsInputGradient ? gradient : nil)
        }
    }

    /// The logits [B] of each view and, where a term needs it, the first view's ∂logit/∂features.
    private func forward(_ theta: [Tensor], _ views: Views, _ mode: EvaluationMode) -> ([Tensor], Tensor?) {
        let needsGradient = weightedTerms.contains { $0.term.needsInputGradient }
        let pass = Pass(
            dropout: mode.trainingEpoch == nil ? nil : (dropout, views.rows),
            usesBFloat16: mode.usesBFloat16)
        func logits(_ first: Tensor) -> [Tensor] {
            var batches = views.batches
            batches[0].features = first
            return split(network(theta, .concatenated(batches), pass).to(views.slice.labels.scalarType), views)
        }
        guard needsGradient else { return (logits(views.batches[0].features), nil) }
        // Recorded in an evaluation, too: the penalty is made of a derivative.
        return recording {
            let features = views.batches[0].features.asVariable(), outputs = logits(features)
            // A jet's logit depends on its own features alone, so the sum's gradient holds each jet's; that of a network
            // which sees no features is 0.
            return (outputs, gradients(of: outputs[0].sum(), with: [features], recording: true)[0])
        }
    }

    /// One tensor of logits a view.
    private func split(_ logits: Tensor, _ views: Views) -> [Tensor] {
        logits.split(views.batches.map { $0.mask.shape[0] })
    }
}

extension TaggingObjective: ResidentObjective {
    public var device: Device { data.device }

    /// Where the jets are resident (``TaggingData/resident(on:)``).
    public var resident: (any ResidentObjective)? { data.residentNames == nil ? nil : self }

    public func means(_ theta: [Tensor], at places: Tensor, _ mode: EvaluationMode) -> [Tensor] {
        means(theta, data.slice(at: places), mode)
    }
}

extension TaggingObjective: OutputObjective {
    public var obstacleToGaussNewton: String? {
        weightedTerms.first { $0.weight != 0 && $0.term.needsInputGradient }?.term.name
    }

    /// The logits of all views, [views · B].
    public func networkOutputs(_ theta: [Tensor], samples: [Int], _ mode: EvaluationMode) -> Tensor {
        .concatenated(forward(theta, views(of: data.slice(samples), mode), mode).0)
    }

    public func means(ofOutputs outputs: Tensor, samples: [Int], _ mode: EvaluationMode) -> [Tensor] {
        let views = views(of: data.slice(samples), mode)
        return self.outputs(views, split(outputs, views), nil).enumerated().map { weightedTerms[$0].term.mean($1) }
    }
}
