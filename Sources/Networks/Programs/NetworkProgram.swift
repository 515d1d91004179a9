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

    /// Runs it on inputs such as it will be given, to see that it runs, that two runs give the same, that it changes nothing
    /// that it keeps, and that no sample's output depends on which others it is given with.
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
        if let place = try placeThatMixes(theta, inputs, first) {
            throw .refused(
                file: file, place: place,
                reason:
                    "what it gives for a sample depends on the other samples that it is given with, as with mean and variance "
                    + "of the batch",
                advice: "give batch norms running statistics (track_running_stats=True), and " + advice)
        }
        return first
    }

    /// Where samples see each other: the first batch norm, or the network as a whole; nil where they don't. The outputs of
    /// half of the samples must be the same without the others; rounding is far smaller than what is asked of them.
    ///
    /// - Parameter outputs: of all samples
    private func placeThatMixes(_ theta: [Tensor], _ inputs: [Tensor?], _ outputs: Tensor) throws(ProgramError)
        -> ProgramError.Place?
    {
        guard let count = outputs.shape.first, count > 1, outputs.isFloating,
            inputs.allSatisfy({ $0.map { $0.shape.first == count } ?? true })
        else { return nil }
        let half = (count + 1) / 2
        let result = withoutRecording { () -> Result<Tensor, ProgramError> in
            do throws(ProgramError) {
                return .success(
                    try run(theta, inputs.map { $0?.narrowed(0, from: 0, length: half).copied() }, isChecked: false))
            } catch {
                return .failure(error)
            }
        }
        let alone = try result.get(), together = outputs.narrowed(0, from: 0, length: half)
        guard alone.shape == together.shape else { return nil }
        let (x, y) = (alone.elements(Double.self), together.elements(Double.self))
        // What is no number is said where it is needed.
        let scale = outputs.elements(Double.self).filter(\.isFinite).map(abs).max() ?? 0
        guard zip(x, y).contains(where: { abs($0 - $1) > 1e-3 * scale }) else { return nil }
        return operators.first { $0.operation.contains("batch_norm") } ?? .whole("the network")
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
