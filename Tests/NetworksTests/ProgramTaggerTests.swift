import Fixtures
import Foundation
import Networks
import Testing
import Torch

/// Someone else's network as a tagger: what its inputs are given, and how its output is read.
struct ProgramTaggerTests {
    /// A program that only states its inputs, and gives what it is told to.
    private struct Stated: NetworkProgram {
        var file = "stated.pt2"
        var format = "torch.export"
        var parameters = ParameterTable()
        var theta = Tensor([Float]())
        var inputs: [ProgramInput]
        var operators: [ProgramError.Place] = []
        var constants: [Tensor] = []
        var output = Tensor([Float]())

        func run(_ theta: [Tensor], _ inputs: [Tensor?], isChecked: Bool) throws(ProgramError) -> Tensor { output }
        func placeWithoutSecondDerivative(_ theta: [Tensor], _ inputs: [Tensor?]) throws(ProgramError)
            -> ProgramError?
        { nil }
    }

    private func tagger(_ inputs: ProgramInput..., given: [String: JetQuantity] = [:]) throws -> ProgramTagger {
        try ProgramTagger(Stated(inputs: inputs), digest: "", inputs: given)
    }

    private let jets = JetBatch.example(count: 3, constituents: 5, features: 7)

    @Test func `Inputs are known by their shapes and names`() throws {
        let tagger = try tagger(
            ProgramInput(name: "x", shape: [nil, 5, 7], type: .float32),
            ProgramInput(name: "p", shape: [nil, 4, 5], type: .float32),
            ProgramInput(name: "valid", shape: [nil, 1, 5], type: .float32),
            ProgramInput(name: "coordinates", shape: [nil, 2, 5], type: .float32))
        #expect(
            tagger.settings.inputs.mapValues(\.description) == [
                "x": "features", "p": "momenta", "valid": "mask", "coordinates": "features[0,1]",
            ])
        #expect(tagger.constituents == 5)
        #expect(tagger.inputs(of: jets).map { $0!.shape } == [[3, 5, 7], [3, 4, 5], [3, 1, 5], [3, 2, 5]])
        let momenta = jets.momenta!.constituents.transposed(1, 2).elements(Double.self)
        #expect(tagger.inputs(of: jets)[1]!.elements(Double.self) == momenta)
        let azimuths = jets.features.select(-1, 1).elements(Double.self)
        #expect(tagger.inputs(of: jets)[3]!.select(1, 1).elements(Double.self) == azimuths)
    }

    @Test func `One flat input is the features, constituent by constituent`() throws {
        let tagger = try tagger(ProgramInput(name: "x", shape: [nil, 35], type: .float32))
        #expect(tagger.constituents == 5)
        #expect(tagger.inputs(of: jets)[0]!.elements(Double.self) == jets.features.elements(Double.self))
    }

    @Test func `An input that nothing tells is asked for, with what can be said`() throws {
        let unknown = ProgramInput(name: "thing", shape: [nil, 3, 3, 3], type: .float32)
        let error = #expect(throws: ProgramError.self) { try tagger(unknown) }
        #expect("\(error!)".contains("--inputs thing=QUANTITY") && "\(error!)".contains("momenta"))
        let said = try tagger(ProgramInput(name: "thing"), given: ["thing": JetQuantity("momenta.transposed")!])
        #expect(said.inputs(of: jets)[0]!.shape == [3, 4, 5])
        let wrong = #expect(throws: ProgramError.self) {
            try tagger(ProgramInput(name: "x", shape: [nil, 5, 7]), given: ["features": JetQuantity(.features)])
        }
        #expect("\(wrong!)".contains("no such input; it has x"))
    }

    @Test func `A quantity that does not fit the input's shape is refused`() throws {
        let tagger = try tagger(ProgramInput(name: "x", shape: [nil, 9, 7], type: .float32))
        let error = #expect(throws: ProgramError.self) { try tagger.check(jets) }
        #expect("\(error!)".contains("[B, 9, 7]") && "\(error!)".contains("[3, 5, 7]"))
    }

    @Test(arguments: [
        "features", "features[0,1]", "momenta.transposed", "mask", "maskNumbers", "jet", "jet[0]", "count",
    ])
    func `A quantity is written as it is read`(text: String) throws {
        #expect(JetQuantity(text)?.description == text)
        let coded = try JSONEncoder().encode([text])
        #expect(try JSONDecoder().decode([JetQuantity].self, from: coded) == [JetQuantity(text)!])
    }

    @Test(arguments: [
        "", "feature", "features[]", "features[7]", "features[a]", "jet.transposed", "mask[0]", "features[0",
    ])
    func `What is no quantity is none`(text: String) {
        #expect(JetQuantity(text) == nil)
    }

    @Test func `Two logits are read as their difference, probabilities as log odds`() throws {
        func logits(_ output: Tensor, _ change: (inout LogitReading) -> Void = { _ in }) throws -> [Double] {
            var reading = LogitReading()
            change(&reading)
            let program = Stated(inputs: [ProgramInput(name: "x", shape: [nil, 5, 7])], output: output)
            let tagger = try ProgramTagger(program, digest: "", reading: reading)
            return tagger([], jets).elements(Double.self)
        }
        let two = Tensor([1.0, 3, 0, -1, 2, 2], shape: [3, 2])
        #expect(try logits(two) == [2, -1, 0])
        #expect(try logits(two) { ($0.signal, $0.background) = (0, 1) } == [-2, 1, 0])
        #expect(try logits(Tensor([0.5, -1, 2], shape: [3, 1])) == [0.5, -1, 2])
        let odds = try logits(Tensor([0.5, 0.8, 0.1])) { $0.scale = .probability }
        for (found, exact) in zip(odds, [0, log(4.0), -log(9.0)]) { #expect(abs(found - exact) < 1e-12) }
        let softmax = try logits(two.softmax(1)) { $0.scale = .probability }
        for (found, exact) in zip(softmax, [2, -1, 0.0]) { #expect(abs(found - exact) < 1e-12) }
        let logSoftmax = try logits(two.logSoftmax(1)) { $0.scale = .logProbability }
        for (found, exact) in zip(logSoftmax, [2, -1, 0.0]) { #expect(abs(found - exact) < 1e-12) }
    }
}
