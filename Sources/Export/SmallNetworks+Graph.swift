import Networks
import ONNX

extension DeepSets {
    /// Logits [B, 1] as a graph, node by node as the network's own forward pass.
    ///
    /// - Parameters:
    ///   - features: [B, N, F]
    ///   - mask: [B, N]
    ///   - slots: N
    func graph(_ weights: GraphWeights, features: Value, mask: Value, slots: Int) -> Value {
        let seen = settings.constituents ?? slots
        let mask = mask.leading(seen, of: slots).to(.float).unsqueezed(-1)  // [B, N, 1]
        var inputs = features.leading(seen, of: slots)
        if settings.pooling == .allSlots { inputs = inputs * mask }
        let vectors = weights.layers("phi", settings.phi.count, inputs).relu()  // [B, N, D]
        let jet =  // [B, D]
            switch settings.pooling {
            case .mean: (vectors * mask).sum(1) / mask.sum(1).clamped(from: 1)
            case .sum: (vectors * mask).sum(1)
            case .allSlots: vectors.sum(1) / Double(seen)
            }
        return weights.layers("rho", settings.rho.count + 1, jet)
    }
}

extension ConstituentMLP {
    /// Logits [B, 1] as a graph, node by node as the network's own forward pass.
    ///
    /// - Parameters: as of a deep-sets network's
    func graph(_ weights: GraphWeights, features: Value, mask: Value, slots: Int) -> Value {
        let seen = settings.constituents
        let row = (features * mask.to(.float).unsqueezed(-1)).leading(seen, of: slots)
            .reshaped([0, seen * settings.features])
        return weights.layers("layers", settings.hidden.count + 1, row)
    }
}

extension Value {
    /// The first `seen` of the slots [B, slots, …], zeros behind them where there are fewer.
    fileprivate func leading(_ seen: Int, of slots: Int) -> Value {
        if seen < slots { return slice(1, 0..<seen) }
        guard seen > slots else { return self }
        // Operators that fill up know numbers alone.
        if type == .boolean { return to(.float).padded([0, seen - slots]) }
        return padded([0, seen - slots, 0])
    }
}
