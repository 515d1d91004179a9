import Foundation

/// Why a tagger can't be exported.
public indirect enum ExportError: Error, CustomStringConvertible {
    /// A file of the format can't be that large.
    case tooLarge(bytes: Int, largest: Int)
    /// A weight is NaN or infinite.
    case notFinite(tensor: String)
    /// Someone else's network, whose operators are PyTorch's.
    case ofAnotherProgram
    /// The network takes momenta alone.
    case noFeatures(String)
    /// The network has no form that hls4ml converts.
    case notForTrigger(String)
    /// A deep-sets network whose pooling needs a mask.
    case triggerPooling(String)
    /// The Python that was named has no ONNX Runtime.
    case noRuntime(python: String, reason: String)
    /// ONNX Runtime refuses the graph, or the jets.
    case runtimeFailed(reason: String)
    /// The graph is not the network.
    case disagrees(form: String, check: LogitCheck)
    /// Any of the others, of these weights.
    case failed(weights: String, ExportError)
    /// Two taggers would have one file.
    case sameFile(String, first: String, second: String)

    public var description: String {
        switch self {
        case .tooLarge(let bytes, let largest):
            "the weights have \(bytes) bytes, and an ONNX file can't hold more than \(largest): export a smaller network"
        case .notFinite(let tensor):
            "tensor “\(tensor)” has a number that is NaN or infinite: the training has diverged; train again"
        case .ofAnotherProgram:
            "a network of another program has no graph here: PyTorch itself writes it as ONNX (torch.onnx.export)"
        case .noFeatures(let network):
            "a network of momenta alone (\(network)) has no form with features: use `--inputs momenta`"
        case .notForTrigger(let network):
            "\(network): only deep-sets networks with `pooling: allSlots` and MLPs have a trigger form; distil the tagger "
                + "to one of them"
        case .triggerPooling(let pooling):
            "a trigger's circuit knows no mask, which the pooling `\(pooling)` needs: train the deep-sets network with "
                + "`pooling: allSlots`"
        case .noRuntime(let python, let reason):
            "\(python) can't import numpy and onnxruntime: \(reason)"
        case .runtimeFailed(let reason): "ONNX Runtime failed: \(reason)"
        case .disagrees(let form, let check):
            "the \(form) form does not agree with the tagger: of \(check.jets) \(check.source), jet \(check.worstJet) has "
                + "the logit \(check.ours) here and \(check.theirs) in ONNX Runtime \(check.runtime), a relative "
                + "difference of \(String(format: "%.1e", check.largestDifference)) where at most "
                + "\(LogitCheck.tolerance) is allowed; nothing is written"
        case .failed(let weights, let error): "\(weights): \(error)"
        case .sameFile(let path, let first, let second):
            "\(first) and \(second) would both be written to \(path): export them one after the other, each with an "
                + "--output of its own"
        }
    }
}
