import Export
import Foundation
import Networks
import Objectives
import Studies
import Testing
import Torch

/// Graphs run by ONNX Runtime beside the networks that they are made of.
@Suite(
    .enabled(
        if: Taggers.runtime != nil,
        "no Python has onnxruntime: `make check` installs it into .deps/peers (or pip install onnxruntime)"))
struct RuntimeParityTests {
    private func check(_ tagger: TrainedTagger, _ form: ExportedTagger.Form, jets: Int = 64) throws -> LogitCheck {
        try ExportedTagger(tagger, as: form).check(
            on: Taggers.jets(jets, for: tagger), source: "jets", with: try #require(Taggers.runtime),
            Reducer(threads: 1))
    }

    @Test(arguments: Taggers.cases)
    func `Logits are the network's, on jets of every number of constituents`(_ example: Taggers.Case) throws {
        let check = try check(Taggers.tagger(example.settings), example.form)
        #expect(check.jets == 64 && check.largestDifference < LogitCheck.tolerance)
    }

    @Test(arguments: [ExportedTagger.Form.features, .momenta])
    func `They are so without scaling and with jets that are the sum of what is seen`(_ form: ExportedTagger.Form)
        throws
    {
        let tagger = Taggers.tagger(Taggers.networks[0].settings, jetSum: .kept, scaling: nil)
        #expect(try check(tagger, form).largestDifference < LogitCheck.tolerance)
        let invariant = Taggers.tagger(.invariant(.init()), jetSum: .kept, scaling: nil)
        if form == .momenta { #expect(try check(invariant, form).largestDifference < LogitCheck.tolerance) }
    }

    @Test func `One jet alone is taken as well`() throws {
        #expect(try check(Taggers.tagger(.deepSets(.init())), .momenta, jets: 1).jets == 1)
    }

    @Test func `A graph of other weights is refused, and nothing is written`() throws {
        let right = Taggers.tagger(.deepSets(.init()))
        // As many parameters with one of them off by 1 %.
        var values = right.theta.elements(Float.self)
        values[300] *= 1.01
        let wrong = TrainedTagger(theta: Tensor(values), description: right.description)
        let reducer = Reducer(threads: 1), jets = Taggers.jets(64, for: right)
        var exported = try ExportedTagger(right, as: .features)
        exported.model = try ExportedTagger(wrong, as: .features).model
        let error = #expect(throws: ExportError.self) {
            try exported.check(on: jets, source: "jets", with: try #require(Taggers.runtime), reducer)
        }
        #expect(error?.description.contains("nothing is written") == true, "\(String(describing: error))")
    }

    @Test func `A Python that has no ONNX Runtime is an error where it is named`() throws {
        let error = #expect(throws: ExportError.self) { try ONNXRuntime.find("/nowhere/python") }
        #expect(error?.description.contains("/nowhere/python") == true)
    }
}
