import Foundation
import Networks
import ONNX

extension JetTransformer {
    /// Logits [B, 1] as a graph, node by node as the network's own forward pass.
    ///
    /// - Parameters:
    ///   - features: [B, N, F]
    ///   - mask: [B, N]
    ///   - slots: N
    func graph(_ weights: GraphWeights, features: Value, mask: Value, slots: Int) -> Value {
        var x = weights.linear("embed", features).relu()  // [B, N, D]
        for layer in 0..<settings.layers { x = encoderLayer("encoder.layers.\(layer)", weights, x, mask, slots) }
        return weights.layers("head", settings.head.count + 1, pooled(weights, x, mask, slots))
    }

    /// One post-norm encoder layer: x ← norm(x + attention(x)); x ← norm(x + feedForward(x)).
    private func encoderLayer(
        _ name: String, _ weights: GraphWeights, _ input: Value, _ mask: Value, _ slots: Int
    ) -> Value {
        func sum(_ x: Value, _ block: Value) -> Value { settings.skipConnections ? x + block : block }
        let epsilon = settings.layerNormEpsilon
        let mixed = attention("\(name).self_attn", weights, input, mask, slots)
        let attended = weights.linear("\(name).self_attn.out_proj", mixed)
        let x = weights.layerNorm("\(name).norm1", sum(input, attended), epsilon: epsilon)
        let fed = weights.linear("\(name).linear2", weights.linear("\(name).linear1", x).relu())
        return weights.layerNorm("\(name).norm2", sum(x, fed), epsilon: epsilon)
    }

    /// softmax(Q Kᵀ/√(D/heads)) V over heads, [B, N, D] → [B, N, D].
    private func attention(
        _ name: String, _ weights: GraphWeights, _ input: Value, _ mask: Value, _ slots: Int
    ) -> Value {
        weights.graph.named(name) {
            let d = settings.width, h = settings.heads
            let packed =
                input.matmul(weights.transposed("\(name).in_proj_weight")) + weights.constant("\(name).in_proj_bias")
            let parts = (0..<3).map { part in  // Q, K and V, [B, H, N, D/H]
                packed.slice(2, part * d..<(part + 1) * d).reshaped([0, slots, h, d / h]).transposed([0, 2, 1, 3])
            }
            var scores = parts[0].matmul(parts[1].transposed([0, 1, 3, 2])) / Double(d / h).squareRoot()
            if settings.attentionMask { scores = scores.kept(where: mask.reshaped([0, 1, 1, slots]), else: -1e30) }
            return scores.softmax(-1).matmul(parts[2]).transposed([0, 2, 1, 3]).reshaped([0, slots, d])
        }
    }

    /// [B, N, D] → [B, D].
    private func pooled(_ weights: GraphWeights, _ x: Value, _ mask: Value, _ slots: Int) -> Value {
        weights.graph.named("pooling") {
            let filled = mask.to(.float).unsqueezed(-1)  // [B, N, 1]
            let sum = (x * filled).sum(1)
            switch settings.pooling {
            case .valid: return sum / filled.sum(1).clamped(from: 1)
            case .allSlots: return sum / Double(slots)
            }
        }
    }
}
