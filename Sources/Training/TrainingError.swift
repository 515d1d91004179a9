/// What can go wrong in a training.
public enum TrainingError: Error, CustomStringConvertible, Equatable {
    case diverged(label: String, epoch: Int, batch: Int, quantity: String, value: Double, learningRate: Double)
    case otherSettings(checkpoint: String)
    case noSamples(what: String)

    public var description: String {
        switch self {
        case .diverged(let label, let epoch, let batch, let quantity, let value, let learningRate):
            """
            \(label): the \(quantity) became \(value) in epoch \(epoch), batch \(batch), at a learning rate of \
            \(learningRate). Try a smaller learningRate, gradientClip: 1, or warmUpEpochs: 1; look for extreme jets with \
            `goldstone inspect`. The weights of the best epoch so far are kept.
            """
        case .otherSettings(let checkpoint):
            """
            \(checkpoint) belongs to a training with other settings, jets or weights. Give another --output, or delete \
            that folder to start anew
            """
        case .noSamples(let what): "there are no \(what) jets"
        }
    }
}
