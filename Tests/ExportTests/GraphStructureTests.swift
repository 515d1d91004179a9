import Export
import Foundation
import Jets
import Networks
import ONNX
import Studies
import SwiftProtobuf
import Testing

/// What a written file holds, read back.
struct GraphStructureTests {
    /// The model of a tagger as it lies on disk.
    private func written(_ tagger: TrainedTagger, _ form: ExportedTagger.Form) throws -> ModelMessage {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).onnx").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try ExportedTagger(tagger, as: form).write(to: path, checked: nil)
        return try ModelMessage(serializedBytes: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test(arguments: Taggers.cases)
    func `Every value is made once, before it is used, and every constant is used`(_ example: Taggers.Case) throws {
        let graph = try #require(try written(Taggers.tagger(example.settings), example.form).graph)
        var made = Set(graph.inputs.compactMap(\.name) + graph.initializers.compactMap(\.name))
        #expect(made.count == graph.inputs.count + graph.initializers.count)
        for node in graph.nodes {
            #expect(node.inputs.allSatisfy(made.contains), "\(node.name ?? "") uses what is not there")
            for output in node.outputs { #expect(made.insert(output).inserted, "\(output) is made twice") }
        }
        #expect(graph.outputs.compactMap(\.name).allSatisfy(made.contains))
        let used = Set(graph.nodes.flatMap(\.inputs))
        let unused = (graph.inputs.compactMap(\.name) + graph.initializers.compactMap(\.name)).filter {
            !used.contains($0)
        }
        // A network may see no mask.
        #expect(unused.isEmpty || unused == ["mask"], "\(unused)")
    }

    @Test(arguments: Taggers.cases)
    func `Every weight is in the file, bit by bit`(_ example: Taggers.Case) throws {
        let tagger = Taggers.tagger(example.settings)
        let graph = try #require(try written(tagger, example.form).graph)
        let constants = Dictionary(uniqueKeysWithValues: graph.initializers.map { ($0.name!, $0) })
        let theta = tagger.theta.elements(Float.self)
        for entry in tagger.network.parameters.entries {
            let turned = constants["\(entry.name).transposed"]
            let constant = try #require(turned ?? constants[entry.name], "\(entry.name) is missing")
            let found = constant.bytes!.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
            let own = Array(theta[entry.offset..<entry.offset + entry.count])
            guard turned != nil else {
                #expect(found == own)
                continue
            }
            let (rows, columns) = (entry.shape[0], entry.shape[1])
            #expect(constant.sizes == [Int64(columns), Int64(rows)])
            #expect((0..<found.count).allSatisfy { found[$0] == own[$0 % rows * columns + $0 / rows] })
        }
    }

    @Test func `Inputs and outputs have names, types and sizes, any number of jets among them`() throws {
        func sizes(_ value: ValueMessage?) -> [String] {
            value?.type?.tensor?.shape?.sizes.map { $0.name ?? "\($0.value!)" } ?? []
        }
        let tagger = Taggers.tagger(.deepSets(.init()))
        let features = try #require(try written(tagger, .features).graph)
        #expect(features.inputs.map(\.name) == ["features", "mask"])
        #expect(sizes(features.inputs[0]) == ["jets", "12", "7"] && sizes(features.inputs[1]) == ["jets", "12"])
        #expect(features.inputs.map { $0.type?.tensor?.elementType } == [1, 9])
        let momenta = try #require(try written(tagger, .momenta).graph)
        #expect(momenta.inputs.map(\.name) == ["constituents"] && sizes(momenta.inputs[0]) == ["jets", "slots", "4"])
        for graph in [features, momenta] {
            #expect(graph.outputs.map(\.name) == ["logit"] && sizes(graph.outputs[0]) == ["jets"])
        }
    }

    @Test func `The metadata say how jets are to be prepared and what the logit means`() throws {
        let tagger = Taggers.tagger(.mlp(.init())), model = try written(tagger, .features)
        let texts = Dictionary(uniqueKeysWithValues: model.metadata.map { ($0.key!, $0.value!) })
        #expect(texts["weights_sha256"] == tagger.digest && texts["classes"] == "gluon, W")
        #expect(texts["constituents"] == "12" && texts["constituent_order"] == "descending pT")
        #expect(texts["units"]?.contains("GeV") == true && texts["logit"]?.contains("W") == true)
        #expect(texts["features"] == Features.names.joined(separator: ", "))
        #expect(texts["verified"]?.hasPrefix("no: ") == true)
        let means = try JSONDecoder().decode([Double].self, from: Data(try #require(texts["feature_means"]).utf8))
        #expect(means == Taggers.scaling.means)
        let plain = try written(Taggers.tagger(.mlp(.init()), scaling: nil), .features)
        #expect(plain.metadata.first { $0.key == "feature_scaling" }?.value == "none")
    }
}
