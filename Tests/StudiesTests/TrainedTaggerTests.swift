import Fixtures
import Foundation
import Networks
import Studies
import Support
import Testing
import Torch

/// Weights as files, whatever network they belong to.
struct TrainedTaggerTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path

    private func tagger(_ settings: TaggerNetwork.Settings) -> TrainedTagger {
        TrainedTagger(
            theta: TaggerNetwork(settings).initialParameters(seed: 1),
            description: .init(
                network: settings, input: .init(signal: .w, background: .gluon, constituents: 12), variant: "test",
                seed: 7))
    }

    @Test(arguments: [
        TaggerNetwork.Settings.transformer(Example.network().settings), .deepSets(.init()), .mlp(.init()),
        .invariant(.init()),
    ])
    func `A file is enough to have the network back`(_ settings: TaggerNetwork.Settings) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let written = tagger(settings)
        try written.write(to: path)
        let read = try TrainedTagger(contentsOf: path)
        #expect(read.description == written.description && read.network.settings == settings)
        #expect(read.theta.elements(Float.self) == written.theta.elements(Float.self))
    }

    @Test func `A file without a kind of network is a transformer's`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let written = tagger(.transformer(Example.network().settings))
        try written.write(to: path)
        var file = try Safetensors(contentsOf: path)
        let text = try #require(file.metadata["goldstone"])
        let old = text.replacing("\"kind\":\"transformer\",", with: "")
        #expect(old != text)
        file.metadata["goldstone"] = old
        try file.write(to: path)
        #expect(try TrainedTagger(contentsOf: path).network.settings == written.network.settings)
    }

    @Test func `A kind of network that nobody knows is an error that names it`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try tagger(.mlp(.init())).write(to: path)
        var file = try Safetensors(contentsOf: path)
        file.metadata["goldstone"] = file.metadata["goldstone"]?.replacing("\"mlp\"", with: "\"lstm\"")
        try file.write(to: path)
        let error = #expect(throws: FileError.self) { try TrainedTagger(contentsOf: path) }
        #expect(error?.description.contains("lstm") == true && error?.description.contains(path) == true)
    }
}
