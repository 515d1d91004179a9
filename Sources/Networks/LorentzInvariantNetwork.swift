import Torch

/// A network that is invariant under Lorentz transformations by construction: it sees nothing of a jet but Minkowski
/// products, pᵢ·pⱼ, pᵢ·P and P², so that boosts and rotations leave its logit alone to rounding. The order of the
/// constituents and empty slots have no say either.
///
/// A vector for each constituent starts from pᵢ·P and P². In each block every constituent hears from every other,
/// mᵢⱼ = φ(hᵢ, hⱼ, pᵢ·pⱼ), sums what it hears, once weighted by energy in the jet's rest frame and once evenly, and is
/// updated, hᵢ ← hᵢ + υ(hᵢ, Σⱼ wⱼ mᵢⱼ). The jet's vector are the same two sums over hᵢ. That is the scalar part of
/// LorentzNet (Gong et al., arXiv:2201.08187) with all products at hand from the start, as in PELICAN (Bogatskiy et al.,
/// arXiv:2211.00454). It is a PyTorch module with members `embed` (`Linear`), `blocks` (`ModuleList` of modules with
/// members `message` and `update`, both `Sequential`) and `head` (`Sequential`), and has the names of one.
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

    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        let d = settings.width, m = settings.messageWidth
        var table = ParameterTable()
        table.appendLinear("embed", from: 2, to: d)
        for block in 0..<settings.blocks {
            table.appendLayers("blocks.\(block).message", [2 * d + 1, m, m])
            table.appendLayers("blocks.\(block).update", [d + 2 * m, d, d])
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
            x = x + pass.dropped(update, settings.dropout, "blocks.\(block).dropout")
        }
        let pooled = invariants.weights.matmul(x)  // [B, 2, D]
        let jet = pooled.reshaped(x.shape[0], 2 * settings.width)
        return cursor.layers(settings.head.count + 1, jet) { pass.linear($0, $1, $2) }.select(-1, 0)
    }

    /// Both weighted sums of the messages that each constituent hears, [B, N, D] → [B, N, 2M].
    private func messages(_ x: Tensor, _ invariants: LorentzInvariants, _ cursor: inout Cursor, _ pass: Pass) -> Tensor
    {
        let (weight1, bias1) = cursor.pair(), (weight2, bias2) = cursor.pair()
        let d = settings.width, m = settings.messageWidth, b = x.shape[0], n = x.shape[1]
        // The first layer acts on (hᵢ, hⱼ, ψᵢⱼ) side by side; done part by part, only its last column sees N² rows.
        let parts = weight1.split([d, d, 1], dimension: 1)
        let hearing = pass.linear(x, parts[0], bias1).unsqueezed(2)  // [B, N, 1, M]
        let speaking = pass.linear(x, parts[1]).unsqueezed(1)  // [B, 1, N, M]
        let hidden = (invariants.pairs * parts[2].reshaped(m) + hearing + speaking).relu()  // [B, N, N, M]
        let messages = pass.linear(hidden, weight2, bias2).relu()
        return invariants.weights.unsqueezed(1).matmul(messages).reshaped(b, n, 2 * m)
    }
}
