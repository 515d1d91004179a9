import Networks
import Torch

extension Reducer {
    /// The logits of all jets, in order. Cost: a forward pass.
    public func logits<Tagger: Network>(
        _ network: Tagger, at theta: Tensor, _ data: TaggingData, progress: (@Sendable (Int) -> Void)? = nil
    ) -> [Double] where Tagger.Input == JetBatch {
        let slices = cut(Array(0..<data.count))
        let parts = Slots<[Double]>(slices.count)
        let tensors = network.parameters.variables(of: theta)
        parallel(slices.count, threads: threads) { index in
            parts[index] = withoutRecording { network(tensors, data.slice(slices[index]).batch, Pass()).elements() }
            progress?(slices[index].count)
        }
        return parts.all.flatMap { $0 }
    }
}
