import Foundation
import Networks
import Testing

@Suite struct SafetensorsTests {
    private static let contents = Safetensors(
        tensors: [
            SafetensorsEntry(name: "scale", shape: [], values: [2.5 as Float]),
            SafetensorsEntry(
                name: "layers.0.weight", shape: [2, 3], values: [1, -2, 3.25, 4, .infinity, 6] as [Float]),
            SafetensorsEntry(name: "empty", shape: [0, 4], values: [Float]()),
            SafetensorsEntry(
                name: "half", dataType: .bfloat16, shape: [3], bytes: Data([0x80, 0x3F, 0x20, 0xC0, 0, 0])),
            SafetensorsEntry(name: "index \"ü\"", shape: [2], values: [-1, .max] as [Int64]),
            SafetensorsEntry(name: "θ", shape: [1, 1], values: [Double.pi]),
        ],
        metadata: ["network": "jet transformer", "note": "a \"quoted\" λ/slash"])

    @Test func readsWhatItWrote() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("safetensors-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/weights.safetensors"
        try Self.contents.write(to: path)
        let read = try Safetensors(contentsOf: path)
        #expect(read.metadata == Self.contents.metadata)
        #expect(read.tensors.count == 6)
        for tensor in Self.contents.tensors { #expect(read[tensor.name] == tensor) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["weights.safetensors"])
        // Equal contents, equal bytes; and once read, the order is the file's.
        #expect(try read.data(file: path) == Self.contents.data(file: path))
    }

    @Test func numbersComeBackExactly() throws {
        let contents = Self.contents
        #expect(try contents["layers.0.weight"]?.floats() == [1, -2, 3.25, 4, .infinity, 6])
        #expect(try contents["half"]?.floats() == [1, -2.5, 0])
        #expect(try contents["half"]?.doubles() == [1, -2.5, 0])
        #expect(try contents["θ"]?.doubles() == [.pi])
        #expect(try contents["scale"]?.doubles() == [2.5])
        #expect(try contents["index \"ü\""]?.integers() == [-1, .max])
        #expect(throws: SafetensorsError.wrongType(tensor: "θ", dataType: "F64", asked: "Float")) {
            try contents["θ"]?.floats()
        }
        #expect(throws: SafetensorsError.wrongType(tensor: "scale", dataType: "F32", asked: "Int64")) {
            try contents["scale"]?.integers()
        }
    }

    /// The layout of the format's own description, byte by byte.
    @Test func writesTheFormat() throws {
        let data = try Safetensors(tensors: [SafetensorsEntry(name: "a", shape: [2], values: [1, 2] as [Float])])
            .data(file: "")
        let header = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  "#
        #expect(header.utf8.count == 56)
        #expect(data == Data([56, 0, 0, 0, 0, 0, 0, 0]) + Data(header.utf8) + Data([0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]))
    }

    @Test func everyTensorIsAligned() throws {
        let data = try Self.contents.data(file: "")
        let length = Int(data[0]) + Int(data[1]) << 8
        #expect(length % 8 == 0)
        let json = try #require(
            JSONSerialization.jsonObject(with: data[8..<(8 + length)]) as? [String: [String: Any]])
        for tensor in Self.contents.tensors {
            let begin = try #require((json[tensor.name]?["data_offsets"] as? [Int])?.first)
            #expect(begin % tensor.dataType.byteCount == 0)
        }
    }

    @Test func refusesToWriteWhatCanNotBeRead() {
        let tensor = SafetensorsEntry(name: "a", shape: [2], values: [1, 2] as [Float])
        #expect(throws: SafetensorsError.repeated(file: "f", name: "a")) {
            try Safetensors(tensors: [tensor, tensor]).data(file: "f")
        }
        #expect(throws: SafetensorsError.size(file: "f", tensor: "b", shape: [3], dataType: "F32", bytes: 8)) {
            try Safetensors(tensors: [SafetensorsEntry(name: "b", shape: [3], values: [1, 2] as [Float])])
                .data(file: "f")
        }
        #expect(throws: SafetensorsError.repeated(file: "f", name: "__metadata__")) {
            try Safetensors(tensors: [SafetensorsEntry(name: "__metadata__", shape: [], values: [1 as Float])])
                .data(file: "f")
        }
    }

    @Test func namesEveryDifferenceFromTheNetwork() throws {
        let file = Safetensors(tensors: [
            SafetensorsEntry(name: "embed.weigth", shape: [1], values: [1 as Float]),
            SafetensorsEntry(name: "embed.bias", shape: [2], values: [1, 2] as [Float]),
            SafetensorsEntry(name: "momentum", shape: [], values: [1 as Float]),
        ])
        let error = #expect(throws: SafetensorsError.self) {
            try file.check([("embed.weight", [1]), ("embed.bias", [3]), ("qkv", [4])], file: "w.safetensors")
        }
        guard case .unlike("w.safetensors", let differences) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(
            differences == [
                "“embed.weight” [1] is missing (the nearest in the file is “embed.weigth”)",
                "“embed.bias” has shape [2], not [3]", "“qkv” [4] is missing",
                "“embed.weigth” is not a tensor of the network", "“momentum” is not a tensor of the network",
            ])
        try file.check([("momentum", []), ("embed.bias", [2]), ("embed.weigth", [1])], file: "")
    }
}
