import Foundation
import Testing
import Torch

/// The derivatives of our own kernels, from the second on, against the same functions of LibTorch's plain operators and
/// against difference quotients.
struct HigherDerivativeTests {
    typealias Function = @Sendable ([Tensor]) -> Tensor

    private static let stream = RandomStream(seed: 3, purpose: "higher derivatives")

    private static func numbers(_ shape: [Int], _ name: Int, _ type: ScalarType = .float64) -> Tensor {
        Tensor(stream.normals(shape.reduce(1, *), jet: UInt32(name)), shape: shape).to(type)
    }

    struct Attention: Sendable, CustomTestStringConvertible {
        var heads = 4, slots = 9, width = 16
        /// Constituents of each of three jets, the one in the middle without any; nil without a mask.
        var constituents: [Int]? = [5, 0, 9]
        var dropout = 0.0
        var type = ScalarType.float64

        var testDescription: String {
            "\(type), \(heads) heads of \(width / heads), \(slots) slots, \(constituents.map { "\($0)" } ?? "no mask"), "
                + "dropout \(dropout)"
        }

        static let all = [
            Attention(), Attention(heads: 1), Attention(constituents: nil), Attention(dropout: 0.2),
            Attention(heads: 2, slots: 37, width: 10, constituents: [1, 36, 37], dropout: 0.1),
            Attention(slots: 32, width: 64, constituents: [3, 32, 17]),
            Attention(slots: 32, width: 64, constituents: [17, 0, 32], dropout: 0.3, type: .float32),
            Attention(slots: 19, constituents: nil, type: .float32),
        ]

        var mask: Tensor? {
            constituents.map { counts in
                Tensor((0..<3 * slots).map { $0 % slots < counts[$0 / slots] }, shape: [3, slots])
            }
        }

        static let rows = RowNames(jets: [7, 8, 9], epoch: 2, view: 1)

        func fused(_ x: [Tensor]) -> Tensor {
            x[0].fusedAttention(heads: heads, valid: mask, dropout: dropout, stream, Self.rows)
        }

        func plain(_ x: [Tensor]) -> Tensor {
            let parts = x[0].split([width, width, width], dimension: -1).map {
                $0.reshaped(3, slots, heads, width / heads).transposed(1, 2)
            }
            var scores = parts[0].matmul(parts[1].transposed(-2, -1)) / Double(width / heads).squareRoot()
            if let mask { scores = scores.filled(where: mask.inverted().reshaped(3, 1, 1, slots), with: -1e30) }
            var weights = scores.softmax(-1)
            if let mask { weights = weights * mask.to(type).reshaped(3, 1, 1, slots) }
            return weights.dropout(dropout, stream, Self.rows).matmul(parts[2]).transposed(1, 2)
                .reshaped(3, slots, width)
        }
    }

    @Test(arguments: Attention.all)
    func `Attention's derivatives are those of plain operators`(_ attention: Attention) {
        let packed = Self.numbers([3, attention.slots, 3 * attention.width], 0, attention.type)
        expectSame(attention.fused, attention.plain, [packed], attention.type)
    }

    @Test(arguments: [5, 16, 64, 83], [ScalarType.float64, .float32])
    func `Layer normalisation's derivatives are those of plain operators`(_ width: Int, _ type: ScalarType) {
        let epsilon = 1e-2
        let x = Self.numbers([3, 7, width], 0, type) * 2 + 1
        expectSame(
            { $0[0].layerNorm($0[1], $0[2], epsilon: epsilon) },
            { x in
                let centred = x[0] - x[0].sum(-1).unsqueezed(-1) / Double(width)
                let variance = centred.squared().sum(-1).unsqueezed(-1) / Double(width)
                return centred / (variance + epsilon).sqrt() * x[1] + x[2]
            }, [x, Self.numbers([width], 1, type), Self.numbers([width], 2, type)], type)
    }

    @Test(arguments: [[6], [3, 4, 6]], [ScalarType.float64, .float32])
    func `The derivatives of a rectified linear layer are those of plain operators`(_ shape: [Int], _ type: ScalarType)
    {
        expectSame(
            { $0[0].linear($0[1], $0[2]).relu().linear($0[3], $0[4]) },
            { x in
                let hidden = x[0].matmul(x[1].transposed(0, 1)) + x[2]
                return hidden.clamped(from: 0).matmul(x[3].transposed(0, 1)) + x[4]
            }, ([shape, [11, 6], [11], [2, 11], [2]]).enumerated().map { Self.numbers($1, $0, type) }, type)
    }

