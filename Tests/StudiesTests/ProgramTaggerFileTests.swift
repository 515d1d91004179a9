import Fixtures
import Foundation
import HDF5
import Jets
import Networks
import Objectives
import Studies
import Support
import Testing
import Torch

/// PyTorch networks as taggers of a study, and on samples of someone's own.
@Suite(.enabled(if: PyTorch.isThere))
struct ProgramTaggerFileTests {
    private let scratch = Scratch()

    /// A copy of one of the networks under a name of its own, with a description beside it.
    private func copy(_ file: String, to name: String, describing yaml: String? = nil) throws -> String {
        try FileManager.default.createDirectory(atPath: scratch.folder, withIntermediateDirectories: true)
        let path = scratch.path(name)
        try FileManager.default.copyItem(atPath: try Programs.path(file), toPath: path)
        if let yaml { try Data(yaml.utf8).write(to: URL(fileURLWithPath: "\(path).yaml")) }
        return path
    }

    @Test func `A file's name is its variant's, with a seed where it has one`() throws {
        let one = try TrainedTagger(program: try copy("deep-sets.pt2", to: "mine.pt2"), nil)
        #expect(one.description.variant == "mine" && one.description.seed == 1)
        let other = try TrainedTagger(program: try copy("deep-sets.pt2", to: "mine-seed-12.pt2"), nil)
        #expect(other.description.variant == "mine" && other.description.seed == 12)
        #expect(one.digest == other.digest)
    }

    @Test func `Jets are those of the study, constituents those of the network's shape`() throws {
        var data = StudySettings.DataSettings()
        (data.signal, data.background, data.constituents, data.jetSum) = (.top, .quark, 40, .kept)
        let input = try TrainedTagger(program: try copy("deep-sets.pt2", to: "mine.pt2"), data).description.input
        #expect(input.signal == .top && input.background == .quark && input.jetSum == .kept)
        #expect(input.constituents == 6)
        let said = try TrainedTagger(
            program: try copy("deep-sets.pt", to: "other.pt", describing: "{constituents: 9, signal: Z}"), data)
        #expect(said.description.input.constituents == 9 && said.description.input.signal == .z)
    }

