import Networks
import Support
import Torch

extension Reducer {
    /// The logits of all jets, in order. Cost: a forward pass.
    ///
    /// - Parameter view: turns a slice's jets into what is shown to the network: transformed jets, for example
    public func logits<Tagger: Network>(
        _ network: Tagger, at theta: Tensor, _ data: TaggingData,
        seenAs view: @Sendable (TaggingData.Slice) -> TaggingData.Slice = { $0 },
        progress: (@Sendable (Int) -> Void)? = nil
    ) -> [Double] where Tagger.Input == JetBatch {
        let tensors = network.parameters.variables(of: theta.to(data.device))
        return parts(of: Array(0..<data.count), on: data.device, progress: progress) { samples in
            withoutRecording { network(tensors, view(data.slice(samples)).batch, Pass()).elements(Double.self) }
        }.flatMap { $0 }
    }
}
