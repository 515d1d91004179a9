import Networks
import Torch

/// A part of an objective over labelled jets.
public protocol Term: Sendable {
    /// What results and histories call it.
    var name: String { get }

    /// How many further views of each jet it needs beside the jet as it is.
    var viewsPerJet: Int { get }

    /// Whether it needs ``TaggerOutputs/inputGradient``.
    var needsInputGradient: Bool { get }

    /// One further view of the jets. Random numbers are drawn from `stream` under the rows' names.
    func view(of slice: TaggingData.Slice, _ stream: RandomStream, _ rows: RowNames) -> TaggingData.Slice

    /// The term's mean over the jets, rank 0.
    func mean(_ outputs: TaggerOutputs) -> Tensor
}

extension Term {
    public var viewsPerJet: Int { 0 }
    public var needsInputGradient: Bool { false }
    public func view(of slice: TaggingData.Slice, _ stream: RandomStream, _ rows: RowNames) -> TaggingData.Slice {
        slice
    }
}

/// Some jets and what the network says of them.
public struct TaggerOutputs: Sendable {
    /// The jets as they are.
    public let jets: TaggingData.Slice
    /// [B], the logits of the jets as they are.
    public let logits: Tensor
    /// [B] each: the logits of the term's own views.
    public let views: [Tensor]
    /// [B, N, 7], each jet's ∂logit/∂features, for terms that ask for it.
    public let inputGradient: Tensor?
}

/// Which of the network's outputs a penalty compares.
public enum TaggerOutput: String, Sendable, Codable, CaseIterable {
    /// σ(f), as SEAL's code does.
    case probability
    /// f.
    case logit

    /// This output for logits.
    func value(_ logits: Tensor) -> Tensor { self == .probability ? logits.sigmoid() : logits }

    /// Its derivative by the logit: σ(1 − σ), or 1.
    func slope(_ logits: Tensor) -> Tensor? {
        guard self == .probability else { return nil }
        let score = logits.sigmoid()
        return score * (1 - score)
    }
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
