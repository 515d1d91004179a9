import Foundation
import SwiftProtobuf

/// A graph: nodes in an order in which each finds its inputs made, constants, inputs and outputs.
public struct GraphMessage: FormatMessage {
    public var nodes: [NodeMessage] = []
    public var name: String?
    /// The constants.
    public var initializers: [TensorMessage] = []
    public var docString: String?
    public var inputs: [ValueMessage] = []
    public var outputs: [ValueMessage] = []
    public var unknownFields = UnknownStorage()

    public static let protoMessageName = "onnx.GraphProto"

    public init() {}

    public mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeRepeatedMessageField(value: &nodes)
            case 2: try decoder.decodeSingularStringField(value: &name)
            case 5: try decoder.decodeRepeatedMessageField(value: &initializers)
            case 10: try decoder.decodeSingularStringField(value: &docString)
            case 11: try decoder.decodeRepeatedMessageField(value: &inputs)
            case 12: try decoder.decodeRepeatedMessageField(value: &outputs)
            default: break
            }
        }
    }

    public func traverse<V: Visitor>(visitor: inout V) throws {
        try visitor.visit(nodes, 1)
        try visitor.visit(name, 2)
        try visitor.visit(initializers, 5)
        try visitor.visit(docString, 10)
        try visitor.visit(inputs, 11)
        try visitor.visit(outputs, 12)
        try unknownFields.traverse(visitor: &visitor)
    }
}

/// One operator applied to values by their names.
public struct NodeMessage: FormatMessage {
    public var inputs: [String] = []
    public var outputs: [String] = []
    public var name: String?
    /// The operator.
    public var operation: String?
    public var attributes: [AttributeMessage] = []
    /// The operator's set; nil is ONNX's own.
    public var domain: String?
    public var unknownFields = UnknownStorage()

    public static let protoMessageName = "onnx.NodeProto"

    public init() {}

    public mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeRepeatedStringField(value: &inputs)
            case 2: try decoder.decodeRepeatedStringField(value: &outputs)
            case 3: try decoder.decodeSingularStringField(value: &name)
            case 4: try decoder.decodeSingularStringField(value: &operation)
            case 5: try decoder.decodeRepeatedMessageField(value: &attributes)
            case 7: try decoder.decodeSingularStringField(value: &domain)
            default: break
            }
        }
    }

    public func traverse<V: Visitor>(visitor: inout V) throws {
        try visitor.visit(inputs, 1)
        try visitor.visit(outputs, 2)
        try visitor.visit(name, 3)
        try visitor.visit(operation, 4)
        try visitor.visit(attributes, 5)
        try visitor.visit(domain, 7)
        try unknownFields.traverse(visitor: &visitor)
    }
}

/// A setting of an operator: a number, whole numbers, or a text.
public struct AttributeMessage: FormatMessage {
    public var name: String?
    public var float: Float?
    public var integer: Int64?
    public var string: Data?
    public var integers: [Int64] = []
    /// Which of the values it is: 1 a number, 2 a whole one, 3 a text, 7 a list of whole numbers.
    public var kind: Int32?
    public var unknownFields = UnknownStorage()

    public static let protoMessageName = "onnx.AttributeProto"

    public init() {}

    public mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeSingularStringField(value: &name)
            case 2: try decoder.decodeSingularFloatField(value: &float)
            case 3: try decoder.decodeSingularInt64Field(value: &integer)
            case 4: try decoder.decodeSingularBytesField(value: &string)
            case 8: try decoder.decodeRepeatedInt64Field(value: &integers)
            case 20: try decoder.decodeSingularInt32Field(value: &kind)
            default: break
            }
        }
    }

    public func traverse<V: Visitor>(visitor: inout V) throws {
        try visitor.visit(name, 1)
        try visitor.visit(float, 2)
        try visitor.visit(integer, 3)
        try visitor.visit(string, 4)
        try visitor.visit(integers, 8)
        try visitor.visit(kind, 20)
        try unknownFields.traverse(visitor: &visitor)
    }
}
