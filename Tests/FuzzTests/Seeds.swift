import Foundation
import Networks
import Studies
import Support
import Torch
import Training

enum SafetensorsSeed {
    static let plain = Safetensors(
        tensors: [
            .init(name: "embed.weight", shape: [2, 3], values: [Float](repeating: 0.5, count: 6)),
            .init(name: "embed.bias", shape: [2], values: [1, -1] as [Float]),
        ], metadata: ["format": "pt", "note": "a \"quoted\" é"])
    static let types = Safetensors(
        tensors: [
            .init(name: "embed.weight", shape: [2, 3], values: [Float](repeating: 0.5, count: 6)),
            .init(name: "embed.bias", dataType: .bfloat16, shape: [2], bytes: Data(count: 4)),
        ])

    /// States the header's length anew, so that its text can grow and shrink: up to the last brace before the numbers.
    /// One file of four stays as it is.
    @Sendable static func repaired(_ data: Data) -> Data {
        guard data.count > 8, data.count % 4 != 3,
            let brace = data.lastRange(of: Data("}}".utf8)) ?? data.lastRange(of: Data("}".utf8)), brace.upperBound > 8
        else { return data }
        var data = Data(data), end = brace.upperBound
        // The writer fills up with blanks.
        while end < data.count, data[end] == 0x20 { end += 1 }
        for place in 0..<8 { data[place] = UInt8(truncatingIfNeeded: (end - 8) >> (8 * place)) }
        return data
    }
}

/// Tar archives of two members.
enum TarSeed {
    static let plain =
        member("1.h5", Data("some jets".utf8)) + member("notes.txt", Data(count: 700)) + Data(count: 1024)
    static let extended =
        member("././@LongLink", Data("a/long/name.h5\0".utf8), kind: "L") + member("short.h5", Data("jets".utf8))
        + member("PaxHeaders/2", Data("18 path=2/two.h5\n10 size=5\n".utf8), kind: "x")
        + member("2.h5", Data("jets\n".utf8))
        + Data(count: 1024)

    private static func member(_ name: String, _ content: Data, kind: Character = "0") -> Data {
        var header = Data(count: 512)
        func put(_ text: String, _ place: Int) {
            header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
        }
        put(name, 0)
        put("0000644\0", 100)
        put(octal(content.count, 11), 124)
        put(String(kind), 156)
        put("ustar\00000", 257)
        return withChecksum(header) + content + Data(count: (512 - content.count % 512) % 512)
    }

    private static func octal(_ value: Int, _ digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: digits - text.count) + text + "\0"
    }

    private static func withChecksum(_ header: Data) -> Data {
        var header = header
        header.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
        header.replaceSubrange(148..<155, with: octal(header.reduce(0) { $0 + Int($1) }, 6).utf8)
        return header
    }

    /// Sets the checksum of each block that looks like a header: changes then get further than it.
    @Sendable static func repaired(_ data: Data) -> Data {
        var data = Data(data)
        for start in stride(from: 0, to: max(data.count - 511, 0), by: 512)
        where data[start + 257..<start + 262].elementsEqual("ustar".utf8) {
            data.replaceSubrange(start..<start + 512, with: withChecksum(Data(data[start..<start + 512])))
        }
        return data
    }
}

/// The checkpoint of a network of three parameters.
enum CheckpointSeed {
    static let whole: Data = {
        let tensors = ["theta", "best", "first_moment", "second_moment"].map {
            SafetensorsEntry(name: $0, shape: [3], values: [0.5, 1, 2] as [Float])
        }
        let state = """
            {"batch":2,"epoch":1,"fingerprint":"a","gradientNormSum":0.5,"history":{"bestEpoch":1,"bestValidation":0.5,\
            "epochs":[],"stoppedEarly":false,"terms":[]},"isFinished":false,"samples":64,"step":7,"termSums":[1.5]}
            """
        return bytes(tensors, ["state": state, "digest": Checkpoint.digest(tensors, state)])
    }()

    /// States the digest anew where the rest can still be read.
    @Sendable static func repaired(_ data: Data) -> Data {
        let data = SafetensorsSeed.repaired(data)
        guard let file = try? Safetensors(data, file: ""), let state = file.metadata["state"] else { return data }
        var metadata = file.metadata
        metadata["digest"] = Checkpoint.digest(file.tensors, state)
        return bytes(file.tensors, metadata)
    }

    static func bytes(_ tensors: [SafetensorsEntry], _ metadata: [String: String]) -> Data {
        let path = NSTemporaryDirectory() + "goldstone-fuzz-seed-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard (try? Safetensors(tensors: tensors, metadata: metadata).write(to: path)) != nil else { return Data() }
        return (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data()
    }
}

/// Small trained taggers of each kind.
enum WeightsSeed {
    static let all: [Data] = {
        var transformer = JetTransformer.Settings()
        (transformer.width, transformer.heads, transformer.layers, transformer.feedForward, transformer.head) =
            (4, 2, 1, 4, [4])
        var deepSets = DeepSets.Settings()
        (deepSets.phi, deepSets.rho) = ([4, 4], [4])
        var mlp = ConstituentMLP.Settings()
        (mlp.constituents, mlp.hidden) = (2, [4])
        var invariant = LorentzInvariantNetwork.Settings()
        (invariant.width, invariant.messageWidth, invariant.blocks, invariant.head) = (4, 4, 1, [4])
        let settings: [TaggerNetwork.Settings] = [
            .transformer(transformer), .deepSets(deepSets), .mlp(mlp), .invariant(invariant),
        ]
        return settings.map { settings in
            let tagger = TrainedTagger(
                theta: TaggerNetwork(settings).initialParameters(seed: 1),
                description: .init(
                    network: settings, input: .init(signal: .w, background: .gluon, constituents: 4), variant: "a",
                    seed: 1))
            let path = NSTemporaryDirectory() + "goldstone-fuzz-seed-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: path) }
            do {
                try tagger.write(to: path)
                return try Data(contentsOf: URL(fileURLWithPath: path))
            } catch {
                fatalError("a seed can't be written: \(error)")
            }
        }
    }()
}

/// What a step of a study records.
enum RecordSeed {
    static let done = Data(
        #"""
        {"ended":7.5e8,"findings":{"digest":"a","figures":["figures/roc"],"tables":[{"caption":"c","columns":[{"title":"a"},
        {"title":"b","latex":"$b$"}],"label":"l","rows":[[{"text":"x"},{"count":3}],[{"number":0.5,"digits":4},{"value":1,
        "error":0.1}],[{"value":1,"lower":0,"upper":"inf","confidence":0.95},{}],[{"verdict":"undecided"},{"number":"nan",
        "digits":3}]]}],"warnings":["w"]},"identity":"i","outcome":"done","seconds":1.5,"step":"transfer"}
        """#.utf8)
    static let failed = Data(
        #"{"ended":1,"error":"e","findings":{"figures":[],"tables":[],"warnings":[]},"identity":"i","outcome":"failed","seconds":2,"step":"s"}"#
            .utf8)
}
