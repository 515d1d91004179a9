import Torch

/// A program of `torch.jit.save`, run by LibTorch's interpreter with other tensors in the place of the module's own. The
/// file is read by LibTorch and holds code: it must be trusted.
public struct ScriptProgram: NetworkProgram {
    public let file: String
    public let parameters: ParameterTable
    public let theta: Tensor
    public let inputs: [ProgramInput]
    public let operators: [ProgramError.Place]
    /// Buffers, other tensors of the module, frozen parameters.
    public let constants: [Tensor]
    public var format: String { "TorchScript" }

    private let module: ScriptModule
    /// Where each of the module's tensors comes from.
    private let origins: [Origin]

    private enum Origin { case parameter(Int), constant(Int) }

    /// Loads a file, in evaluation mode.
    ///
    /// - Throws: ``ProgramError`` with LibTorch's message where it can't be loaded.
    public init(contentsOf path: String) throws(ProgramError) {
        file = path
        do {
            module = try ScriptModule(contentsOf: path)
        } catch {
            throw .damaged(file: path, reason: "LibTorch \(LibTorch.version) can't load it: \(error.reason)")
        }
        let isFrozen = module.members.contains { $0.role == .parameter && $0.tensor.isRecorded }
        var table = ParameterTable(), values: [Tensor] = [], constants: [Tensor] = [], origins: [Origin] = []
        for member in module.members {
            let tensor = member.tensor
            guard tensor.isPlain else {
                throw .refused(
                    file: path, place: .whole("`\(member.name)`"), reason: "its numbers are of a kind that is not read",
                    advice: "use float32")
            }
            if member.role == .parameter, tensor.isFloating, tensor.isRecorded || !isFrozen {
                origins.append(.parameter(values.count))
                table.append(member.name, tensor.shape, .constant(0))
                values.append(tensor.detached())
            } else {
                origins.append(.constant(constants.count))
                constants.append((tensor.isFloating ? tensor.detached().to(.float32) : tensor.detached()).copied())
            }
        }
        guard table.count > 0 else {
            throw .refused(
                file: path, place: .whole("the network"), reason: "it has no parameters",
                advice: "save the module without torch.jit.freeze and torch.jit.optimize_for_inference")
        }
        parameters = table
        theta = Self.packed(values)
        self.constants = constants
        self.origins = origins
        inputs = module.inputs.map { ProgramInput(name: $0.name, isOptional: $0.isOptional) }
        if let other = module.inputs.first(where: { !$0.isTensor && !$0.isOptional }) {
            throw .input(file: path, name: other.name, reason: "it is no tensor, so there is nothing to give to it")
        }
        operators = module.operators.map { name, source in
            .init(node: name, operation: name, source: Self.line(source))
        }
        LibTorch.usePlainAttention()
    }

    public func run(_ theta: [Tensor], _ inputs: [Tensor?], isChecked: Bool) throws(ProgramError) -> Tensor {
        let type = theta.first?.scalarType ?? .float32
        let tensors = origins.map { origin -> Tensor in
            switch origin {
            case .parameter(let index): theta[index]
            case .constant(let index): constants[index].isFloating ? constants[index].to(type) : constants[index]
            }
        }
        do {
            return try module(tensors, inputs.map { $0.map { $0.isFloating ? $0.to(type) : $0 } })
        } catch {
            throw .failed(file: file, place: .whole("`forward`"), reason: error.reason)
        }
    }

    public func placeWithoutSecondDerivative(_ theta: [Tensor], _ inputs: [Tensor?]) throws(ProgramError)
        -> ProgramError?
    {
        let result = recording { () -> Result<String?, ProgramError> in
            do throws(ProgramError) {
                let output = try run(theta, inputs, isChecked: true)
                guard output.isRecorded else { return .success(nil) }
                return .success(obstacleToSecondDerivative(of: [output], with: theta))
            } catch {
                return .failure(error)
            }
        }
        guard let reason = try result.get() else { return nil }
        // LibTorch names the backward operator: `aten::_scaled_dot_product_…_backward`.
        let place = operators.last { reason.contains($0.operation.dropFirst("aten::".count)) }
        return .notTwiceDifferentiable(file: file, place: place ?? .whole("the network"), reason: reason)
    }

    /// The line of a source range that the program names as its place.
    private static func line(_ source: String) -> String? {
        let lines = source.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let place = lines.first(where: { $0.hasPrefix("File ") }) else { return nil }
        let marked = lines.indices.first { lines[$0].contains("<--- HERE") }
        return place + (marked.flatMap { $0 > 0 ? ": `\(lines[$0 - 1])`" : nil } ?? "")
    }
}
