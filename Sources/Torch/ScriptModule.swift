import CTorch

/// A TorchScript module (`torch.jit.save`) as a function of its tensors and its inputs, in evaluation mode. It can be
/// differentiated any number of times and run on several threads at once.
///
/// Reading runs LibTorch's own reader, and the module is a program: the file must be trusted.
public final class ScriptModule: @unchecked Sendable {
    private let raw: OpaquePointer

    /// One of the module's tensors. A tensor with several names is here once, under the first.
    public struct Member: Sendable {
        /// As in `state_dict`: `encoder.0.weight`.
        public let name: String
        public let role: Role
        public let tensor: Tensor
    }

    /// What a tensor is to its module.
    public enum Role: Sendable { case parameter, buffer, attribute }

    /// One argument of `forward`.
    public struct Input: Sendable {
        public let name: String
        public let isTensor: Bool
        /// Whether it may be left out.
        public let isOptional: Bool
    }

    /// Its tensors.
    public let members: [Member]
    /// The arguments of `forward`, in order.
    public let inputs: [Input]
    /// The operators of `forward` and what it calls, with the lines of the program that they stand in.
    public let operators: [(name: String, source: String)]

    /// Loads a file.
    ///
    /// - Throws: LibTorch's message.
    public init(contentsOf path: String) throws(TorchError) {
        guard let raw = ct_load_module(path) else { throw .operatorFailed(name: "torch.jit.load", reason: lastError()) }
        self.raw = raw
        members = (0..<ct_module_tensor_count(raw)).map { index in
            let role: Role =
                switch ct_module_tensor_role(raw, index) {
                case CT_PARAMETER: .parameter
                case CT_BUFFER: .buffer
                default: .attribute
                }
            return Member(
                name: String(cString: ct_module_tensor_name(raw, index)), role: role,
                tensor: Tensor(owning: ct_module_tensor(raw, index)!))
        }
        inputs = (0..<ct_module_input_count(raw)).map { index in
            Input(
                name: String(cString: ct_module_input_name(raw, index)),
                isTensor: ct_module_input_is_tensor(raw, index),
                isOptional: ct_module_input_is_optional(raw, index))
        }
        operators = (0..<ct_module_operator_count(raw)).map { index in
            (
                String(cString: ct_module_operator_name(raw, index)),
                String(cString: ct_module_operator_source(raw, index))
            )
        }
    }

    deinit { ct_release_module(raw) }

    /// Runs `forward`.
    ///
    /// - Parameters:
    ///   - tensors: take the place of ``members``, one for each
    ///   - inputs: one for each of ``inputs``; nil leaves it out
    /// - Returns: the first tensor of the result.
    /// - Throws: LibTorch's message.
    public func callAsFunction(_ tensors: [Tensor], _ inputs: [Tensor?]) throws(TorchError) -> Tensor {
        precondition(
            tensors.count == members.count && inputs.count == self.inputs.count,
            "a module is called with all of its tensors and a place for each input")
        let result = withExtendedLifetime((tensors, inputs)) {
            tensors.map { Optional($0.raw) }.withUnsafeBufferPointer { tensors in
                inputs.map { $0?.raw }.withUnsafeBufferPointer {
                    ct_run_module(raw, tensors.baseAddress, $0.baseAddress)
                }
            }
        }
        guard let result else { throw .operatorFailed(name: "forward", reason: lastError()) }
        return Tensor(owning: result)
    }
}
