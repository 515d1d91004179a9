import Networks
import Torch

/// A mean loss over a data set as a function of a flat parameter vector: a weighted sum of named terms, each the mean
/// over the samples of something of theirs.
public protocol Objective: Sendable {
    /// The parameters that it is a function of.
    var parameters: ParameterTable { get }
    /// The terms and their weights.
    var terms: [TermDescription] { get }
    /// How many samples the data set has.
    var sampleCount: Int { get }

    /// Each term's mean over the samples given, as a tensor of rank 0.
    ///
    /// - Parameter theta: the parameters' tensors (`ParameterTable.variables(of:)`)
    func means(_ theta: [Tensor], samples: [Int], _ mode: EvaluationMode) -> [Tensor]

    /// Where the samples lie. Parameters must lie there, too.
    var device: Device { get }

    /// The same objective, if its passes need nothing of the host; nil where they do, or where nothing would be won.
    var resident: (any ResidentObjective)? { get }
}

extension Objective {
    public var device: Device { .cpu }
    public var resident: (any ResidentObjective)? { nil }
}

/// An objective whose samples, random numbers and sums lie on one device: a pass over some samples is a fixed list of
/// operators, and the host neither sends anything nor waits.
public protocol ResidentObjective: Objective {
    /// As ``Objective/means(_:samples:_:)``, the samples being whole numbers [n] on the objective's device.
    func means(_ theta: [Tensor], at places: Tensor, _ mode: EvaluationMode) -> [Tensor]
}

/// One term of an objective.
public struct TermDescription: Sendable, Codable, Hashable {
    /// What results and histories call it.
    public let name: String
    public let weight: Double

    public init(name: String, weight: Double) {
        self.name = name
        self.weight = weight
    }
}

/// How an objective is evaluated.
public struct EvaluationMode: Sendable {
    /// The epoch whose random numbers a training pass draws (dropout on); nil for evaluation, with dropout off and
    /// random parts of the objective always the same.
    public var trainingEpoch: UInt32?
    /// The same on the objective's device, a whole number [1], for ``ResidentObjective/means(_:at:_:)``.
    public var residentEpoch: Tensor?
    /// Matrix products in bfloat16.
    public var usesBFloat16: Bool

    public init(trainingEpoch: UInt32? = nil, usesBFloat16: Bool = false) {
        self.trainingEpoch = trainingEpoch
        self.usesBFloat16 = usesBFloat16
    }

    /// Dropout off, in the parameters' precision.
    public static let evaluation = EvaluationMode()
}

/// An objective that is a loss of a network's outputs, L(z(θ)), so that it has a Gauss–Newton matrix JᵀH_L J with
/// J = ∂z/∂θ and H_L = ∂²L/∂z².
public protocol OutputObjective: Objective {
    /// The name of the first term that is no function of the outputs alone (the infinitesimal penalty differentiates the
    /// network); nil where there is none.
    var obstacleToGaussNewton: String? { get }

    /// z for the samples given, of any shape.
    func networkOutputs(_ theta: [Tensor], samples: [Int], _ mode: EvaluationMode) -> Tensor

    /// Each term's mean as a function of z: what ``Objective/means(_:samples:_:)`` gives for these samples.
    func means(ofOutputs outputs: Tensor, samples: [Int], _ mode: EvaluationMode) -> [Tensor]
}
