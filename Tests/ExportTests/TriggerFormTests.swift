import Export
import Foundation
import Networks
import ONNX
import Studies
import Testing

/// The form that hls4ml converts.
struct TriggerFormTests {
    @Test(arguments: Taggers.cases.filter { $0.form == .trigger })
    func `It has fixed sizes, few operators, and every attribute of a convolution`(_ example: Taggers.Case) throws {
        let exported = try ExportedTagger(Taggers.tagger(example.settings), as: .trigger)
        let graph = try #require(exported.model.graph)
        let sizes = (graph.inputs + graph.outputs).flatMap { $0.type?.tensor?.shape?.sizes ?? [] }
        #expect(!sizes.isEmpty && sizes.allSatisfy { $0.value != nil && $0.name == nil })
        let operations = Set(graph.nodes.compactMap(\.operation))
        #expect(operations.isSubset(of: ["Conv", "Relu", "Flatten", "MatMul", "Add"]), "\(operations)")
        for node in graph.nodes where node.operation == "Conv" {
            #expect(
                node.attributes.compactMap(\.name).sorted() == [
                    "dilations", "group", "kernel_shape", "pads", "strides",
                ])
        }
        #expect(graph.inputs.count == 1)
    }

    @Test func `The mean's matrix takes each component of each slot once, with equal weights`() throws {
        var settings = DeepSets.Settings()
        (settings.pooling, settings.constituents, settings.phi) = (.allSlots, 4, [3])
        let graph = try #require(try ExportedTagger(Taggers.tagger(.deepSets(settings)), as: .trigger).model.graph)
        let mean = try #require(graph.initializers.first { $0.name == "mean" })
        #expect(mean.sizes == [12, 3])
        let values = mean.bytes!.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        for row in 0..<12 {
            for column in 0..<3 { #expect(values[3 * row + column] == (row / 4 == column ? 0.25 : 0)) }
        }
    }

    @Test func `Networks that a trigger's circuit can't be are errors that say what to train`() throws {
        let sets = #expect(throws: ExportError.self) {
            try ExportedTagger(Taggers.tagger(.deepSets(.init())), as: .trigger)
        }
        #expect(sets?.description.contains("`pooling: allSlots`") == true)
        for settings in [TaggerNetwork.Settings.transformer(.init()), .invariant(.init())] {
            let error = #expect(throws: ExportError.self) { try ExportedTagger(Taggers.tagger(settings), as: .trigger) }
            #expect(error?.description.contains("distil") == true)
        }
        let invariant = #expect(throws: ExportError.self) {
            try ExportedTagger(Taggers.tagger(.invariant(.init())), as: .features)
        }
        #expect(invariant?.description.contains("--inputs momenta") == true)
    }
}
