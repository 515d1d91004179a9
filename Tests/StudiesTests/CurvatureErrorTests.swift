import Curvature
import Fixtures
import Foundation
import Networks
import Objectives
import Studies
import Support
import Testing
import Torch

/// The errors of a tagger's curvature, and which kept results are taken for what is asked for.
struct CurvatureErrorTests {
    private static func settings(_ method: TraceMethod) -> CurvatureSettings {
        var settings = CurvatureSettings()
        (settings.largest, settings.smallest, settings.density.probes) = (1, 0, 0)
        (settings.jets, settings.sliceSize, settings.tolerance) = (512, 16, 1e-3)
        (settings.trace.method, settings.trace.maximumProducts, settings.trace.relativeError) = (method, 24, 1e-6)
        return settings
    }

    /// Taggers on slices that all hold the same jets.
    private static func taggers(_ method: TraceMethod, in folder: String? = nil) throws -> [TaggerCurvature] {
        let jets = Example.jets(16).subset((0..<512).map { $0 % 16 })
        return try [(1, "unconstrained"), (2, "constrained")].map { seed, variant in
            let tagger = try InventedTagger(jets: 16, seed: UInt64(seed), variant: variant).tagger
            let own = TrainedTagger(
                theta: tagger.theta,
                description: .init(
                    network: tagger.description.network, input: tagger.description.input, variant: variant, seed: 1))
            return try CurvatureStep(
                tagger: own, data: TaggingData(jets, signal: .w), settings: settings(method),
                folder: folder.map { "\($0)/\(variant)" }, threads: 2
            ).run { _ in }
        }
    }

    @Test func `Jets that are the same in all slices make no error of their own, and a ratio's is not counted twice`()
        throws
    {
        let taggers = try Self.taggers(.krylov)
        for tagger in taggers {
            #expect(try #require(tagger.eigenvalueErrors[0]) < 1e-4 * abs(tagger.eigenvalues[0]))
            #expect(tagger.traceStandardError > 0)
            #expect(try #require(tagger.traceSamplingError) < 0.7 * tagger.traceStandardError)
        }
        let ratio = try #require(CurvatureRatios(of: "constrained", over: "unconstrained", taggers).pairs.first).trace
        #expect(ratio.samplingContainsEstimator && ratio.standardError == ratio.samplingError)
        #expect(ratio.standardError < 1.25 * ratio.estimatorError)
        // With signs that all slices share both errors are told by themselves.
        let shared = try Self.taggers(.hutchinson)
        let other = try #require(CurvatureRatios(of: "constrained", over: "unconstrained", shared).pairs.first).trace
        #expect(!other.samplingContainsEstimator && abs(other.standardError / other.estimatorError - 1) < 1e-3)
    }

    @Test func `A kept result's error from the choice of the jets is set right without measuring it again`() throws {
        let scratch = Scratch(), first = try Self.taggers(.krylov, in: scratch.folder)
        let path = scratch.path("constrained/curvature.json")
        // As it was written when the estimator's error was still in it.
        var record = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any])
        var curvature = try #require(record["curvature"] as? [String: Any])
        curvature["traceSamplingError"] = SamplingError.jackknife(first[1].traceReplicates)
        record["curvature"] = curvature
        try JSONSerialization.data(withJSONObject: record).write(to: URL(filePath: path))
        let again = try Self.taggers(.krylov, in: scratch.folder)
        #expect(again[1].seconds == first[1].seconds)
        #expect(again[1].traceSamplingError == first[1].traceSamplingError)
    }

    @Test(arguments: ["group", "infinitesimal"])
    func `Only what a wrong third derivative was in is measured anew`(_ term: String) throws {
        let scratch = Scratch(), tagger = try InventedTagger(jets: 16), data = TaggingData(tagger.jets, signal: .w)
        var settings = Self.settings(.krylov)
        settings.terms.append(.init(name: term, weight: 0.1))
        _ = try CurvatureStep(
            tagger: tagger.tagger, data: data, settings: settings, folder: scratch.folder, threads: 2
        ).run { _ in }
        let record = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: scratch.path("curvature.json"))))
                as? [String: Any])
        // The identity as it was before.
        let encoder = JSONEncoder(), loss = TaggerLoss(tagger.tagger, data)
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(settings), as: UTF8.self)
        let before = Digest.of([text, loss.digest, loss.dataDigest(first: settings.jets)] + loss.identity)
        #expect((record["identity"] as? String == before) == (term == "group"))
    }

    @Test func `A study file's limit of products leaves room for the trace's error`() throws {
        func error(_ trace: String) -> String {
            do {
                _ = try StudySettings(yaml: "curvature: {trace: {\(trace)}}", file: "my.yaml")
                return "none"
            } catch { return "\(error)" }
        }
        #expect(
            error("maximumProducts: 3").contains(
                "`curvature.trace.maximumProducts` must be at least 4 with `method: krylov`, not `3`"))
        #expect(error("maximumProducts: 5, method: hutch++").contains("at least 6 with `method: hutch++`"))
        #expect(error("maximumProducts: 4") == "none" && error("maximumProducts: 2, method: hutchinson") == "none")
    }
}
