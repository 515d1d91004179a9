/// A vector of doubles in which slices' results are added up.
public final class Accumulator: @unchecked Sendable {
    let elements: UnsafeMutableBufferPointer<Double>

    /// All zeros.
    public init(count: Int) {
        elements = .allocate(capacity: count)
        elements.initialize(repeating: 0)
    }

    deinit { elements.deallocate() }

    /// How many elements it has.
    public var count: Int { elements.count }

    /// The elements.
    public var values: [Double] { Array(elements) }

    /// Lends the elements.
    public func withElements<Result>(_ body: (UnsafeMutableBufferPointer<Double>) throws -> Result) rethrows -> Result {
        try body(elements)
    }

    /// Makes all elements zero.
    public func clear() { elements.update(repeating: 0) }
}
