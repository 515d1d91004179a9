import Torch

/// The encoder's layers one by one.
extension JetTransformer {
    /// Parameter tensors of the embedding, and of each layer.
    private static let embeddingTensors = 2, layerTensors = 12

    /// What each encoder layer is given, and what the last one gives: `layers` + 1 tensors [B, N, D]. Cost: a forward
    /// pass without its head.
    ///
    /// - Parameter theta: the parameters' tensors in the table's order
    public func activations(_ theta: [Tensor], _ jets: JetBatch, _ pass: Pass = Pass()) -> [Tensor] {
        var all = [pass.linear(jets.features, theta[0], theta[1]).relu()]
        for index in 0..<settings.layers { all.append(layer(index, theta, all[index], jets.mask, pass)) }
        return all
    }

    /// One encoder layer, [B, N, D] → [B, N, D].
    ///
    /// - Parameter mask: [B, N]
    public func layer(_ index: Int, _ theta: [Tensor], _ input: Tensor, _ mask: Tensor, _ pass: Pass = Pass()) -> Tensor
    {
        let start = Self.embeddingTensors + index * Self.layerTensors
        var cursor = Cursor(Array(theta[start..<start + Self.layerTensors]))
        return encoderLayer(input, mask, &cursor, pass, "encoder.layers.\(index)")
    }

    /// One encoder layer's Jacobian at one jet, ∂output/∂input over its constituents: row (n, i) is the gradient of
    /// component i of constituent n's output, in θ's type.
    ///
    /// The jet is copied `copies` times into a batch, and one backward pass gives as many rows. Cost: V·D/copies backward
    /// passes of such a batch, for V constituents.
    ///
    /// - Parameters:
    ///   - input: [N, D], the layer's input (``activations(_:_:_:)``)
    ///   - mask: [N]; empty slots have no rows and columns
    ///   - blocks: only what a constituent's output depends on its own input
    /// - Returns: [V·D, V·D]; with `blocks` the diagonal blocks alone, [V, D, D]
    public func jacobian(
        ofLayer index: Int, at input: Tensor, mask: Tensor, _ theta: [Tensor], blocks: Bool = false, copies: Int = 64
    ) -> Tensor {
        let slots = input.shape[0], width = settings.width
        let constituents = mask.elements(Bool.self).indices.filter { mask.elements(Bool.self)[$0] }
        let rows = constituents.flatMap { slot in (0..<width).map { (slot, $0) } }
        var found: [Tensor] = []
        for start in stride(from: 0, to: rows.count, by: copies) {
            let batch = Array(rows[start..<min(start + copies, rows.count)]), count = batch.count
            var seed = [Float](repeating: 0, count: count * slots * width)
            for (copy, row) in batch.enumerated() { seed[(copy * slots + row.0) * width + row.1] = 1 }
            let slopes = recording { () -> Tensor in
                let inputs = Tensor.stacked(Array(repeating: input.detached(), count: count)).asVariable()
                let masks = Tensor.stacked(Array(repeating: mask, count: count))
                let outputs = layer(index, theta, inputs, masks)
                return gradients(
                    of: outputs,
                    seed: Tensor(seed, shape: [count, slots, width]).to(input.scalarType).to(input.device),
                    with: [inputs])[
                        0]
            }
            if blocks {
                // Of each copy the row's own constituent.
                found += batch.enumerated().map { slopes.select(0, $0).select(0, $1.0) }
            } else {
                found.append(slopes.gathered(1, constituents).reshaped(count, constituents.count * width))
            }
        }
        return blocks
            ? Tensor.stacked(found).reshaped(constituents.count, width, width) : Tensor.concatenated(found)
    }
}
