import Fixtures
import Foundation
import Networks
import Objectives
import Studies
import Support
import Testing
import Torch

/// Weights out to PyTorch and back.
struct ExchangeWithPyTorchTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())").path

    private func transformer(_ pooling: JetTransformer.Pooling, attentionMask: Bool) -> TaggerNetwork.Settings {
        var settings = Example.network().settings
        (settings.pooling, settings.attentionMask) = (pooling, attentionMask)
        return .transformer(settings)
    }

    @Test(
        .enabled(if: PyTorch.isThere, "PyTorch can't be imported"), arguments: [0, 1, 2, 3])
    func `PyTorch loads weights, trains on, and what it saves is read again`(_ kind: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let settings = [
            transformer(.valid, attentionMask: true), transformer(.allSlots, attentionMask: false),
            .deepSets(.init()), .mlp(.init()),
        ][kind]
        let data = TaggingData(Example.jets(40), signal: .w)
        let jets = data.slice(Array(0..<data.count)), batch = jets.batch
        try Safetensors(
            tensors: [("features", batch.features), ("mask", batch.mask.to(.float32)), ("labels", jets.labels)].map {
                SafetensorsEntry(name: $0, shape: $1.shape, values: $1.elements(Float.self))
            }
        ).write(to: "\(folder)/jets.safetensors")
        let ours = InventedWeights.tagger(settings)
        try ours.write(to: "\(folder)/weights.safetensors")
        try PyTorch.run([
            PyTorch.root.appendingPathComponent("Tests/Parity/train_on.py").path, "\(folder)/weights.safetensors",
            "\(folder)/further.safetensors", "\(folder)/jets.safetensors",
        ])
        func logits(_ tagger: TrainedTagger) -> [Double] {
            let theta = tagger.network.parameters.variables(of: tagger.theta)
            return withoutRecording { tagger.network(theta, batch).elements(Double.self) }
        }
        let theirs = try Safetensors(contentsOf: "\(folder)/further.safetensors.jets")
        let further = try TrainedTagger(contentsOf: "\(folder)/further.safetensors")
        #expect(further.description == ours.description)
        #expect(further.theta.elements(Float.self) != ours.theta.elements(Float.self))
        #expect(relativeDistance(logits(ours), try theirs["before"]!.doubles()) < 1e-5)
        #expect(relativeDistance(logits(further), try theirs["after"]!.doubles()) < 1e-5)

        // A state_dict alone, in half precision.
        let imported = try TrainedTagger(importing: "\(folder)/further.safetensors.state", as: ours.description)
        let distance = zip(imported.theta.elements(Float.self), further.theta.elements(Float.self)).map { abs($0 - $1) }
        #expect(distance.max()! > 0 && distance.max()! < 1e-3)
    }

    @Test func `Weights that are no numbers, or another network's, are refused with the tensor's name`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let own = InventedWeights.tagger(.mlp(.init())), path = "\(folder)/state.safetensors"
        try own.write(to: path)
        let other = InventedWeights.tagger(.deepSets(.init())).description
        let unlike = #expect(throws: SafetensorsError.self) { try TrainedTagger(importing: path, as: other) }
        #expect(unlike?.description.contains("phi.0.weight") == true)

        var file = try Safetensors(contentsOf: path)
        let first = file.tensors[0]
        var values = try first.floats()
        values[3] = .nan
        file.tensors[0] = SafetensorsEntry(name: first.name, shape: first.shape, values: values)
        try file.write(to: path)
        let error = #expect(throws: FileError.self) { try TrainedTagger(importing: path, as: own.description) }
        #expect(error?.description.contains("number 4 of “\(first.name)”") == true)
    }
}
