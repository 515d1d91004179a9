import Foundation
import ONNX
import SwiftProtobuf
import Testing

/// Graphs as ONNX's files hold them.
struct GraphTests {
    /// relu(x W + b)·0.5 + 0.5, with x [jets, 2].
    private func example() -> ModelMessage {
        let graph = Graph("example")
        let x = graph.input("x", .float, [.any("jets"), 2], about: "anything")
        let weight = graph.constant("weight", [1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
        let y = graph.named("layer") {
            (x.matmul(weight) + graph.constant("bias", [0.5, 0, 0] as [Float], shape: [3])).relu()
        }
        graph.output(y * 0.5 + 0.5, as: "y", [.any("jets"), 3], about: "something")
        return graph.model(producer: "test", version: "1", about: "an example", metadata: ["b": "2", "a": "1"])
    }

    @Test func `What is written is read back`() throws {
        let model = example(), bytes: Data = try model.serializedBytes()
        #expect(try ModelMessage(serializedBytes: bytes) == model)
        // Equal contents give equal bytes.
        #expect(try example().serializedBytes() == bytes)
    }

    @Test func `The wire format is the specification's, byte by byte`() throws {
        var entry = EntryMessage()
        entry.key = "a"
        entry.value = "bc"
        // Key 1 and key 2, both length-delimited (wire type 2).
        #expect(try entry.serializedBytes() == Data([0x0A, 1, 0x61, 0x12, 2, 0x62, 0x63]))
        var node = NodeMessage()
        node.inputs = ["x"]
        node.outputs = ["y"]
        node.operation = "Relu"
        #expect(try node.serializedBytes() == Data([0x0A, 1, 0x78, 0x12, 1, 0x79, 0x22, 4]) + Data("Relu".utf8))
        var tensor = TensorMessage()
        tensor.sizes = [1, 300]
        tensor.elementType = ElementType.float.rawValue
        tensor.bytes = Data([1, 2])
        // 300 is AC 02 as a varint; raw data have the key 9.
        #expect(try tensor.serializedBytes() == Data([0x0A, 3, 1, 0xAC, 2, 0x10, 1, 0x4A, 2, 1, 2]))
    }

    @Test func `A model states format, operators and texts`() throws {
        let model = example()
        #expect(model.irVersion == 8 && model.opsetImport.map(\.version) == [17] && model.producerName == "test")
        #expect(model.metadata.map(\.key) == ["a", "b"] && model.metadata.map(\.value) == ["1", "2"])
        let graph = try #require(model.graph)
        #expect(graph.nodes.map(\.operation) == ["MatMul", "Add", "Relu", "Mul", "Add"])
        #expect(graph.nodes.last?.outputs == ["y"] && graph.nodes.first?.name == "layer.MatMul")
        let input = try #require(graph.inputs.first?.type?.tensor)
        #expect(input.elementType == 1 && input.shape?.sizes.map(\.name) == ["jets", nil])
        #expect(input.shape?.sizes.map(\.value) == [nil, 2])
    }

    @Test func `A constant number is stored once, in little-endian bytes`() throws {
        let constants = try #require(example().graph?.initializers)
        #expect(constants.map(\.name) == ["weight", "bias", "number.float.0.5"])
        #expect(constants[2].bytes == Data([0, 0, 0, 0x3F]) && constants[2].sizes == [])
        #expect(constants[0].sizes == [2, 3] && constants[0].bytes?.count == 24)
    }

    @Test func `Names that were taken get a number`() throws {
        let graph = Graph("twice")
        let x = graph.input("x", .float, [2], about: "")
        let first = graph.constant("c", [1] as [Float], shape: [1]),
            second = graph.constant("c", [2] as [Float], shape: [1])
        let third = graph.constant("x", [2] as [Float], shape: [1])
        #expect([first, second, third].map(\.name) == ["c", "c.2", "x.2"] && x.relu().name != x.relu().name)
    }

    @Test func `Fields of later versions are kept`() throws {
        var bytes: Data = try example().serializedBytes()
        // Key 25, length-delimited: a field that ModelMessage has no name for.
        bytes += Data([0xCA, 0x01, 2, 7, 7])
        let read = try ModelMessage(serializedBytes: bytes)
        #expect(try read.serializedBytes() == bytes)
    }

    @Test func `A file that was cut off is an error`() throws {
        let bytes: Data = try example().serializedBytes()
        for length in [1, 10, bytes.count / 2, bytes.count - 1] {
            #expect(throws: (any Error).self) { try ModelMessage(serializedBytes: bytes.prefix(length)) }
        }
    }
}
