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
        let slices = cut(Array(0..<data.count))
        let parts = Slots<[Double]>(slices.count)
        let tensors = network.parameters.variables(of: theta)
        parallel(slices.count, threads: threads) { index in
            parts[index] = withoutRecording {
                network(tensors, view(data.slice(slices[index])).batch, Pass()).elements()
            }
            progress?(slices[index].count)
        }
        return parts.all.flatMap { $0 }
    }
}
