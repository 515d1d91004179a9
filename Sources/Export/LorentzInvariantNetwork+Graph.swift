import Networks
import ONNX

extension LorentzInvariantNetwork {
    /// Logits [B, 1] as a graph, node by node as the network's own forward pass.
    ///
    /// - Parameters:
    ///   - momenta: [B, N, 4], double
    ///   - jet: [B, 1, 4], double
    ///   - mask: [B, N]
    ///   - slots: N
    func graph(_ weights: GraphWeights, momenta: Value, jet: Value, mask: Value, slots: Int) -> Value {
        let seen = weights.graph.named("invariants") {
            InvariantsGraph(momenta, jet: jet, mask: mask, slots: slots, scale: settings.productScale, weights.graph)
        }
        var x = weights.linear("embed", seen.constituents).relu()  // [B, N, D]
        for block in 0..<settings.blocks {
            let name = "blocks.\(block)"
            let heard = messages(name, weights, x, seen, slots)  // [B, N, 2M]
            let update = weights.layers("\(name).update", 2, .concatenated([x, heard], -1))
            x = weights.layerNorm("\(name).norm2", x + update, epsilon: LorentzInvariantNetwork.epsilon)
        }
        let jet = seen.weights.matmul(x).reshaped([0, 2 * settings.width])
        return weights.layers("head", settings.head.count + 1, jet)
    }

    /// Both weighted sums of the messages that each constituent hears, [B, N, D] → [B, N, 2M].
    private func messages(
        _ name: String, _ weights: GraphWeights, _ x: Value, _ invariants: InvariantsGraph, _ slots: Int
    ) -> Value {
        let hearing = x.matmul(weights.transposed("\(name).hear.weight")).unsqueezed(2)  // [B, N, 1, M]
        let speaking = x.matmul(weights.transposed("\(name).speak.weight")).unsqueezed(1)  // [B, 1, N, M]
        let hidden = (weights.linear("\(name).pair", invariants.pairs) + hearing + speaking).relu()  // [B, N, N, M]
        let messages = weights.linear("\(name).message", hidden).relu()
        let heard = invariants.weights.unsqueezed(1).matmul(messages)  // [B, N, 2, M]
        return weights.layerNorm(
            "\(name).norm1", heard.reshaped([0, slots, 2 * settings.messageWidth]),
            epsilon: LorentzInvariantNetwork.epsilon)
    }
}

/// What of a jet's four-momenta no Lorentz transformation changes, as a graph: `LorentzInvariants`, whose formulas it
/// follows, in double as there.
private struct InvariantsGraph {
    /// [B, N, N, 3], [B, N, 2] and [B, 2, N].
    let pairs: Value, constituents: Value, weights: Value

    init(_ momenta: Value, jet: Value, mask: Value, slots: Int, scale: Double, _ graph: Graph) {
        let metric = graph.constant("metric", [1.0, -1, -1, -1], shape: [4])
        let apart = graph.constant(
            "apart", (0..<slots * slots).map { $0 % (slots + 1) == 0 ? 0.0 : 1 }, shape: [slots, slots])
        let filled = mask.to(.double)
        func scaled(_ x: Value, _ scaling: (centre: Double, width: Double)) -> Value {
            (x - scaling.centre) / scaling.width
        }
        func logarithm(_ product: Value) -> Value { (product / scale + 1).log() }
        let p = momenta * filled.unsqueezed(-1)
        let products = ((p * metric).matmul(p.transposed([0, 2, 1])) * apart).clamped(from: 0)  // [B, N, N]
        let shares = (p * (jet * metric)).sum(-1).clamped(from: 0)  // [B, N], pᵢ·P
        let massSquared = (jet * jet * metric).sum(-1).clamped(from: 0)  // [B, 1]
        let pairsOfShares = shares.unsqueezed(2) * shares.unsqueezed(1) + scale * scale
        let angles = (products * massSquared.unsqueezed(-1) / pairsOfShares)
            .clamped(to: LorentzInvariants.largestAngle)
        let seen = [
            scaled(logarithm(products), LorentzInvariants.pairScale),
            scaled((angles + LorentzInvariants.smallestAngle).log(), LorentzInvariants.angleScale), angles - 1,
        ]
        pairs = Value.concatenated(seen.map { $0.unsqueezed(-1) }, -1).to(.float)
        let masses = filled * 0 + massSquared
        let own = [
            scaled(logarithm(shares), LorentzInvariants.constituentScale),
            scaled(logarithm(masses), LorentzInvariants.jetScale),
        ]
        constituents = Value.concatenated(own.map { $0.unsqueezed(-1) }, -1).to(.float)
        let energies = shares / (shares.sum(-1, keepingDimension: true) + scale)
        let evenly = filled / filled.sum(-1, keepingDimension: true).clamped(from: 1)
        weights = Value.concatenated([energies, evenly].map { $0.unsqueezed(1) }, 1).to(.float)
    }
}
