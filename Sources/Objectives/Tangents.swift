import Networks
import Torch

extension Reducer {
    /// How fast each jet's logit changes along directions in the space of the parameters: ∂f_{θ+εv}(x)/∂ε at ε = 0, which
    /// is J v with J = ∂f/∂θ. Exact to rounding.
    ///
    /// Jᵀu is linear in u, so J v is the gradient of ⟨Jᵀu, v⟩ with respect to u: double backward (J. Townsend, “A new
    /// trick for calculating Jacobian vector products”, 2017). Cost: a gradient with its graph, and about two gradients
    /// more a direction.
    ///
    /// - Parameters:
    ///   - directions: each [P]
    ///   - view: turns a slice's jets into what is shown to the network
    ///   - progress: hears how many jets are done, from any thread
    /// - Returns: for each direction one number a jet, in the jets' order.
    public func tangents<Tagger: Network>(
        _ network: Tagger, at theta: Tensor, _ data: TaggingData, along directions: [Tensor],
        seenAs view: @Sendable (TaggingData.Slice) -> TaggingData.Slice = { $0 },
        progress: (@Sendable (Int) -> Void)? = nil
    ) -> [[Double]] where Tagger.Input == JetBatch {
        let parameters = network.parameters, theta = theta.to(data.device)
        let split = directions.map { parameters.views(of: $0.to(theta.scalarType).to(data.device)) }
        let slices = parts(of: Array(0..<data.count), on: data.device, progress: progress) { samples in
            recording { () -> [[Double]] in
                let variables = parameters.variables(of: theta)
                let logits = network(variables, view(data.slice(samples)).batch, Pass())
                // What a network does not use has no graph, and no part in any derivative.
                guard logits.isRecorded else { return split.map { _ in samples.map { _ in 0 } } }
                let seed = Tensor.full(logits.shape, 1, logits.scalarType, device: data.device).asVariable()
                let pulled = gradients(of: logits, seed: seed, with: variables, recording: true)  // Jᵀu
                let used = pulled.indices.filter { pulled[$0].isRecorded }
                return split.map { direction -> [Double] in
                    gradients(
                        of: used.map { pulled[$0] }, seeds: used.map { direction[$0] }, with: [seed],
                        keepingGraph: true)[0].elements()
                }
            }
        }
        return directions.indices.map { direction in slices.flatMap { $0[direction] } }
    }

    /// Each jet's logit f and the norm ‖∇ₓf‖ of its gradient with respect to the features that the network sees, of
    /// constituents and not of empty slots. Cost: a forward and a backward pass.
    ///
    /// - Parameter progress: hears how many jets are done, from any thread
    public func inputSlopes<Tagger: Network>(
        _ network: Tagger, at theta: Tensor, _ data: TaggingData, progress: (@Sendable (Int) -> Void)? = nil
    ) -> (logits: [Double], norms: [Double]) where Tagger.Input == JetBatch {
        let parameters = network.parameters.views(of: theta.to(data.device))
        let slices = parts(of: Array(0..<data.count), on: data.device, progress: progress) { samples in
            recording { () -> (logits: [Double], norms: [Double]) in
                var batch = data.slice(samples).batch
                let features = batch.features.asVariable()
                batch.features = features
                let logits = network(parameters, batch, Pass())
                // What is no function of the features has no graph here, and slope 0.
                guard logits.isRecorded else { return (logits.elements(), samples.map { _ in 0 }) }
                // A jet's logit depends on its own features alone, so the sum's gradient holds each jet's.
                let slopes = gradients(of: logits.sum(), with: [features])[0]
                let valid = slopes.filled(where: batch.mask.inverted().unsqueezed(-1), with: 0)
                return (logits.elements(), valid.squared().sum(-1, -2).sqrt().elements())
            }
        }
        return (slices.flatMap(\.logits), slices.flatMap(\.norms))
    }
}
