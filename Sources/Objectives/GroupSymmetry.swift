import Jets
import Torch

/// The soft penalty on a network's not being invariant: the mean squared difference of its output between the jets as
/// they are and transformed ones, mean over jets and draws of (p(x) − p(g·x))². Gradients flow through both views, and
/// each view draws its own dropout masks.
///
/// With `BoostLaw` it is the group loss of SEAL (Hebbar et al., arXiv:2511.01982), which the paper's constrained
/// networks are trained with; with `RescalingLaw` the control: the same penalty for what is no symmetry.
/// Cost: a forward and backward pass a draw.
public struct GroupSymmetry<Law: TransformationLaw>: Term {
    public let name: String
    /// How the transformations are drawn.
    public let law: Law
    /// What is compared.
    public let output: TaggerOutput
    /// Transformations drawn for each jet and step.
    public let viewsPerJet: Int

    /// - Parameters:
    ///   - name: what results call it
    ///   - draws: at least 1
    public init(name: String = "group", law: Law, on output: TaggerOutput = .probability, draws: Int = 1) {
        precondition(draws > 0, "a comparison needs at least one transformed view, not \(draws)")
        self.name = name
        self.law = law
        self.output = output
        viewsPerJet = draws
    }

    public func view(of slice: TaggingData.Slice, _ stream: RandomStream, _ rows: RowNames) -> TaggingData.Slice {
        slice.transformed(by: law, stream, rows)
    }

    public func mean(_ outputs: TaggerOutputs) -> Tensor {
        let plain = output.value(outputs.logits)
        return Tensor.stacked(outputs.views.map { (plain - output.value($0)).squared() }).mean()
    }
}
