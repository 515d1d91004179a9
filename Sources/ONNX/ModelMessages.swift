import Foundation
import SwiftProtobuf

// The messages of the ONNX format that a network of ours needs, with the format's field numbers (onnx.ai, “Open Neural
// Network Exchange Intermediate Representation”). Written by hand: they are few, and a generated twin would be longer.
// Fields that are not named here are kept as they were read.

/// A message of the format.
public protocol FormatMessage: Message, Equatable {}

extension FormatMessage {
    public func isEqualTo(message: any Message) -> Bool { (message as? Self) == self }
}

/// A file: a graph, the operators' version, and what the graph is for.
public struct ModelMessage: FormatMessage {
    /// The version of the file format.
    public var irVersion: Int64?
    public var producerName: String?
    public var producerVersion: String?
    public var docString: String?
    public var graph: GraphMessage?
    public var opsetImport: [OperatorSetMessage] = []
    public var metadata: [EntryMessage] = []
    public var unknownFields = UnknownStorage()

    public static let protoMessageName = "onnx.ModelProto"

    public init() {}

    public mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeSingularInt64Field(value: &irVersion)
            case 2: try decoder.decodeSingularStringField(value: &producerName)
            case 3: try decoder.decodeSingularStringField(value: &producerVersion)
            case 6: try decoder.decodeSingularStringField(value: &docString)
            case 7: try decoder.decodeSingularMessageField(value: &graph)
            case 8: try decoder.decodeRepeatedMessageField(value: &opsetImport)
            case 14: try decoder.decodeRepeatedMessageField(value: &metadata)
            default: break
            }
        }
    }

    public func traverse<V: Visitor>(visitor: inout V) throws {
        try visitor.visit(irVersion, 1)
        try visitor.visit(producerName, 2)
        try visitor.visit(producerVersion, 3)
        try visitor.visit(docString, 6)
        try visitor.visit(graph, 7)
        try visitor.visit(opsetImport, 8)
        try visitor.visit(metadata, 14)
        try unknownFields.traverse(visitor: &visitor)
    }
}

/// A set of operators; the empty domain is ONNX's own.
public struct OperatorSetMessage: FormatMessage {
    public var domain: String?
    public var version: Int64?
    public var unknownFields = UnknownStorage()

    public static let protoMessageName = "onnx.OperatorSetIdProto"

    public init() {}

    public mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeSingularStringField(value: &domain)
            case 2: try decoder.decodeSingularInt64Field(value: &version)
            default: break
            }
        }
    }

    public func traverse<V: Visitor>(visitor: inout V) throws {
        try visitor.visit(domain, 1)
        try visitor.visit(version, 2)
        try unknownFields.traverse(visitor: &visitor)
    }
}

/// A text under a name.
public struct EntryMessage: FormatMessage {
    public var key: String?
    public var value: String?
    public var unknownFields = UnknownStorage()

    public static let protoMessageName = "onnx.StringStringEntryProto"

    public init() {}

    public mutating func decodeMessage<D: Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeSingularStringField(value: &key)
            case 2: try decoder.decodeSingularStringField(value: &value)
            default: break
            }
        }
    }

    public func traverse<V: Visitor>(visitor: inout V) throws {
        try visitor.visit(key, 1)
        try visitor.visit(value, 2)
        try unknownFields.traverse(visitor: &visitor)
    }
}

extension Visitor {
    mutating func visit(_ value: Int64?, _ number: Int) throws {
        if let value { try visitSingularInt64Field(value: value, fieldNumber: number) }
    }

    mutating func visit(_ value: Int32?, _ number: Int) throws {
        if let value { try visitSingularInt32Field(value: value, fieldNumber: number) }
    }

    mutating func visit(_ value: Float?, _ number: Int) throws {
        if let value { try visitSingularFloatField(value: value, fieldNumber: number) }
    }

    mutating func visit(_ value: String?, _ number: Int) throws {
        if let value { try visitSingularStringField(value: value, fieldNumber: number) }
    }

    mutating func visit(_ value: Data?, _ number: Int) throws {
        if let value { try visitSingularBytesField(value: value, fieldNumber: number) }
    }

    mutating func visit<M: Message>(_ value: M?, _ number: Int) throws {
        if let value { try visitSingularMessageField(value: value, fieldNumber: number) }
    }

    mutating func visit<M: Message>(_ values: [M], _ number: Int) throws {
        if !values.isEmpty { try visitRepeatedMessageField(value: values, fieldNumber: number) }
    }

    mutating func visit(_ values: [String], _ number: Int) throws {
        if !values.isEmpty { try visitRepeatedStringField(value: values, fieldNumber: number) }
    }

    mutating func visit(_ values: [Int64], _ number: Int) throws {
        if !values.isEmpty { try visitPackedInt64Field(value: values, fieldNumber: number) }
    }
}