    @Test func `Both formats give the logits of the same jets, from smeared ones, too`() throws {
        let jets = TaggingData(Example.jets(40, constituents: 6), signal: .w), reducer = Reducer(threads: 1)
        let exported = try TrainedTagger(program: try copy("deep-sets.pt2", to: "a.pt2"), nil)
        let script = try TrainedTagger(program: try copy("deep-sets.pt", to: "b.pt"), nil)
        for tagger in [exported, script] { try tagger.check(on: jets, needsSecondDerivative: true) }
        let stream = RandomStream(seed: 1, purpose: "noise")
        @Sendable func smeared(_ slice: TaggingData.Slice) -> TaggingData.Slice {
            slice.perturbed(by: MomentumSmearing(), strength: 0.3, stream, draw: 0)
        }
        let plain = reducer.logits(exported.network, at: exported.theta, jets)
        let changed = reducer.logits(exported.network, at: exported.theta, jets, seenAs: smeared)
        #expect(relativeDistance(reducer.logits(script.network, at: script.theta, jets), plain) < 1e-6)
        #expect(
            relativeDistance(reducer.logits(script.network, at: script.theta, jets, seenAs: smeared), changed) < 1e-6)
        #expect(relativeDistance(changed, plain) > 1e-3)
    }

    @Test func `The last layer is known where it gives the logit`() throws {
        let jets = TaggingData(Example.jets(40, constituents: 6), signal: .w)
        let tagger = try TrainedTagger(program: try copy("deep-sets.pt2", to: "mine.pt2"), nil)
        guard case .program(let network) = tagger.network else { throw FileError.cannotRead(path: "mine.pt2") }
        #expect(network.endsWithOutputLayer(jets.slice(Array(0..<8)).batch))
        let probability = try TrainedTagger(
            program: try copy("deep-sets.pt2", to: "other.pt2", describing: "output: probability"), nil)
        guard case .program(let other) = probability.network else { throw FileError.cannotRead(path: "other.pt2") }
        #expect(!other.endsWithOutputLayer(jets.slice(Array(0..<8)).batch))
    }

    @Test func `A wrong key of the description is named with its line`() throws {
        let path = try copy("deep-sets.pt2", to: "mine.pt2", describing: "output: logit\ninputs: {featuers: features}")
        let error = #expect(throws: SettingsError.self) { try TrainedTagger(program: path, nil) }
        #expect("\(error!)".contains("mine.pt2.yaml, line 2") && "\(error!)".contains("`inputs.features`"))
        let value = try copy("deep-sets.pt2", to: "other.pt2", describing: "inputs: {features: nonsense}")
        let wrong = #expect(throws: SettingsError.self) { try TrainedTagger(program: value, nil) }
        #expect("\(wrong!)".contains("nonsense") && "\(wrong!)".contains("momenta"))
    }

    @Test func `Jets that do not fit the network are refused before anything is measured`() throws {
        let tagger = try TrainedTagger(program: try copy("deep-sets.pt2", to: "mine.pt2"), nil)
        let error = #expect(throws: ProgramError.self) {
            try tagger.check(on: TaggingData(Example.jets(8, constituents: 12), signal: .w))
        }
        #expect("\(error!)".contains("features [B, 6, 7]") && "\(error!)".contains("[8, 12, 7]"))
    }

    // MARK: Samples

    private func samples(_ change: (inout [(String, [Int], [Double])]) -> Void = { _ in }) throws -> String {
        let given = try Programs.open("convolutional", "pt2")
        var columns = [
            ("points", given.samples.inputs[0]!.shape, given.samples.inputs[0]!.elements(Double.self)),
            ("target", [12], given.samples.targets.elements(Double.self)),
        ]
        change(&columns)
        try FileManager.default.createDirectory(atPath: scratch.folder, withIntermediateDirectories: true)
        let path = scratch.path("\(UUID().uuidString).h5"), file = try HDF5Writer(path: path)
        for (name, shape, values) in columns {
            try file.addDataset(name, of: Double.self, rowShape: Array(shape.dropFirst()), chunkRows: 4).append(values)
        }
        try file.close()
        return path
    }

    private func loss(_ path: String, _ loss: SampleLoss = .crossEntropy, first: Int = 100) throws -> SampleLossCase {
        let file = try #require(try SampleFile(ifSamples: path))
        return try SampleLossCase(contentsOf: try Programs.path("convolutional.pt2"), on: file, loss, first: first)
    }

    @Test func `Samples in HDF5 give PyTorch's loss, the first of them their own`() throws {
        let path = try samples(), given = try Programs.open("convolutional", "pt2"), reducer = Reducer(threads: 1)
        func value(first: Int) throws -> Double {
            let loss = try loss(path, first: first)
            #expect(loss.sampleCount == first)
            let objective = try loss.objective(
                [.init(name: "cross-entropy", weight: 1)], SymmetrySettings(), seed: 1, first: first)
            return reducer.value(objective, at: loss.theta, samples: Array(0..<first)).total
        }
        #expect(abs(try value(first: 12) - given.oracle["loss"]![0]) < 1e-5)
        #expect(abs(try value(first: 5) - given.oracle["loss"]![0]) > 1e-5)
    }

    @Test func `Jets are no samples`() throws {
        #expect(try SampleFile(ifSamples: "\(PyTorch.root.path)/Data/sample/jets.h5") == nil)
        #expect(try SampleFile(ifSamples: "sample") == nil)
    }

    @Test func `What is missing or does not go together is named`() throws {
        func complaint(_ loss: SampleLoss = .crossEntropy, _ change: (inout [(String, [Int], [Double])]) -> Void) throws
            -> String
        {
            let path = try samples(change)
            do {
                _ = try self.loss(path, loss)
                return "nothing"
            } catch {
                return "\(error)"
            }
        }
        #expect(try complaint { $0[0].0 = "point" }.contains("input points [B, 7, 6] float32"))
        #expect(try complaint { $0[0].0 = "point" }.contains("the nearest is point"))
        #expect(
            try complaint { ($0[1].1, $0[1].2) = ([11], Array($0[1].2.prefix(11))) }.contains("`points` has 12 rows"))
        #expect(try complaint { $0[0].1 = [12, 6, 7] }.contains("[12, 6, 7]"))
        #expect(try complaint { $0[1].2[3] = 3 }.contains("none of the 3 classes"))
        #expect(try complaint(.mse) { _ in }.contains("[12, 3]"))
        #expect(try complaint { $0.append(("weight", [12], [Double](repeating: -1, count: 12))) }.contains("`weight`"))
        #expect(try complaint { $0.append(("weight", [12], [Double](repeating: 2, count: 12))) } == "nothing")
    }
}
