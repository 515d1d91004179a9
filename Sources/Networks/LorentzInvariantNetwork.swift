import Torch

/// A network that is invariant under Lorentz transformations by construction: it sees nothing of a jet but Minkowski
/// products, pᵢ·pⱼ, pᵢ·P and P², so that boosts and rotations leave its logit alone to rounding. The order of the
/// constituents and empty slots have no say either.
///
/// A vector for each constituent starts from pᵢ·P and P². In each block every constituent hears from every other,
/// mᵢⱼ = φ(hᵢ, hⱼ, pᵢ·pⱼ), sums what it hears, once weighted by energy in the jet's rest frame and once evenly, and is
/// updated, hᵢ ← norm(hᵢ + υ(hᵢ, norm(Σⱼ wⱼ mᵢⱼ))). The jet's vector are the same two sums over hᵢ. That is the scalar part
/// of LorentzNet (Gong et al., arXiv:2201.08187) with all products at hand from the start, as in PELICAN (Bogatskiy et
/// al., arXiv:2211.00454). The layer norms and the pairs' angles are
/// what lets it learn under a transformer's training settings: docs/variants.md has the figures.
///
/// It is a PyTorch module with members `embed` (`Linear`), `blocks` (`ModuleList`) and `head` (`Sequential`), and has the
/// names of one. A block has the members `pair`, `hear` and `speak` (`Linear`, the latter two without bias), whose sum over a
/// pair's products, hᵢ and hⱼ is φ's first layer, `message` (`Linear`), `norm1` (`LayerNorm`), `update` (`Sequential`)
/// and `norm2` (`LayerNorm`).
///
/// Every operator has a second derivative. Cost: N² rows through φ, N through the rest.
public struct LorentzInvariantNetwork: Network {
    /// What the network looks like. The defaults have about as many parameters as the transformer of the preset `quick`.
    public struct Settings: Sendable, Codable, Hashable {
        /// Of a constituent's vector.
        public var width = 64
        /// Of a message.
        public var messageWidth = 32
        /// Rounds of messages.
        public var blocks = 2
        /// Widths of the head's hidden layers.
        public var head = [64, 64]
        /// Probability with which each block's update is dropped in training, element by element.
        public var dropout = 0.1
        /// s in GeV²: products go in as ln(1 + p·q/s). Well below it a product counts as 0.
        public var productScale = 0.01

        /// The sizes above.
        public init() {}
    }

    public let settings: Settings
    public let parameters: ParameterTable

    /// The network of these settings; its parameters are not drawn yet.
    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        let d = settings.width, m = settings.messageWidth
        var table = ParameterTable()
        table.appendLinear("embed", from: 2, to: d)
        for block in 0..<settings.blocks {
            let name = "blocks.\(block)"
            table.appendLinear("\(name).pair", from: 3, to: m)
            for part in ["hear", "speak"] { table.append("\(name).\(part).weight", [m, d], .linear(fanIn: d)) }
            table.appendLinear("\(name).message", from: m, to: m)
            table.appendLayerNorm("\(name).norm1", width: 2 * m)
            table.appendLayers("\(name).update", [d + 2 * m, d, d])
            table.appendLayerNorm("\(name).norm2", width: d)
        }
        table.appendLayers("head", [2 * d] + settings.head + [1])
        parameters = table
    }

    /// Logits [B].
    ///
    /// - Precondition: the batch has its momenta.
    public func callAsFunction(_ theta: [Tensor], _ jets: JetBatch, _ pass: Pass = Pass()) -> Tensor {
        guard let momenta = jets.momenta else {
            preconditionFailure("a network of Lorentz invariants needs the jets' momenta: set JetBatch.momenta")
        }
        let invariants = LorentzInvariants(
            momenta, mask: jets.mask, scale: settings.productScale, theta[0].scalarType)
        var cursor = Cursor(theta)
        let (embedWeight, embedBias) = cursor.pair()
        var x = pass.linear(invariants.constituents, embedWeight, embedBias).relu()  // [B, N, D]
        for block in 0..<settings.blocks {
            let heard = messages(x, invariants, &cursor, pass)  // [B, N, 2M]
            let update = cursor.layers(2, .concatenated([x, heard], dimension: -1)) { pass.linear($0, $1, $2) }
            let (scale, shift) = cursor.pair()
            x = (x + pass.dropped(update, settings.dropout, "blocks.\(block).dropout"))
                .layerNorm(scale, shift, epsilon: LorentzInvariantNetwork.epsilon)
        }
        let pooled = invariants.weights.matmul(x)  // [B, 2, D]
        let jet = pooled.reshaped(x.shape[0], 2 * settings.width)
        return cursor.layers(settings.head.count + 1, jet) { pass.linear($0, $1, $2) }.select(-1, 0)
    }

    /// The layer norms', PyTorch's default.
    package static let epsilon = 1e-5

    /// Both weighted sums of the messages that each constituent hears, [B, N, D] → [B, N, 2M].
    private func messages(_ x: Tensor, _ invariants: LorentzInvariants, _ cursor: inout Cursor, _ pass: Pass) -> Tensor
    {
        let (pairWeight, pairBias) = cursor.pair(), (hearWeight, speakWeight) = cursor.pair()
        let (weight, bias) = cursor.pair(), (scale, shift) = cursor.pair()
        let hearing = pass.linear(x, hearWeight).unsqueezed(2)  // [B, N, 1, M]
        let speaking = pass.linear(x, speakWeight).unsqueezed(1)  // [B, 1, N, M]
        let hidden = (pass.linear(invariants.pairs, pairWeight, pairBias) + hearing + speaking).relu()  // [B, N, N, M]
        let messages = pass.linear(hidden, weight, bias).relu()
        let heard = invariants.weights.unsqueezed(1).matmul(messages)  // [B, N, 2, M]
        return heard.reshaped(x.shape[0], x.shape[1], 2 * settings.messageWidth)
            .layerNorm(scale, shift, epsilon: LorentzInvariantNetwork.epsilon)
    }
}
