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
        let slice = data.slice(samples)
        var views = [View(batch: slice.batch, rows: rows(slice, mode, view: 0))]
        var places: [Range<Int>] = []
        for weighted in weightedTerms {
            let start = views.count
            views += weighted.term.views(of: slice, stream: stream(mode)) {
                rows(slice, mode, view: UInt32(start + $0))
            }
            places.append(start..<views.count)
        }
        let logits = forward(theta, views, mode).map { $0.to(slice.labels.scalarType) }
        return zip(weightedTerms, places).map { weighted, places in
            weighted.term.mean(logits: logits[0], views: Array(logits[places]), labels: slice.labels)
        }
    }

    /// The logits [B] of each view.
    private func forward(_ theta: [Tensor], _ views: [View], _ mode: EvaluationMode) -> [Tensor] {
        let rows = views.dropFirst().reduce(views[0].rows) { $0 + $1.rows }
        let pass = Pass(
            dropout: mode.trainingEpoch == nil ? nil : (dropout, rows),
            isTwiceDifferentiable: mode.isTwiceDifferentiable, usesBFloat16: mode.usesBFloat16)
        guard views.count > 1 else { return [network(theta, views[0].batch, pass)] }
        let batch = JetBatch(
            features: .concatenated(views.map(\.batch.features)), mask: .concatenated(views.map(\.batch.mask)))
        return network(theta, batch, pass).split(views.map { $0.rows.jets.count })
    }

    /// Training draws anew each epoch; evaluation always draws the same.
    private func rows(_ slice: TaggingData.Slice, _ mode: EvaluationMode, view: UInt32) -> RowNames {
        RowNames(jets: slice.names, epoch: mode.trainingEpoch ?? 0, view: view)
    }

    private func stream(_ mode: EvaluationMode) -> RandomStream {
        mode.trainingEpoch == nil ? boosts.part("evaluation") : boosts
    }
}

/// One way to look at a slice's jets: what the network sees, and the rows' names in random streams.
public struct View: Sendable {
    public let batch: JetBatch
    public let rows: RowNames
}

/// A term with its weight.
public struct WeightedTerm: Sendable {
    public let term: any Term
    public let weight: Double

    public init(_ term: any Term, weight: Double = 1) {
        self.term = term
        self.weight = weight
    }
}

/// A part of an objective over labelled jets.
public protocol Term: Sendable {
    /// What results and histories call it.
    var name: String { get }

    /// The further views of the jets that it needs; `rows` gives their names in random streams.
    func views(of slice: TaggingData.Slice, stream: RandomStream, rows: (Int) -> RowNames) -> [View]

    /// The term's mean, rank 0, of the logits of the jets as they are and of each of its own views, all [B].
    func mean(logits: Tensor, views: [Tensor], labels: Tensor) -> Tensor
}

extension Term {
    public func views(of slice: TaggingData.Slice, stream: RandomStream, rows: (Int) -> RowNames) -> [View] { [] }
}

/// Binary cross-entropy: the mean of −y log σ(f) − (1 − y) log(1 − σ(f)).
public struct BinaryCrossEntropy: Term {
    public init() {}

    public var name: String { "bce" }

    public func mean(logits: Tensor, views: [Tensor], labels: Tensor) -> Tensor {
        logits.binaryCrossEntropy(targets: labels).mean()
    }
}
