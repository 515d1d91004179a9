import Networks
import Torch

/// Someone else's network as a function of samples given as tensors, with a loss that compares its output with targets.
public struct SampleObjective: OutputObjective {
    /// The network.
    public let program: any NetworkProgram
    public let samples: Samples
    public let loss: SampleLoss
    /// [N], mean 1, or nil where all samples count alike.
    private let weights: Tensor?

    /// - Parameter first: how many of the samples the mean is over; weights are scaled so that their mean over these is 1
    public init(_ program: any NetworkProgram, _ samples: Samples, _ loss: SampleLoss, first: Int) {
        self.program = program
        self.samples = samples
        self.loss = loss
        weights = samples.weights.map { weights in
            weights / weights.narrowed(0, from: 0, length: min(first, samples.count)).mean().item
        }
    }

    public var parameters: ParameterTable { program.parameters }
    public var terms: [TermDescription] { [.init(name: loss.rawValue, weight: 1)] }
    public var sampleCount: Int { samples.count }
    public var obstacleToGaussNewton: String? { nil }

    public func means(_ theta: [Tensor], samples: [Int], _ mode: EvaluationMode) -> [Tensor] {
        means(ofOutputs: networkOutputs(theta, samples: samples, mode), samples: samples, mode)
    }

    public func networkOutputs(_ theta: [Tensor], samples: [Int], _ mode: EvaluationMode) -> Tensor {
        do {
            let inputs = self.samples.inputs(samples)
            return try program.run(theta, inputs, isChecked: false)
        } catch {
            fatalError("\(error)")
        }
    }

    public func means(ofOutputs outputs: Tensor, samples: [Int], _ mode: EvaluationMode) -> [Tensor] {
        let losses = loss.losses(outputs, self.samples.targets.gathered(0, samples))
        guard let weights else { return [losses.mean()] }
        return [(losses * weights.gathered(0, samples).to(losses.scalarType)).mean()]
    }

    /// Runs the network on the first samples, to see that it fits them and their targets, and that the loss can be
    /// differentiated twice.
    ///
    /// - Throws: `ProgramError`.
    public func check() throws(ProgramError) {
        for count in [min(32, samples.count), 1] {
            let inputs = samples.inputs(Array(0..<count)), outputs = try program.check(inputs)
            if let reason = loss.obstacle(outputs, samples.targets, count: count) {
                throw .output(file: program.file, reason: reason)
            }
            let theta = parameters.variables(of: program.theta)
            if let error = try program.placeWithoutSecondDerivative(theta, inputs) { throw error }
        }
    }
}

/// Samples of someone's own: tensors by the names of a network's inputs, targets, and weights.
public struct Samples: Sendable {
    /// One for each of the program's inputs, [N, …]; nil for one that is left out.
    public let inputs: [Tensor?]
    /// [N] or [N, …].
    public let targets: Tensor
    /// [N], none negative.
    public let weights: Tensor?

    public init(inputs: [Tensor?], targets: Tensor, weights: Tensor? = nil) {
        self.inputs = inputs
        self.targets = targets
        self.weights = weights
    }

    /// N.
    public var count: Int { targets.shape[0] }

    func inputs(_ samples: [Int]) -> [Tensor?] { inputs.map { $0?.gathered(0, samples) } }
}

/// How a network's output is compared with a target.
public enum SampleLoss: String, Sendable, Codable, CaseIterable {
    /// −y log σ(f) − (1 − y) log(1 − σ(f)), f a logit and y a target in [0, 1]; the mean over outputs, where there are
    /// several.
    case bce
    /// −Σₖ yₖ log softmax(f)ₖ, f a logit a class; y the number of a class, or a probability for each.
    case crossEntropy = "cross-entropy"
    /// (f − y)², the mean over outputs.
    case mse

    /// Why output and targets do not go together; nil where they do.
    func obstacle(_ outputs: Tensor, _ targets: Tensor, count: Int) -> String? {
        guard outputs.isFloating else { return "its output is no tensor of real numbers" }
        let shape = outputs.shape, wanted = targets.shape.dropFirst().reduce(1, *) * count
        switch self {
        case .bce, .mse:
            guard outputs.count == wanted else {
                return
                    "its output has shape \(shape) for \(count) samples, `target` [N\(targets.shape.dropFirst().map { ", \($0)" }.joined())]: "
                    + "\(rawValue) compares them number by number"
            }
            if self == .bce, !targets.elements(Double.self).allSatisfy({ (0...1).contains($0) }) {
                return
                    "`target` has numbers outside of [0, 1], which bce can't compare with; use --loss mse or cross-entropy"
            }
        case .crossEntropy:
            guard shape.count == 2, shape[0] == count, shape[1] >= 2 else {
                return
                    "its output has shape \(shape) for \(count) samples; cross-entropy wants [B, classes] (for one logit a "
                    + "sample use --loss bce)"
            }
            if targets.rank == 1 {
                let classes = targets.elements(Double.self)
                if let wrong = classes.first(where: { $0 != $0.rounded() || !(0..<Double(shape[1])).contains($0) }) {
                    return "`target` has \(wrong), which is none of the \(shape[1]) classes 0 to \(shape[1] - 1)"
                }
            } else if targets.shape.dropFirst() != [shape[1]] {
                return "`target` has \(targets.shape.dropFirst()) numbers a sample, its output \(shape[1]) classes"
            }
        }
        return nil
    }

    /// Each sample's loss, [B].
    func losses(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
        let count = targets.shape[0]
        switch self {
        case .bce:
            return outputs.reshaped(count, outputs.count / count).binaryCrossEntropy(
                targets: targets.to(outputs.scalarType).reshaped(count, outputs.count / count)
            ).mean(1)
        case .mse:
            let wanted = targets.to(outputs.scalarType).reshaped(count, outputs.count / count)
            return (outputs.reshaped(count, outputs.count / count) - wanted).squared().mean(1)
        case .crossEntropy:
            let classes = outputs.shape[1]
            // The class's own column is 1.
            let columns = Tensor((0..<classes).map { Float($0) }).unsqueezed(0)
            let wanted =
                targets.rank == 1
                ? (targets.to(.float32).unsqueezed(1) - columns).equals(0).to(outputs.scalarType)
                : targets.to(outputs.scalarType)
            return -(wanted * outputs.logSoftmax(1)).sum(1)
        }
    }
}
