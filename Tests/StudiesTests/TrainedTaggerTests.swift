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

    @Test(arguments: [
        TaggerNetwork.Settings.transformer(Example.network().settings), .deepSets(.init()), .mlp(.init()),
        .invariant(.init()),
    ])
    func `A file is enough to have the network back`(_ settings: TaggerNetwork.Settings) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let written = InventedWeights.tagger(settings)
        try written.write(to: path)
        let read = try TrainedTagger(contentsOf: path)
        #expect(read.description == written.description && read.network.settings == settings)
        #expect(read.theta.elements(Float.self) == written.theta.elements(Float.self))
    }

    @Test func `A file without a kind of network is a transformer's`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let written = InventedWeights.tagger(.transformer(Example.network().settings))
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
        try InventedWeights.tagger(.mlp(.init())).write(to: path)
        var file = try Safetensors(contentsOf: path)
        file.metadata["goldstone"] = file.metadata["goldstone"]?.replacing("\"mlp\"", with: "\"lstm\"")
        try file.write(to: path)
        let error = #expect(throws: FileError.self) { try TrainedTagger(contentsOf: path) }
        #expect(error?.description.contains("lstm") == true && error?.description.contains(path) == true)
    }

    @Test(arguments: [
        ("\"heads\":2", "\"heads\":0", "`heads` is 0"), ("\"width\":16", "\"width\":-16", "`width` is -16"),
        ("\"width\":16", "\"width\":15", "no multiple of `heads`"),
        ("\"layers\":2", "\"layers\":1000000000", "`layers` is"),
        ("\"dropout\":0", "\"dropout\":1", "`dropout` is 1"),
        ("\"constituents\":12", "\"constituents\":0", "`constituents` is 0"),
        ("\"background\":\"gluon\"", "\"background\":\"W\"", "are both W"),
        ("\"layers\":2", "\"layers\":3", "is missing"),
    ])
    func `Settings that no network can have are errors, not crashes`(_ old: String, _ new: String, _ message: String)
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try InventedWeights.tagger(.transformer(Example.network().settings)).write(to: path)
        var file = try Safetensors(contentsOf: path)
        let text = try #require(file.metadata["goldstone"])
        file.metadata["goldstone"] = text.replacing(old, with: new)
        #expect(file.metadata["goldstone"] != text)
        try file.write(to: path)
        let error = #expect(throws: (any Error).self) { try TrainedTagger(contentsOf: path) }
        #expect("\(error!)".contains(path) && "\(error!)".contains(message), "\(error!)")
    }
}
