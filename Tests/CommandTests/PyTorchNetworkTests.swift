import Fixtures
import Foundation
import HDF5
import Testing

/// PyTorch networks on the command line.
@Suite(.enabled(if: PyTorch.isThere))
struct PyTorchNetworkTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// The deep-sets network's samples as a user would write them.
    private func samples() throws -> String {
        let given = try Programs.open("deep-sets", "pt2"), path = scratch.path("mine.h5")
        let file = try HDF5Writer(path: path)
        let (features, mask) = (given.samples.inputs[0]!, given.samples.inputs[1]!)
        try file.addDataset("features", of: Float.self, rowShape: [6, 7], chunkRows: 4).append(features.elements())
        try file.addDataset("mask", of: UInt8.self, rowShape: [6], chunkRows: 4).append(mask.elements())
        try file.addDataset("target", of: Float.self, chunkRows: 4).append(given.samples.targets.elements())
        try file.close()
        return path
    }

    @Test func `inspect-network says what a file holds, and exits with 1 where it can't be measured`() throws {
        let whole = try RunningGoldstone.run(["inspect-network", try Programs.path("deep-sets.pt2"), "--json"])
        try #require(whole.status == 0, "\(whole.errors)")
        let found = try object(Data(whole.output.utf8))
        #expect(found["isTwiceDifferentiable"] as? Bool == true && found["output"] as? [Int] == [4])
        let inputs = try #require(found["inputs"] as? [[String: Any]])
        #expect(inputs.compactMap { $0["quantity"] as? String } == ["features", "mask"])
        let refused = try RunningGoldstone.run(["inspect-network", try Programs.path("refused-fused-attention.pt2")])
        #expect(refused.status == 1)
        #expect(refused.output.contains("do not work") && refused.output.contains("SDPBackend.MATH"))
        let training = try RunningGoldstone.run(["inspect-network", try Programs.path("refused-training.pt2")])
        #expect(training.status == 1 && training.errors.contains("model.eval()"))
    }

    @Test(arguments: ["pt2", "pt"])
    func `Curvature on samples of one's own is PyTorch's`(ending: String) throws {
        let network = try Programs.path("deep-sets.\(ending)"), output = scratch.path("out-\(ending)")
        let run = try RunningGoldstone.run([
            "curvature", network, "--data", try samples(), "--loss", "bce", "--probes", "0", "--output", output,
        ])
        try #require(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("on 12 samples"))
        let taggers = try #require(try object(try bytes("\(output)/curvature.json"))["taggers"] as? [[String: Any]])
        let top = try #require((taggers[0]["eigenvalues"] as? [Double])?.first)
        let exact = try Programs.open("deep-sets", ending).oracle["top"]![0]
        #expect(abs(top - exact) < 1e-3 * exact)
        #expect(taggers[0]["variant"] as? String == "deep-sets")
    }

    @Test func `The loss's landscape on samples of one's own has the parts that need no jets`() throws {
        let output = scratch.path("landscape")
        let run = try RunningGoldstone.run([
            "landscape", try Programs.path("deep-sets.pt2"), "--data", try samples(), "--output", output,
            "--curve-points", "5", "--plane-points", "3", "--computed-eigenvectors", "2",
        ])
        try #require(run.status == 0, "\(run.errors)")
        for part in ["curve", "plane", "random-plane"] { #expect(exists("\(output)/\(part).json")) }
        #expect(!exists("\(output)/ratio.json"))
        let ratio = try RunningGoldstone.run([
            "landscape", try Programs.path("deep-sets.pt2"), "--data", try samples(), "--output", output, "--what",
            "ratio",
        ])
        #expect(ratio.status == 1 && ratio.errors.contains("`ratio` is measured on jets"))
    }

    @Test func `Robustness and curvature run on jets, beside each other's formats`() throws {
        let networks = try ["deep-sets.pt2", "fused.pt2"].map { try Programs.path($0) }
        let robustness = try RunningGoldstone.run(
            ["robustness"] + networks + [
                "--data", "sample", "--strengths", "0,0.5", "--perturbations", "smearing", "--draws", "1",
                "--output", scratch.path("robustness"),
            ])
        try #require(robustness.status == 0, "\(robustness.errors)")
        let results = try object(try bytes(scratch.path("robustness/robustness.json")))
        let trainings = try #require(results["trainings"] as? [[String: Any]])
        #expect(trainings.compactMap { $0["weights"] as? String } == networks)
        let curves = try #require((trainings[0]["result"] as? [String: Any])?["curves"] as? [[String: Any]])
        let points = try #require(curves[0]["points"] as? [[String: Any]])
        let areas = points.compactMap { ($0["rocAUC"] as? [String: Any])?["values"] as? [Double] }
        #expect(areas.count == 2 && areas[0] != areas[1])
        let script = try Programs.path("attention.pt")
        let unknown = try RunningGoldstone.run([
            "curvature", script, "--data", "sample", "--jets", "32", "--probes", "0", "--inputs", "momentum=momenta",
        ])
        #expect(unknown.status == 1 && unknown.errors.contains("the nearest is `momenta`"))
        let run = try RunningGoldstone.run([
            "curvature", script, "--data", "sample", "--jets", "32", "--probes", "0", "--largest", "1", "--smallest",
            "0",
            "--inputs", "momenta=momenta", "mask=mask",
        ])
        #expect(run.status == 0 && run.output.contains("attention, seed 1"), "\(run.errors)")
    }

    private static let withNorms: [(file: String, inputs: [String], operation: String)] = ["pt", "pt2"].flatMap {
        ending in
        [
            ("attention.\(ending)", ["--inputs", "momenta=momenta", "mask=mask"], "layer_norm"),
            ("instance-norm.\(ending)", [], "instance_norm"),
        ]
    }

    @Test(arguments: withNorms)
    func `Where a third derivative of LibTorch's is wrong, a loss that takes it is refused before anything is measured`(
        file: String, inputs: [String], operation: String
    ) throws {
        let network = try Programs.path(file), output = scratch.path("third-\(file)")
        let common = ["--data", "sample", "--jets", "32", "--output", output] + inputs
        let landscape = [
            "landscape", network, "--what", "curve", "--curves", "1", "--computed-eigenvectors", "1", "--curve-points",
            "3",
        ]
        // A landscape differentiates each term by itself, whatever its weight.
        for command in [
            ["curvature", network, "--loss", "bce=1,infinitesimal=0.1"],
            landscape + ["--loss", "bce=1,infinitesimal=0.1"],
            landscape + ["--loss", "bce=1,infinitesimal=0"],
        ] {
            let run = try RunningGoldstone.run(command + common)
            #expect(run.status == 1 && run.errors.contains("third derivative"), "\(run.errors)")
            #expect(run.errors.contains(operation) && run.errors.contains(network))
            let written = (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
            #expect(!written.contains { $0.hasPrefix("eigenvectors") || $0 == "points" })
        }
        let without = try RunningGoldstone.run(
            ["curvature", network, "--loss", "bce=1,infinitesimal=0", "--largest", "1", "--smallest", "0"] + common
                + ["--probes", "0", "--trace-products", "8"])
        #expect(without.status == 0, "\(without.errors)")
    }

    @Test func `A file that is damaged, or no network at all, is an error and not a crash`() throws {
        let data = try bytes(try Programs.path("deep-sets.pt"))
        for (name, content) in [
            ("cut.pt", data.prefix(data.count / 2)), ("cut.pt2", data.prefix(100)), ("empty.pt2", Data()),
            ("text.pt", Data("import torch\n".utf8)),
        ] {
            let path = scratch.path(name)
            try content.write(to: URL(fileURLWithPath: path))
            let run = try RunningGoldstone.run(["curvature", path, "--data", "sample"])
            #expect(run.status == 1 && run.errors.contains(name), "\(run.errors)")
        }
        let missing = try RunningGoldstone.run(["inspect-network", scratch.path("nowhere.pt2")])
        #expect(missing.status == 1 && missing.errors.contains("cannot read"))
    }

    @Test func `A wrong loss or network for samples is named`() throws {
        let loss = try RunningGoldstone.run([
            "curvature", try Programs.path("deep-sets.pt2"), "--data", try samples(), "--loss", "bce=1,group=0.1",
        ])
        #expect(loss.status == 1 && loss.errors.contains("bce, cross-entropy, mse"))
        let jets = try RunningGoldstone.run([
            "curvature", try Programs.path("deep-sets.pt2"), "--data", "sample", "--loss", "mse",
        ])
        #expect(jets.status != 0 && jets.errors.contains("mse"))
    }
}
