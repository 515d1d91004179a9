import Torch

/// Distillation by regression on logits: the mean of (f(x) − t(x))², f being the student's logit and t the teacher's
/// (Ba and Caruana, “Do deep nets really need to be deep?”, arXiv:1312.6184). Labels have no say.
///
/// The jets carry the teacher's logits (``TaggingData/teacherLogits``), so that no teacher runs beside its student.
public struct LogitMatching: Term {
    /// The term has no settings.
    public init() {}

    public var name: String { "mse" }

    /// - Precondition: the jets have a teacher's logits.
    public func mean(_ outputs: TaggerOutputs) -> Tensor {
        guard let targets = outputs.jets.teacherLogits else {
            preconditionFailure("a student needs its teacher's logits: set TaggingData.teacherLogits")
        }
        return (outputs.logits - targets).squared().mean()
    }
}
