/// What flows along an edge of a graph: a tensor of one type. Operators add a node to the graph and give its result.
public struct Value {
    let graph: Graph
    /// In the graph.
    public let name: String
    public let type: ElementType

    // MARK: Arithmetic, with the second operand's shape stretched to the first's where that is larger

    public static func + (a: Value, b: Value) -> Value { a.graph.apply("Add", [a, b]) }
    public static func - (a: Value, b: Value) -> Value { a.graph.apply("Sub", [a, b]) }
    public static func * (a: Value, b: Value) -> Value { a.graph.apply("Mul", [a, b]) }
    public static func / (a: Value, b: Value) -> Value { a.graph.apply("Div", [a, b]) }

    public static func + (a: Value, b: Double) -> Value { a + a.graph.scalar(b, a.type) }
    public static func - (a: Value, b: Double) -> Value { a - a.graph.scalar(b, a.type) }
    public static func * (a: Value, b: Double) -> Value { a * a.graph.scalar(b, a.type) }
    public static func / (a: Value, b: Double) -> Value { a / a.graph.scalar(b, a.type) }

    /// Matrix products of the last two dimensions.
    public func matmul(_ other: Value) -> Value { graph.apply("MatMul", [self, other]) }

    /// 0 below 0, the value elsewhere.
    public func relu() -> Value { graph.apply("Relu", [self]) }
    public func sqrt() -> Value { graph.apply("Sqrt", [self]) }
    /// The natural logarithm.
    public func log() -> Value { graph.apply("Log", [self]) }
    public func atan() -> Value { graph.apply("Atan", [self]) }
    public func asinh() -> Value { graph.apply("Asinh", [self]) }
    public func softmax(_ dimension: Int) -> Value { graph.apply("Softmax", [self], [.integer("axis", dimension)]) }

    /// The larger of two, element by element.
    public func maximum(_ other: Value) -> Value { graph.apply("Max", [self, other]) }
    /// `bound` where it is larger.
    public func clamped(from bound: Double) -> Value { maximum(graph.scalar(bound, type)) }
    /// `bound` where it is smaller.
    public func clamped(to bound: Double) -> Value { graph.apply("Min", [self, graph.scalar(bound, type)]) }

    /// The sum over a dimension, which stays with size 1 where that is asked for.
    public func sum(_ dimension: Int, keepingDimension: Bool = false) -> Value {
        graph.apply(
            "ReduceSum", [self, graph.integers([dimension])], [.integer("keepdims", keepingDimension ? 1 : 0)])
    }

    /// (x − mean)/√(variance + ε)·scale + shift over the last dimension.
    public func layerNorm(_ scale: Value, _ shift: Value, epsilon: Double) -> Value {
        graph.apply("LayerNormalization", [self, scale, shift], [.integer("axis", -1), .float("epsilon", epsilon)])
    }

    // MARK: Choices

    public func isGreater(than bound: Double) -> Value {
        graph.apply("Greater", [self, graph.scalar(bound, type)], type: .boolean)
    }

    public func isLess(than bound: Double) -> Value {
        graph.apply("Less", [self, graph.scalar(bound, type)], type: .boolean)
    }

    /// Of a choice: `first` where it is true, `second` elsewhere.
    public func choosing(_ first: Value, _ second: Value) -> Value {
        graph.apply("Where", [self, first, second], type: first.type)
    }

    /// A number of this value's type, in the same graph.
    public func constant(_ number: Double) -> Value { graph.scalar(number, type) }

    /// The value where `mask` is true, `filler` elsewhere.
    public func kept(where mask: Value, else filler: Double) -> Value {
        mask.choosing(self, graph.scalar(filler, type))
    }

    // MARK: Types and shapes

    /// Converted; true becomes 1. The value itself where it has the type.
    public func to(_ type: ElementType) -> Value {
        self.type == type ? self : graph.apply("Cast", [self], [.integer("to", Int(type.rawValue))], type: type)
    }

    /// In another shape; a 0 keeps the size that stands there.
    public func reshaped(_ shape: [Int]) -> Value { graph.apply("Reshape", [self, graph.integers(shape)]) }

    /// With its dimensions in another order.
    public func transposed(_ order: [Int]) -> Value { graph.apply("Transpose", [self], [.integers("perm", order)]) }

    /// With a new dimension of size 1 there.
    public func unsqueezed(_ dimension: Int) -> Value {
        graph.apply("Unsqueeze", [self, graph.integers([dimension])])
    }

    /// Without a dimension of size 1.
    public func squeezed(_ dimension: Int) -> Value { graph.apply("Squeeze", [self, graph.integers([dimension])]) }

    /// Elements `range` along a dimension, as far as there are any.
    public func slice(_ dimension: Int, _ range: Range<Int>) -> Value {
        graph.apply(
            "Slice",
            [
                self, graph.integers([range.lowerBound]), graph.integers([range.upperBound]),
                graph.integers([dimension]),
            ])
    }

    /// With so many zeros behind each dimension.
    public func padded(_ behind: [Int]) -> Value {
        graph.apply(
            "Pad", [self, graph.integers(behind.map { _ in 0 } + behind), graph.scalar(0, type)])
    }

    /// One behind the other along a dimension.
    public static func concatenated(_ values: [Value], _ dimension: Int) -> Value {
        values[0].graph.apply("Concat", values, [.integer("axis", dimension)])
    }

    // MARK: For graphs in the form that hls4ml reads

    /// A convolution of [1, C, N] with a kernel of one constituent, [D, C, 1]: the same linear layer for each, [1, D, N].
    public func pointwise(_ kernel: Value, _ bias: Value) -> Value {
        graph.apply(
            "Conv", [self, kernel, bias],
            [
                .integers("dilations", [1]), .integer("group", 1), .integers("kernel_shape", [1]),
                .integers("pads", [0, 0]), .integers("strides", [1]),
            ])
    }

    /// All dimensions behind the first in one.
    public func flattened() -> Value { graph.apply("Flatten", [self], [.integer("axis", 1)]) }
}
