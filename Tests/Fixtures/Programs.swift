import Foundation
import Networks
import Objectives
import Torch

/// Networks that aren't Goldstone's, written and exported by `Tests/Parity/programs.py` once for all tests.
public enum Programs {
    /// Where the script has put its files; its error where it failed.
    private static let written = Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("programs-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try PyTorch.run([PyTorch.root.appendingPathComponent("Tests/Parity/programs.py").path, folder])
        return folder
    }

    public static func path(_ file: String) throws -> String { "\(try written.get())/\(file)" }

    /// The networks that can be measured.
    public static let names = ["deep-sets", "convolutional", "attention", "fused", "instance-norm"]
    /// The endings of both formats.
    public static let endings = ["pt2", "pt"]

    /// A network with its samples, and what PyTorch says of it.
    public struct Case {
        public let program: any NetworkProgram
        public let samples: Samples
        public let loss: SampleLoss
        /// Outputs, `loss`, `gradient`, `vector`, `product`, `top`, in double, parameters in the program's own order.
        public let oracle: [String: [Double]]
    }

    /// Opens a network. PyTorch's vectors are put into the order of the program's parameters.
    public static func open(_ name: String, _ ending: String) throws -> Case {
        let program = try NetworkPrograms.open(try path("\(name).\(ending)"))
        let file = try Safetensors(contentsOf: try path("\(name).safetensors"))
        func tensor(_ name: String) throws -> Tensor? {
            guard let entry = file[name] else { return nil }
            switch entry.dataType {
            case .float64: return Tensor(try entry.doubles(), shape: entry.shape)
            case .float32: return Tensor(try entry.floats(), shape: entry.shape)
            case .int64: return Tensor(try entry.integers(), shape: entry.shape)
            default: return Tensor(entry.bytes.map { $0 != 0 }, shape: entry.shape)
            }
        }
        let inputs = try program.inputs.indices.map { try tensor("input.\($0)") }
        let theirs = try JSONDecoder().decode([String].self, from: Data(file.metadata["names"]!.utf8))
        // Where each of their parameters begins.
        var starts: [String: Int] = [:], start = 0
        for name in theirs {
            starts[name] = start
            start += program.parameters[name]?.count ?? 0
        }
        var oracle: [String: [Double]] = [:]
        for name in ["outputs", "loss", "top"] { oracle[name] = try file[name]!.doubles() }
        for name in ["gradient", "vector", "product"] {
            let values = try file[name]!.doubles()
            oracle[name] = program.parameters.entries.flatMap { values[starts[$0.name]!..<starts[$0.name]! + $0.count] }
        }
        return Case(
            program: program, samples: Samples(inputs: inputs, targets: try tensor("target")!),
            loss: SampleLoss(rawValue: file.metadata["loss"]!)!, oracle: oracle)
    }
}
