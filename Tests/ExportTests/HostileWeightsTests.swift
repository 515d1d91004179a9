import Export
import Foundation
import Networks
import Studies
import Support
import Testing
import Torch

/// Weights that nobody should trust.
struct HostileWeightsTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())").path

    /// Weights whose metadata claim something else than they hold.
    private func file(_ settings: TaggerNetwork.Settings, replacing text: String, with other: String) throws -> String {
        let path = "\(folder)/weights.safetensors"
        try Taggers.tagger(settings).write(to: path)
        var file = try Safetensors(contentsOf: path)
        let before = try #require(file.metadata["goldstone"])
        let after = before.replacing(text, with: other)
        try #require(after != before)
        file.metadata["goldstone"] = after
        try file.write(to: path)
        return path
    }

    @Test(arguments: [
        ("\"width\":16", "\"width\":1000000000000000000", "`width` is 1000000000000000000"),
        ("\"width\":16", "\"width\":0", "`width` is 0"),
        ("\"heads\":2", "\"heads\":0", "`heads` is 0"),
        ("\"heads\":2", "\"heads\":3", "no multiple of `heads` 3"),
        ("\"layers\":2", "\"layers\":2000000000", "`layers` is 2000000000"),
        ("\"feedForward\":24", "\"feedForward\":-1", "`feedForward` is -1"),
        ("\"features\":7", "\"features\":8", "`features` is 8, not 7"),
        ("\"constituents\":12", "\"constituents\":1000000000", "`constituents` is 1000000000"),
        ("\"means\":[0,", "\"means\":[0,0,", "7 means and deviations"),
    ])
    func `Sizes that no network has are errors that name the file and the setting`(
        _ text: String, _ other: String, _ message: String
    ) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try file(Example.settings, replacing: text, with: other)
        let error = #expect(throws: FileError.self) {
            try TaggerExport(weights: path, forms: nil, folder: nil)
        }
        #expect(error?.description.contains(message) == true && error?.description.contains(path) == true)
    }

    private enum Example {
        static let settings = Taggers.networks[0].settings
    }

    @Test func `A file larger than any ONNX file can be is refused before it is read`() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/large.safetensors"
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        // Holes take no disk.
        try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: 1 << 42)
        let error = #expect(throws: ExportError.self) { try TaggerExport(weights: path, forms: nil, folder: nil) }
        #expect(error?.description.contains(path) == true && error?.description.contains("can't hold more") == true)
    }

    @Test(arguments: [Float.nan, .infinity])
    func `A weight that is no number is an error that names its tensor`(_ value: Float) throws {
        let good = Taggers.tagger(.mlp(.init()))
        var values = good.theta.elements(Float.self)
        values[values.count - 1] = value
        let bad = TrainedTagger(theta: Tensor(values), description: good.description)
        let error = #expect(throws: ExportError.self) { try ExportedTagger(bad, as: .features) }
        #expect(error?.description.contains("layers.6.bias") == true)
    }
}
