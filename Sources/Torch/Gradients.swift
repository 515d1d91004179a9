import CTorch

/// Automatic differentiation.
extension Tensor {
    /// A leaf that shares the elements and records what is computed from it.
    public func asVariable() -> Tensor {
        let leaf = detached()
        guard ct_set_requires_grad(leaf.raw, true) == 0 else { fatalError(lastError()) }
        return leaf
    }

    /// Whether what is computed from this tensor is recorded.
    public var isRecorded: Bool { ct_requires_grad(raw) }
}

/// The gradients ∂⟨seed, output⟩/∂xᵢ of a tensor with respect to each of `variables`.
///
/// Cost: about two forward passes.
/// - Parameters:
///   - output: rank 0 unless a seed is given
///   - seed: a tensor of the output's shape; nil stands for 1
///   - keepingGraph: whether a later call may go through the same graph again
///   - recording: whether the gradients can be differentiated themselves (keeps the graph, too)
/// - Returns: zeros for a variable that the output does not depend on.
/// - Precondition: the graph can be differentiated: an operator without a derivative traps with LibTorch's message.
public func gradients(
    of output: Tensor, seed: Tensor? = nil, with variables: [Tensor], keepingGraph: Bool = false,
    recording: Bool = false
) -> [Tensor] {
    gradients(
        of: [output], seeds: seed.map { [$0] }, with: variables, keepingGraph: keepingGraph, recording: recording)
}

/// As ``gradients(of:seed:with:keepingGraph:recording:)`` for the sum Σⱼ⟨seedⱼ, outputⱼ⟩ over several outputs.
public func gradients(
    of outputs: [Tensor], seeds: [Tensor]?, with variables: [Tensor], keepingGraph: Bool = false,
    recording: Bool = false
) -> [Tensor] {
    switch attemptGradients(
        of: outputs, seeds: seeds, with: variables, keepingGraph: keepingGraph, recording: recording)
    {
    case .success(let tensors): return tensors
    case .failure(let error): fatalError(error.description)
    }
}

/// As ``gradients(of:seeds:with:keepingGraph:recording:)``, with LibTorch's message as an error: for graphs that come
/// from a user's file.
public func attemptGradients(
    of outputs: [Tensor], seeds: [Tensor]?, with variables: [Tensor], keepingGraph: Bool = false,
    recording: Bool = false
) -> Result<[Tensor], TorchError> {
    var found = [OpaquePointer?](repeating: nil, count: variables.count)
    let status = withExtendedLifetime((outputs, seeds, variables)) {
        let results = outputs.map { Optional($0.raw) }, inputs = variables.map { Optional($0.raw) }
        let factors = (seeds ?? []).map { Optional($0.raw) }
        return factors.withUnsafeBufferPointer { factors in
            ct_gradients(
                results, seeds == nil ? nil : factors.baseAddress, Int32(results.count), inputs, Int32(inputs.count),
                keepingGraph, recording, &found)
        }
    }
    guard status == 0 else { return .failure(.operatorFailed(name: "gradient", reason: lastError())) }
    return .success(
        zip(found, variables).map { pointer, variable in
            pointer.map { Tensor(owning: $0) }
                ?? Tensor.zeros(variable.shape, variable.scalarType, device: variable.device)
        })
}

/// Runs `body` without recording what it computes. Holds for the calling thread.
public func withoutRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = ct_grad_mode()
    ct_set_grad_mode(false)
    defer { ct_set_grad_mode(before) }
    return try body()
}

/// Runs `body` recording what it computes, also within ``withoutRecording(_:)``. Holds for the calling thread.
public func recording<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = ct_grad_mode()
    ct_set_grad_mode(true)
    defer { ct_set_grad_mode(before) }
    return try body()
}
