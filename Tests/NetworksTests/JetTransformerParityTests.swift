import Fixtures
import Foundation
import Networks
import Testing
import Torch

/// The same weights and jets through our network and through PyTorch's `nn.TransformerEncoder`.
@Suite(
    .enabled(if: PyTorch.isThere, "Python can't import PyTorch from .deps/python: this wheel needs CUDA's libraries"))
struct JetTransformerParityTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let type: ScalarType
        let usesPlainAttention: Bool
        let tolerance: Double
        let change: @Sendable (inout JetTransformer.Settings) -> Void
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "the paper's network", type: .float32, usesPlainAttention: false, tolerance: 1e-5) { _ in },
        Case(name: "the paper's network, plain attention", type: .float32, usesPlainAttention: true, tolerance: 1e-5) {
            _ in
        },
        Case(name: "SEAL's masks", type: .float32, usesPlainAttention: false, tolerance: 1e-5) {
            $0.attentionMask = false
            $0.pooling = .allSlots
        },
        Case(name: "in double", type: .float64, usesPlainAttention: false, tolerance: 1e-12) { $0.width = 64 },
        Case(name: "in double, plain attention", type: .float64, usesPlainAttention: true, tolerance: 1e-12) {
            $0.width = 64
        },
    ]

    @Test(arguments: cases)
    func `Logits, loss and every gradient are PyTorch's`(_ example: Case) throws {
        var settings = JetTransformer.Settings()
        example.change(&settings)
        try expectParity(
            of: JetTransformer(settings), with: "tagger.py", settings: settings, example.type,
            usesPlainAttention: example.usesPlainAttention, tolerance: example.tolerance)
    }
}
