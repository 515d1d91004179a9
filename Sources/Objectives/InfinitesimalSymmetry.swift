import Jets
import Torch

/// The infinitesimal penalty of SEAL (Hebbar et al., arXiv:2511.01982): the mean over jets of Σₖ vₖ², where
/// vₖ = Σ (∂p/∂X) δₖX is the output's derivative along what generator k of the Lorentz group does to the features X.
///
/// One gradient with respect to the features, contracted with all directions, gives every vₖ; the penalty's own gradient
/// then takes second derivatives of the network. Cost: measured in PyTorch 2.2 times a plain gradient.
public struct InfinitesimalSymmetry: Term {
    /// Which generators are summed over.
    public let generators: LorentzGenerators
    /// What is differentiated.
    public let output: TaggerOutput

    public init(generators: LorentzGenerators = .both, on output: TaggerOutput = .probability) {
        self.generators = generators
        self.output = output
    }

    public var name: String { "infinitesimal" }
    public var needsInputGradient: Bool { true }

    public func mean(_ outputs: TaggerOutputs) -> Tensor {
        derivatives(outputs).squared().sum(0).mean()
    }

    /// vₖ, [K, B].
    public func derivatives(_ outputs: TaggerOutputs) -> Tensor {
        guard let gradient = outputs.inputGradient else {
            preconditionFailure("the infinitesimal penalty needs the gradient with respect to the features")
        }
        let directions = outputs.jets.variations(under: generators)  // [K, B, N, 7]
        let derivatives = (gradient * directions).sum(-1, -2)
        return output.slope(outputs.logits).map { derivatives * $0 } ?? derivatives
    }
}