    @Test func `Second derivatives are difference quotients of first ones`() {
        let attention = Attention(dropout: 0.1)
        let layers: Function = { x in
            attention.fused([x[0].linear(x[1], x[2])]).relu().layerNorm(x[3], x[4], epsilon: 1e-5).squared()
        }
        let shapes = [[3, 9, 5], [48, 5], [48], [16], [16]]
        let values = shapes.enumerated().map { Self.numbers($1, $0) }
        let directions = shapes.enumerated().map { Self.numbers($1, 10 + $0) }
        func slopes(_ step: Double) -> [Tensor] {
            let x = zip(values, directions).map { ($0 + $1 * step).asVariable() }
            return gradients(of: layers(x).sum(), with: x, recording: true)
        }
        let step = 1e-6  // crosses no kink of the rectifier
        let quotients = zip(slopes(step), slopes(-step)).map { ($0 - $1) / (2 * step) }
        let x = values.map { $0.asVariable() }
        let first = gradients(of: layers(x).sum(), with: x, recording: true)
        let second = gradients(of: first, seeds: directions, with: x)
        for (ours, quotient) in zip(second, quotients) { #expect(distance(ours, quotient) < 1e-7) }
    }

    /// The first derivatives are what training computes: any other bit would be another training.
    @Test(arguments: [ScalarType.float64, .float32])
    func `Values and first derivatives are LibTorch's own to the bit`(_ type: ScalarType) {
        let linear = Operator("aten::linear"), relu = Operator("aten::relu"), norm = Operator("aten::layer_norm")
        let values = [[4, 9, 24], [32, 24], [32], [32], [32]].enumerated().map { Self.numbers($1, $0, type) }
        func bits(_ function: Function) -> [[Double]] {
            let x = values.map { $0.asVariable() }, y = function(x)
            return ([y] + gradients(of: y, seed: Self.numbers([4, 9, 32], 9, type), with: x)).map { $0.elements() }
        }
        let ours = bits { $0[0].linear($0[1], $0[2]).relu().layerNorm($0[3], $0[4], epsilon: 1e-5) }
        let theirs = bits { x in
            let hidden = relu.one(.tensor(linear.one(.tensor(x[0]), .tensor(x[1]), .tensor(x[2]))))
            return norm.one(.tensor(hidden), .ints([32]), .tensor(x[3]), .tensor(x[4]), .double(1e-5))
        }
        #expect(ours == theirs)
    }

    /// First to third derivatives of two functions, contracted with the same random numbers.
    private func expectSame(_ ours: Function, _ theirs: Function, _ values: [Tensor], _ type: ScalarType) {
        let tolerance = type == .float64 ? 1e-12 : 1e-5
        for (a, b) in zip(derivatives(ours, values, type), derivatives(theirs, values, type)) {
            for (place, (x, y)) in zip(a.tensors, b.tensors).enumerated() {
                #expect(distance(x, y) < tolerance, "\(a.name), \(place)")
            }
        }
    }

    private func derivatives(_ function: Function, _ values: [Tensor], _ type: ScalarType) -> [(
        name: String, tensors: [Tensor]
    )] {
        let x = values.map { $0.asVariable() }, y = function(x)
        let seed = Self.numbers(y.shape, 20, type).asVariable()
        let first = gradients(of: y, seed: seed, with: x, recording: true)
        /// The derivatives of those tensors that have any.
        func further(_ tensors: [Tensor], _ seeds: [Tensor], with variables: [Tensor], recording: Bool = false)
            -> [Tensor]
        {
            let places = tensors.indices.filter { tensors[$0].isRecorded }
            return gradients(
                of: places.map { tensors[$0] }, seeds: places.map { seeds[$0] }, with: variables, keepingGraph: true,
                recording: recording)
        }
        let along = first.indices.map { Self.numbers(first[$0].shape, 30 + $0, type).asVariable() }
        let inputs = x + [seed]
        let recorded = further(first, along, with: inputs, recording: true)
        let beyond = recorded.indices.map { Self.numbers(recorded[$0].shape, 40 + $0, type) }
        return [
            ("value", [y]), ("first", first), ("second", further(first, along, with: inputs)),
            ("second of one variable's", further([first[0]], [along[0]], with: inputs)),
            ("derivative along directions", further(first, along, with: [seed])), ("second, recorded", recorded),
            ("third", further(recorded, beyond, with: inputs + along)),
        ]
    }

    /// The largest difference over the largest element; infinite where an element is no number, which no comparison
    /// would notice.
    private func distance(_ x: Tensor, _ y: Tensor) -> Double {
        let x = x.elements(Double.self), y = y.elements(Double.self)
        guard (x + y).allSatisfy(\.isFinite) else { return .infinity }
        let largest = y.map(abs).max()!
        return zip(x, y).map { abs($0 - $1) }.max()! / (largest == 0 ? 1 : largest)
    }
}
