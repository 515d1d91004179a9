import Foundation
import SwiftProtobuf

/// The types of numbers, with the format's numbers for them.
public enum ElementType: Int32, Sendable, CaseIterable {
    case float = 1
    case int64 = 7
    case boolean = 9
    case double = 11
}

/// A tensor's numbers.
public struct TensorMessage: FormatMessage {
    public var sizes: [Int64] = []
    /// Of ``ElementType``.
    public var elementType: Int32?
    public var name: String?
    /// Little-endian and row-major.
    public var bytes: Data?
    public var unknownFields = UnknownStorage()

    public static let protoMessageName = "onnx.TensorProto"

    public init() {}

    public mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeRepeatedInt64Field(value: &sizes)
            case 2: try decoder.decodeSingularInt32Field(value: &elementType)
            case 8: try decoder.decodeSingularStringField(value: &name)
            case 9: try decoder.decodeSingularBytesField(value: &bytes)
            default: break
            }
        }
    }

    public func traverse<V: Visitor>(visitor: inout V) throws {
        try visitor.visit(sizes, 1)
        try visitor.visit(elementType, 2)
        try visitor.visit(name, 8)
        try visitor.visit(bytes, 9)
        try unknownFields.traverse(visitor: &visitor)
    }
}

/// An input or output of a graph: its name and what tensors it takes.
public struct ValueMessage: FormatMessage {
    public var name: String?
    public var type: TypeMessage?
    public var docString: String?
    public var unknownFields = UnknownStorage()

    public static let protoMessageName = "onnx.ValueInfoProto"

    public init() {}

    public mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeSingularStringField(value: &name)
            case 2: try decoder.decodeSingularMessageField(value: &type)
            case 3: try decoder.decodeSingularStringField(value: &docString)
            default: break
            }
        }
    }

    public func traverse<V: Visitor>(visitor: inout V) throws {
        try visitor.visit(name, 1)
        try visitor.visit(type, 2)
        try visitor.visit(docString, 3)
        try unknownFields.traverse(visitor: &visitor)
    }
}

/// The type of a value: of those that the format has, a tensor.
public struct TypeMessage: FormatMessage {
    public var tensor: TensorTypeMessage?
    public var unknownFields = UnknownStorage()

    public static let protoMessageName = "onnx.TypeProto"

    public init() {}

    public mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            if field == 1 { try decoder.decodeSingularMessageField(value: &tensor) }
        }
    }

    public func traverse<V: Visitor>(visitor: inout V) throws {
        try visitor.visit(tensor, 1)
        try unknownFields.traverse(visitor: &visitor)
    }
}

/// Numbers of one type in a shape.
public struct TensorTypeMessage: FormatMessage {
    /// Of ``ElementType``.
    public var elementType: Int32?
    public var shape: ShapeMessage?
    public var unknownFields = UnknownStorage()

    public static let protoMessageName = "onnx.TypeProto.Tensor"

    public init() {}

    public mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeSingularInt32Field(value: &elementType)
            case 2: try decoder.decodeSingularMessageField(value: &shape)
            default: break
            }
        }
    }

    public func traverse<V: Visitor>(visitor: inout V) throws {
        try visitor.visit(elementType, 1)
        try visitor.visit(shape, 2)
        try unknownFields.traverse(visitor: &visitor)
    }
}

/// Sizes, the last one's index running fastest.
public struct ShapeMessage: FormatMessage {
    public var sizes: [SizeMessage] = []
    public var unknownFields = UnknownStorage()

    public static let protoMessageName = "onnx.TensorShapeProto"

    public init() {}

    public mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            if field == 1 { try decoder.decodeRepeatedMessageField(value: &sizes) }
        }
    }

    public func traverse<V: Visitor>(visitor: inout V) throws {
        try visitor.visit(sizes, 1)
        try unknownFields.traverse(visitor: &visitor)
    }
}

/// A size: a number, or a name for one that is known only when the graph is run.
public struct SizeMessage: FormatMessage {
    public var value: Int64?
    public var name: String?
    public var unknownFields = UnknownStorage()

    public static let protoMessageName = "onnx.TensorShapeProto.Dimension"

    public init() {}

    public mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeSingularInt64Field(value: &value)
            case 2: try decoder.decodeSingularStringField(value: &name)
            default: break
            }
        }
    }

    public func traverse<V: Visitor>(visitor: inout V) throws {
        try visitor.visit(value, 1)
        try visitor.visit(name, 2)
        try unknownFields.traverse(visitor: &visitor)
    }
}
