import Curvature
import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Statistics
import Studies
import Testing
import Torch

/// Curvature after temperature matching: what does not change when a network is merely more sure of itself.
struct MatchedCurvatureTests {
    /// A tagger whose logits are `factor` times those of another one.
    private func invented(_ factor: Double, variant: String = "unconstrained") throws -> (TrainedTagger, TaggingData) {
        let invented = try InventedTagger(jets: 120)
        let table = invented.tagger.network.parameters
        let description = invented.tagger.description
        return (
            TrainedTagger(
                theta: table.scalingLogits(of: invented.tagger.theta, by: 5 * factor),
                description: .init(
                    network: description.network, input: description.input, variant: variant, seed: 1)),
            invented.data
        )
    }

    private var settings: CurvatureSettings {
        var settings = CurvatureSettings()
        settings.temperature = .matched
        (settings.largest, settings.smallest, settings.density.probes) = (1, 0, 0)
        // All directions of a small matrix, so that the trace is exact.
        settings.parameters = ["head.2.weight"]
        settings.tolerance = 1e-5
        return settings
    }

    private func measure(
        _ tagger: TrainedTagger, _ data: TaggingData, validation: TaggingData?, _ settings: CurvatureSettings,
        in folder: String? = nil
    ) throws -> TaggerCurvature {
        try CurvatureStep(
            tagger: tagger, data: data, validation: validation, settings: settings, folder: folder, threads: 2
        ).run { _ in }
    }

    @Test func `Two networks that differ in the scale of their logits have one matched curvature`() throws {
        let found = try [1.0, 3.0].map { factor in
            let (tagger, data) = try invented(factor)
            return try measure(tagger, data, validation: data, settings)
        }
        let matched = try found.map { try #require($0.matched) }
        #expect(abs(matched[1].temperature.value / matched[0].temperature.value / 3 - 1) < 1e-4)
        #expect(abs(matched[1].eigenvalue / matched[0].eigenvalue - 1) < 1e-4)
        #expect(abs(matched[1].trace / matched[0].trace - 1) < 1e-4)
        #expect(abs(matched[1].loss - matched[0].loss) < 1e-5)
        #expect(abs(found[1].eigenvalues[0] / found[0].eigenvalues[0] - 1) > 0.1)
        #expect(matched.allSatisfy { $0.validationJets == 120 && $0.temperature.standardError > 0 && $0.isConverged })
    }

    @Test func `It is the curvature of the weights with scaled logits`() throws {
        let (tagger, data) = try invented(2)
        let matched = try #require(try measure(tagger, data, validation: data, settings).matched)
        let scaled = TrainedTagger(
            theta: tagger.network.parameters.scalingLogits(of: tagger.theta, by: 1 / matched.temperature.value),
            description: tagger.description)
        var plain = settings
        plain.temperature = nil
        let direct = try measure(scaled, data, validation: nil, plain)
        #expect(direct.matched == nil && direct.eigenvalues[0] == matched.eigenvalue && direct.trace == matched.trace)
        #expect(direct.eigenvalueErrors[0] == matched.eigenvalueSamplingError && direct.loss == matched.loss)
    }

    @Test func `Without validation jets it is an error that says what to do`() throws {
        let (tagger, data) = try invented(1)
        let error = #expect(throws: MatchingError.self) { try measure(tagger, data, validation: nil, settings) }
        #expect(error?.description.contains("give --study FILE instead of --data") == true)
    }

    @Test func `A network that knows nothing of the classes has no matched curvature, and is not an error`() throws {
        let (tagger, data) = try invented(-1)
        let found = try measure(tagger, data, validation: data, settings)
        #expect(found.matched == nil && found.eigenvalues[0].isFinite)
    }

    @Test func `Asking for it measures nothing anew that is there, and it is kept, too`() throws {
        let scratch = Scratch(), (tagger, data) = try invented(1)
        var plain = settings
        plain.temperature = nil
        let before = try measure(tagger, data, validation: nil, plain, in: scratch.folder)
        let first = try measure(tagger, data, validation: data, settings, in: scratch.folder)
        #expect(first.seconds == before.seconds && first.settings == settings)
        let written = try Data(contentsOf: URL(filePath: scratch.path("matched.json")))
        let again = try measure(tagger, data, validation: data, settings, in: scratch.folder)
        #expect(again.matched == first.matched)
        #expect(try Data(contentsOf: URL(filePath: scratch.path("matched.json"))) == written)
        // Other validation jets, another temperature.
        let fewer = TaggingData(Example.jets(80), signal: .w)
        #expect(try measure(tagger, data, validation: fewer, settings, in: scratch.folder).matched != first.matched)
    }

    @Test func `Settings without it are written as they were before there was such a thing`() throws {
        let json = String(decoding: try JSONEncoder().encode(CurvatureSettings()), as: UTF8.self)
        #expect(!json.contains("temperature"))
        let matched = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(CurvatureSettings.self, from: matched) == settings)
    }

    @Test func `Ratios stand side by side, before and after`() throws {
        let taggers = try [(1.0, "unconstrained"), (3.0, "constrained")].map { factor, variant in
            let (tagger, data) = try invented(factor, variant: variant)
            return try measure(tagger, data, validation: data, settings)
        }
        let ratios = CurvatureRatios(of: "constrained", over: "unconstrained", taggers)
        let pair = try #require(ratios.pairs.first), matched = try #require(pair.matched)
        #expect(abs(matched.eigenvalue.value - 1) < 1e-4 && abs(matched.trace.value - 1) < 1e-4)
        #expect(abs(try #require(pair.eigenvalue).value - 1) > 0.1 && matched.converged)
        #expect(ratios.table(showing: "").columns.count == 5)
        let table = try #require(TaggerCurvature.matchedTable(taggers, showing: "jets"))
        #expect(table.rows.count == 2 && table.columns.count == 6)
        var plain = settings
        plain.temperature = nil
        let (tagger, data) = try invented(1)
        let without = [try measure(tagger, data, validation: nil, plain)]
        #expect(TaggerCurvature.matchedTable(without, showing: "") == nil)
    }
}
