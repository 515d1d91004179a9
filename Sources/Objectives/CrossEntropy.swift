import Jets
import Torch

/// Binary cross-entropy: the mean of −y log σ(f) − (1 − y) log(1 − σ(f)).
public struct BinaryCrossEntropy: Term {
    /// The term has no settings.
    public init() {}

    public var name: String { "bce" }

    public func mean(_ outputs: TaggerOutputs) -> Tensor {
        outputs.logits.binaryCrossEntropy(targets: outputs.jets.labels).mean()
    }
}

/// Binary cross-entropy of boosted jets, the control that teaches the symmetry by examples and not by a penalty.
///
/// In the place of `bce` it is plain boost augmentation. The jets as they are go through the network, too, in the same
/// forward pass, as for every other term.
public struct BoostAugmentation: Term {
    /// How the boosts are drawn, one a jet and step.
    public let law: BoostLaw

    public init(law: BoostLaw = BoostLaw()) { self.law = law }

    public var name: String { "augmentation" }
    public var viewsPerJet: Int { 1 }

    public func view(of slice: TaggingData.Slice, _ stream: RandomStream, _ rows: RowNames) -> TaggingData.Slice {
        slice.transformed(by: law, stream, rows)
    }

    public func mean(_ outputs: TaggerOutputs) -> Tensor {
        outputs.views[0].binaryCrossEntropy(targets: outputs.jets.labels).mean()
    }
}
