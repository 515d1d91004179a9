import Foundation
import Torch

/// The paper's classifier: an embedding, post-norm transformer encoder layers, the mean over the constituents, and a
/// head of linear layers that ends in one logit. It is a PyTorch module with members `embed` (`Linear`), `encoder`
/// (`TransformerEncoder`) and `head` (`Sequential`), and has the names of one.
public struct JetTransformer: Network {
    /// How the constituents' vectors become the jet's.
    public enum Pooling: String, Sendable, Codable, CaseIterable {
        /// Sum over constituents, divided by their number.
        case valid
        /// Sum over constituents, divided by the number of slots, as SEAL's code does: the output then depends on how
        /// many slots are empty.
        case allSlots
    }

    /// What the network looks like. The defaults are the paper's, with sound masks.
    public struct Settings: Sendable, Codable, Hashable {
        public var features = 7
        public var width = 256
        public var heads = 4
        public var layers = 3
        public var feedForward = 256
        /// Widths of the head's hidden layers.
        public var head = [128, 128, 128]
        /// Probability with which each layer's attention weights, hidden units and outputs are dropped in training.
        public var dropout = 0.1
        /// Whether empty slots are kept out of the attention.
        public var attentionMask = true
        public var pooling = Pooling.valid
        /// Whether each block's input is added to its output.
        public var skipConnections = true
        /// Whether all encoder layers start from the same weights, as PyTorch's `TransformerEncoder` does by copying
        /// one layer.
        public var copiesFirstLayer = false
        public var layerNormEpsilon = 1e-5

        /// The paper's network, with sound masks.
        public init() {}
    }

    public let settings: Settings
    public let parameters: ParameterTable

    /// - Precondition: the width is a multiple of the number of heads.
    public init(_ settings: Settings = Settings()) {
        precondition(settings.width % settings.heads == 0, "the width must be a multiple of the number of heads")
        self.settings = settings
        let d = settings.width
        var table = ParameterTable()
        table.appendLinear("embed", from: settings.features, to: d)
        for layer in 0..<settings.layers {
            let name = "encoder.layers.\(layer)"
            table.append("\(name).self_attn.in_proj_weight", [3 * d, d], .xavier(fanIn: d, fanOut: 3 * d))
            table.append("\(name).self_attn.in_proj_bias", [3 * d], .constant(0))
            table.appendLinear("\(name).self_attn.out_proj", from: d, to: d, zeroBias: true)
            table.appendLinear("\(name).linear1", from: d, to: settings.feedForward)
            table.appendLinear("\(name).linear2", from: settings.feedForward, to: d)
            table.appendLayerNorm("\(name).norm1", width: d)
            table.appendLayerNorm("\(name).norm2", width: d)
        }
        table.appendLayers("head", [d] + settings.head + [1])
        parameters = table
    }

    /// Parameters before training, float [P]; all layers alike where the settings say so.
    public func initialParameters(seed: UInt64) -> Tensor {
        parameters.initialised(seed: seed) { name in
            guard settings.copiesFirstLayer, name.hasPrefix("encoder.layers.") else { return name }
            return "encoder.layers.0" + name.drop(while: { !$0.isNumber }).drop(while: \.isNumber)
        }
    }

    /// Logits [B].
    public func callAsFunction(_ theta: [Tensor], _ jets: JetBatch, _ pass: Pass = Pass()) -> Tensor {
        var cursor = Cursor(theta)
        let (embedWeight, embedBias) = cursor.pair()
        var x = pass.linear(jets.features, embedWeight, embedBias).relu()  // [B, N, D]
        for layer in 0..<settings.layers { x = encoderLayer(x, jets.mask, &cursor, pass, "encoder.layers.\(layer)") }
        return cursor.layers(settings.head.count + 1, pooled(x, jets.mask)) { $0.linear($1, $2) }.select(-1, 0)
    }

    /// One post-norm encoder layer: x ← norm(x + attention(x)); x ← norm(x + feedForward(x)).
    func encoderLayer(
        _ input: Tensor, _ mask: Tensor, _ cursor: inout Cursor, _ pass: Pass, _ name: String
    ) -> Tensor {
        let (inWeight, inBias) = cursor.pair(), (outWeight, outBias) = cursor.pair()
        let (weight1, bias1) = cursor.pair(), (weight2, bias2) = cursor.pair()
        let (scale1, shift1) = cursor.pair(), (scale2, shift2) = cursor.pair()
        let p = settings.dropout
        let valid = settings.attentionMask ? mask : nil
        let packed = pass.linear(input, inWeight, inBias)  // [B, N, 3D]
        let mixed = attention(packed, valid, pass, "\(name).attention")  // [B, N, D]
        let attended = pass.dropped(pass.linear(mixed, outWeight, outBias), p, "\(name).dropout1")
        let x = sum(input, attended).layerNorm(scale1, shift1, epsilon: settings.layerNormEpsilon)
        let hidden = pass.dropped(pass.linear(x, weight1, bias1).relu(), p, "\(name).dropout")
        let fed = pass.dropped(pass.linear(hidden, weight2, bias2), p, "\(name).dropout2")
        return sum(x, fed).layerNorm(scale2, shift2, epsilon: settings.layerNormEpsilon)
    }

    private func sum(_ x: Tensor, _ block: Tensor) -> Tensor {
        settings.skipConnections ? x + block : block
    }

    /// softmax(Q Kᵀ/√(D/heads)) V over heads, [B, N, 3D] → [B, N, D].
    private func attention(_ packed: Tensor, _ valid: Tensor?, _ pass: Pass, _ site: String) -> Tensor {
        if !pass.usesPlainAttention, packed.device == .cpu, pass.dropout?.rows.isResident != true {
            return packed.fusedAttention(
                heads: settings.heads, valid: valid, dropout: settings.dropout, pass.dropout?.stream.part(site),
                pass.dropout?.rows)
        }
        let shape = packed.shape, b = shape[0], n = shape[1], d = settings.width, h = settings.heads
        let parts = packed.split([d, d, d], dimension: -1).map {
            $0.reshaped(b, n, h, d / h).transposed(1, 2)  // [B, H, N, D/H]
        }
        var scores = parts[0].matmul(parts[1].transposed(-2, -1)) / (Double(d / h)).squareRoot()  // [B, H, N, N]
        if let valid { scores = scores.filled(where: valid.inverted().reshaped(b, 1, 1, n), with: -1e30) }
        let weights = pass.dropped(scores.softmax(-1), settings.dropout, site)
        return weights.matmul(parts[2]).transposed(1, 2).reshaped(b, n, d)
    }

    /// [B, N, D] → [B, D].
    private func pooled(_ x: Tensor, _ mask: Tensor) -> Tensor {
        let weights = mask.to(x.scalarType).unsqueezed(-1)  // [B, N, 1]
        let sum = (x * weights).sum(1)
        switch settings.pooling {
        case .valid: return sum / weights.sum(1).clamped(from: 1)
        case .allSlots: return sum / Double(mask.shape[1])
        }
    }
}
