import CTorch

extension Tensor {
    /// A tensor on the CPU over memory that `owner` holds, without a copy. `owner` lives as long as anything uses the
    /// memory. Nothing may write to it meanwhile, neither the owner nor through the tensor.
    ///
    /// - Parameters:
    ///   - elements: in row-major order
    ///   - shape: as many elements
    public init<Scalar: TensorScalar>(
        sharing elements: UnsafeBufferPointer<Scalar>, shape: [Int], owner: some AnyObject & Sendable
    ) {
        precondition(
            shape.reduce(1, *) == elements.count, "\(elements.count) elements do not fill a tensor of shape \(shape)")
        guard let base = elements.baseAddress, !elements.isEmpty else {
            self = .zeros(shape, Scalar.scalarType)
            return
        }
        let raw = shape.map(Int64.init).withUnsafeBufferPointer {
            ct_share(
                UnsafeMutableRawPointer(mutating: base), $0.baseAddress, Int32(shape.count), Scalar.scalarType.rawValue,
                Unmanaged.passRetained(owner as AnyObject).toOpaque()
            ) { Unmanaged<AnyObject>.fromOpaque($0!).release() }
        }
        guard let raw else { fatalError(lastError()) }
        self.init(owning: raw)
    }
}
