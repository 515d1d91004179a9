import Foundation

/// An ONNX graph in the making. Its operators are functions of ``Value``, so that a network's graph is written as the
/// network's forward pass is: `x.matmul(weight) + bias`.
///
/// Operators are those of set ``operatorSet``; no other set is used.
public final class Graph {
    /// The version of ONNX's operators: the first with a layer norm.
    public static let operatorSet = 17
    /// The version of the file format that came with it.
    public static let irVersion = 8

    public let name: String
    private var nodes: [NodeMessage] = []
    private var constants: [TensorMessage] = []
    private var inputs: [ValueMessage] = []
    private var outputs: [ValueMessage] = []
    private var uses: [String: Int] = [:]
    private var known: [String: Value] = [:]
    private var part: [String] = []

    /// An empty graph.
    public init(_ name: String) { self.name = name }

    // MARK: Inputs, constants, outputs

    /// A size of an input or output.
    public enum Size: Sendable, Hashable, ExpressibleByIntegerLiteral {
        case fixed(Int)
        /// Any, the same one wherever the name stands.
        case any(String)

        public init(integerLiteral value: Int) { self = .fixed(value) }
    }

    /// An input.
    ///
    /// - Parameter about: what it is, for a reader of the file
    public func input(_ name: String, _ type: ElementType, _ shape: [Size], about: String) -> Value {
        inputs.append(Graph.message(name, type, shape, about))
        uses[name] = 1
        return Value(graph: self, name: name, type: type)
    }

    /// Gives `value` out, under this name.
    ///
    /// - Precondition: it is the last that was made, and no node takes it
    public func output(_ value: Value, as name: String, _ shape: [Size], about: String) {
        // Renamed, not passed through another node: converters take the last node for the network's output.
        precondition(nodes.last?.outputs == [value.name], "what was made last can be given out")
        nodes[nodes.count - 1].outputs = [name]
        outputs.append(Graph.message(name, value.type, shape, about))
    }

    /// A constant tensor of floats under a name of its own.
    public func constant(_ name: String, _ values: [Float], shape: [Int]) -> Value {
        constant(name, .float, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }

    /// A constant tensor of doubles under a name of its own.
    public func constant(_ name: String, _ values: [Double], shape: [Int]) -> Value {
        constant(name, .double, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }

    /// A number of a value's type. Equal ones are stored once.
    public func scalar(_ value: Double, _ type: ElementType) -> Value {
        precondition(type == .float || type == .double, "no scalar of type \(type)")
        let bytes =
            type == .float
            ? withUnsafeBytes(of: Float(value)) { Data($0) } : withUnsafeBytes(of: value) { Data($0) }
        return shared("number.\(type).\(value)", type, shape: [], bytes: bytes)
    }

    /// A list of whole numbers, which some operators take instead of an attribute. Equal ones are stored once.
    public func integers(_ values: [Int]) -> Value {
        let bytes = values.map(Int64.init).withUnsafeBytes { Data($0) }
        let text = values.map(String.init).joined(separator: ".")
        return shared("numbers.\(text)", .int64, shape: [values.count], bytes: bytes)
    }

    private func shared(_ name: String, _ type: ElementType, shape: [Int], bytes: Data) -> Value {
        if let value = known[name] { return value }
        let value = constant(name, type, shape: shape, bytes: bytes)
        known[name] = value
        return value
    }

    private func constant(_ name: String, _ type: ElementType, shape: [Int], bytes: Data) -> Value {
        var tensor = TensorMessage()
        tensor.sizes = shape.map(Int64.init)
        tensor.elementType = type.rawValue
        tensor.name = unused(name)
        tensor.bytes = bytes
        constants.append(tensor)
        return Value(graph: self, name: tensor.name!, type: type)
    }

    // MARK: Nodes

    /// Names the nodes that `body` makes after a part of the network.
    public func named<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
        part.append(name)
        defer { part.removeLast() }
        return try body()
    }

    /// One operator with one result.
    ///
    /// - Parameter type: of the result; that of the first input by default
    public func apply(
        _ operation: String, _ inputs: [Value], _ attributes: [Attribute] = [], type: ElementType? = nil
    ) -> Value {
        let result = unused((part + [operation]).joined(separator: "."))
        append(operation, inputs, attributes: attributes, outputs: [result])
        return Value(graph: self, name: result, type: type ?? inputs[0].type)
    }

    private func append(_ operation: String, _ inputs: [Value], attributes: [Attribute], outputs: [String]) {
        var node = NodeMessage()
        node.inputs = inputs.map(\.name)
        node.outputs = outputs
        node.name = outputs[0]
        node.operation = operation
        node.attributes = attributes.map(\.message)
        nodes.append(node)
    }

    /// The name, with a number behind it where it is taken.
    private func unused(_ name: String) -> String {
        uses[name, default: 0] += 1
        let count = uses[name]!
        return count == 1 ? name : unused("\(name).\(count)")
    }

    // MARK: The file

    /// The graph as a file's contents.
    ///
    /// - Parameter metadata: texts by name, written in the names' order
    public func model(producer: String, version: String, about: String, metadata: [String: String]) -> ModelMessage {
        var graph = GraphMessage()
        graph.name = name
        graph.nodes = nodes
        graph.initializers = constants
        graph.inputs = inputs
        graph.outputs = outputs
        var operators = OperatorSetMessage()
        operators.domain = ""
        operators.version = Int64(Graph.operatorSet)
        var model = ModelMessage()
        model.irVersion = Int64(Graph.irVersion)
        model.producerName = producer
        model.producerVersion = version
        model.docString = about
        model.graph = graph
        model.opsetImport = [operators]
        model.setMetadata(metadata)
        return model
    }

    private static func message(_ name: String, _ type: ElementType, _ shape: [Size], _ about: String) -> ValueMessage {
        var sizes = ShapeMessage()
        sizes.sizes = shape.map { size in
            var message = SizeMessage()
            switch size {
            case .fixed(let value): message.value = Int64(value)
            case .any(let name): message.name = name
            }
            return message
        }
        var tensor = TensorTypeMessage()
        tensor.elementType = type.rawValue
        tensor.shape = sizes
        var value = ValueMessage()
        value.name = name
        value.docString = about
        value.type = TypeMessage()
        value.type!.tensor = tensor
        return value
    }
}

/// A setting of an operator.
public struct Attribute: Sendable {
    let message: AttributeMessage

    /// A number.
    public static func float(_ name: String, _ value: Double) -> Attribute {
        Attribute(name, kind: 1) { $0.float = Float(value) }
    }

    /// A whole number.
    public static func integer(_ name: String, _ value: Int) -> Attribute {
        Attribute(name, kind: 2) { $0.integer = Int64(value) }
    }

    /// Whole numbers.
    public static func integers(_ name: String, _ values: [Int]) -> Attribute {
        Attribute(name, kind: 7) { $0.integers = values.map(Int64.init) }
    }

    private init(_ name: String, kind: Int32, _ set: (inout AttributeMessage) -> Void) {
        var message = AttributeMessage()
        message.name = name
        message.kind = kind
        set(&message)
        self.message = message
    }
}

extension ModelMessage {
    /// Replaces the texts by name, written in the names' order.
    public mutating func setMetadata(_ texts: [String: String]) {
        metadata = texts.sorted { $0.key < $1.key }.map { key, value in
            var entry = EntryMessage()
            entry.key = key
            entry.value = value
            return entry
        }
    }
}
