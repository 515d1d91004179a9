import Foundation
import Support
import Torch

/// A network that comes from a file of PyTorch's: a program of LibTorch's operators as a function of its parameters and
/// its inputs. Attention runs as plain products in the whole process from the first such program on.
public protocol NetworkProgram: Sendable {
    /// The file's path.
    var file: String { get }
    /// `torch.export` or `TorchScript`.
    var format: String { get }
    /// The parameters that are free, under the names of the `state_dict`. Those with `requires_grad=False` are constants,
    /// unless all are.
    var parameters: ParameterTable { get }
    /// The parameters as the file has them, float [P].
    var theta: Tensor { get }
    /// Its inputs, in order.
    var inputs: [ProgramInput] { get }
    /// What it computes with, in order.
    var operators: [ProgramError.Place] { get }
    /// Buffers, constants and frozen parameters.
    var constants: [Tensor] { get }

    /// Runs it, in the type of the parameters: real inputs and constants are converted.
    ///
    /// - Parameters:
    ///   - theta: the parameters' tensors in the table's order
    ///   - inputs: one for each of ``inputs``; nil leaves an optional one out
    ///   - isChecked: whether the types of all arguments are compared with what the operators want. The first run of a
    ///     program must be checked.
    /// - Returns: the first tensor that the program gives.
    /// - Throws: ``ProgramError`` naming the node where the inputs do not fit.
    func run(_ theta: [Tensor], _ inputs: [Tensor?], isChecked: Bool) throws(ProgramError) -> Tensor

    /// The first node that has no second derivative, or none. Cost: a few runs, node by node.
    func placeWithoutSecondDerivative(_ theta: [Tensor], _ inputs: [Tensor?]) throws(ProgramError) -> ProgramError?
}

/// An input of a program.
public struct ProgramInput: Sendable, Equatable {
    public let name: String
    /// Sizes, nil for one that is free; nil where the file does not say.
    public let shape: [Int?]?
    /// nil where the file does not say.
    public let type: ScalarType?
    /// Whether it may be left out.
    public let isOptional: Bool

    /// An input; nil for what its file does not tell.
    public init(name: String, shape: [Int?]? = nil, type: ScalarType? = nil, isOptional: Bool = false) {
        self.name = name
        self.shape = shape
        self.type = type
        self.isOptional = isOptional
    }

    /// `features [B, 32, 7] float32`.
    public var description: String {
        let sizes = shape.map { shape in
            " ["
                + shape.enumerated().map { place, size in size.map(String.init) ?? (place == 0 ? "B" : "any") }
                .joined(separator: ", ") + "]"
        }
        return name + (sizes ?? "") + (type.map { " \($0)" } ?? "") + (isOptional ? ", optional" : "")
    }
}

/// Opens files of PyTorch's.
public enum NetworkPrograms {
    /// Whether a path is that of such a file, by its ending.
    public static func isProgram(_ path: String) -> Bool {
        ["pt2", "pt", "pth", "ts", "jit"].contains((path as NSString).pathExtension.lowercased())
    }

    /// Opens a file of `torch.export.save` or `torch.jit.save`, whichever it is.
    ///
    /// A file of `torch.export.save` is data; every part of it is checked. One of `torch.jit.save` is read by LibTorch and
    /// must be trusted.
    ///
    /// - Throws: ``ProgramError``.
    public static func open(_ path: String) throws(ProgramError) -> any NetworkProgram {
        let archive = try ZipArchive.ofProgram(contentsOf: path)
        let names = archive.names
        func has(_ part: String) -> Bool { names.contains { $0.split(separator: "/").dropFirst().first == part[...] } }
        if has("models") { return try ExportedProgram(archive) }
        if has("code") { return try ScriptProgram(contentsOf: path) }
        if has("data.pkl") {
            throw .noProgram(file: path, found: "pickled tensors or a pickled object (torch.save)")
        }
        throw .noProgram(file: path, found: "no model")
    }
}

extension NetworkProgram {
    /// Runs it where it is known to run: after ``check(_:)``. The message of what goes wrong nevertheless ends the
    /// process.
    func runChecked(_ theta: [Tensor], _ inputs: [Tensor?]) -> Tensor {
        do {
            return try run(theta, inputs, isChecked: false)
        } catch {
            fatalError("\(error)")
        }
    }

    /// Runs it once on inputs such as it will be given, to see that it runs, that two runs give the same, and that it
    /// changes nothing that it keeps.
    ///
    /// - Returns: the output.
    /// - Throws: ``ProgramError``.
    public func check(_ inputs: [Tensor?]) throws(ProgramError) -> Tensor {
        let theta = parameters.variables(of: self.theta.copied())
        let kept = theta + constants, before = kept.map { $0.copied() }
        func run(isChecked: Bool) throws(ProgramError) -> Tensor {
            let result = withoutRecording { () -> Result<Tensor, ProgramError> in
                do throws(ProgramError) {
                    return .success(try self.run(theta, inputs, isChecked: isChecked))
                } catch {
                    return .failure(error)
                }
            }
            return try result.get()
        }
        let first = try run(isChecked: true)
        guard first.isPlain else { throw .output(file: file, reason: "its output is no dense tensor of numbers") }
        let second = try run(isChecked: false)
        let advice = "call model.eval() before the export"
        guard zip(kept, before).allSatisfy({ $0.0.hasEqualBytes(as: $0.1) }) else {
            throw .refused(
                file: file, place: .whole("the network"), reason: "it changes its own buffers or parameters as it runs",
                advice: advice)
        }
        guard first.hasEqualBytes(as: second) else {
            throw .refused(
                file: file, place: .whole("the network"),
                reason: "two runs on the same inputs differ: it draws random numbers",
                advice: advice)
        }
        return first
    }

    /// A flat vector of tensors, float.
    static func packed(_ tensors: [Tensor]) -> Tensor {
        guard !tensors.isEmpty else { return Tensor([Float]()) }
        return .concatenated(tensors.map { $0.to(.float32).reshaped($0.count) }).copied()
    }
}

extension Tensor {
    /// Whether type, shape and every element are the same; NaN is the same as NaN.
    func hasEqualBytes(as other: Tensor) -> Bool {
        guard scalarType == other.scalarType, shape == other.shape else { return false }
        let (a, b) = (
            detached().to(.float64).elements(Double.self), other.detached().to(.float64).elements(Double.self)
        )
        return zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
    }
}
