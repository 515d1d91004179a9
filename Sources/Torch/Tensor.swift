import CTorch
import Foundation

/// The type of a tensor's elements, with LibTorch's numbers for them.
public enum ScalarType: Int32, Sendable, Hashable {
    case uint8 = 0
    case int8 = 1
    case int16 = 2
    case int32 = 3
    case int64 = 4
    case float16 = 5
    case float32 = 6
    case float64 = 7
    case bool = 11
    case bfloat16 = 15

    /// Bytes an element takes.
    public var size: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .int16, .float16, .bfloat16: 2
        case .int32, .float32: 4
        case .int64, .float64: 8
        }
    }

    /// The types of real numbers.
    public static let floating: Set<ScalarType> = [.float16, .float32, .float64, .bfloat16]
}

/// A Swift number that a tensor can hold.
public protocol TensorScalar {
    static var scalarType: ScalarType { get }
}

extension Float: TensorScalar { public static var scalarType: ScalarType { .float32 } }
extension Double: TensorScalar { public static var scalarType: ScalarType { .float64 } }
extension Int64: TensorScalar { public static var scalarType: ScalarType { .int64 } }
extension Int32: TensorScalar { public static var scalarType: ScalarType { .int32 } }
extension UInt8: TensorScalar { public static var scalarType: ScalarType { .uint8 } }
extension Bool: TensorScalar { public static var scalarType: ScalarType { .bool } }

/// A tensor of LibTorch. Copies of the value share the elements; the memory is freed with the last of them.
///
/// Operators take and give shapes as LibTorch does. Shapes that don't fit are a programmer's error and trap with
/// LibTorch's own message; use ``Operator/attempt(_:)`` where they come from a user.
public struct Tensor: @unchecked Sendable {
    private final class Handle {
        let raw: OpaquePointer
        init(_ raw: OpaquePointer) { self.raw = raw }
        deinit { ct_release(raw) }
    }

    private let handle: Handle
    var raw: OpaquePointer { handle.raw }

    init(owning raw: OpaquePointer) { handle = Handle(raw) }

    /// A tensor on the CPU with a copy of `elements`, in row-major order.
    ///
    /// - Precondition: the product of `shape` is the number of elements.
    public init<Scalar: TensorScalar>(_ elements: [Scalar], shape: [Int]) {
        self = elements.withUnsafeBufferPointer { Tensor(copying: $0, shape: shape) }
    }

    /// A vector.
    public init<Scalar: TensorScalar>(_ elements: [Scalar]) { self.init(elements, shape: [elements.count]) }

    /// As ``init(_:shape:)``, from memory.
    public init<Scalar: TensorScalar>(copying elements: UnsafeBufferPointer<Scalar>, shape: [Int]) {
        precondition(
            shape.reduce(1, *) == elements.count, "\(elements.count) elements do not fill a tensor of shape \(shape)")
        let raw = shape.map(Int64.init).withUnsafeBufferPointer {
            ct_from_bytes(
                UnsafeRawPointer(elements.baseAddress) ?? UnsafeRawPointer(bitPattern: 8)!, $0.baseAddress,
                Int32(shape.count), Scalar.scalarType.rawValue)
        }
        guard let raw else { fatalError(lastError()) }
        self.init(owning: raw)
    }

    /// A tensor of zeros.
    public static func zeros(_ shape: [Int], _ type: ScalarType = .float32, device: Device = .cpu) -> Tensor {
        Operators.zeros.one(.ints(shape), .type(type), .none, .device(device))
    }

    /// A tensor with every element `value`.
    public static func full(
        _ shape: [Int], _ value: Double, _ type: ScalarType = .float32, device: Device = .cpu
    ) -> Tensor {
        Operators.full.one(.ints(shape), .double(value), .type(type), .none, .device(device))
    }

    // MARK: What it is

    /// The number of dimensions.
    public var rank: Int { Int(ct_rank(raw)) }

    /// The number of elements along each dimension.
    public var shape: [Int] { (0..<rank).map { Int(ct_size(raw, Int32($0))) } }

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// The type of the elements.
    ///
    /// - Precondition: it is one of ``ScalarType``'s.
    public var scalarType: ScalarType {
        guard let type = ScalarType(rawValue: ct_scalar_type(raw)) else {
            fatalError("a tensor of LibTorch's scalar type number \(ct_scalar_type(raw)), which Torch has no name for")
        }
        return type
    }

    /// Whether the elements are of a type of ``ScalarType``: complex and quantised numbers, for example, are not.
    public var hasKnownType: Bool { ScalarType(rawValue: ct_scalar_type(raw)) != nil }

    /// Whether it is dense, on the CPU, and of a type that has a name here: what an operator of a user's file gives may be
    /// sparse, nested, complex or quantised.
    public var isPlain: Bool { ct_is_plain(raw) && hasKnownType }

    /// Whether it is plain (``isPlain``), and the elements are real numbers.
    public var isFloating: Bool { isPlain && ScalarType.floating.contains(scalarType) }

    /// Where the elements are.
    public var device: Device {
        let name = String(cString: ct_device_name(raw))
        switch name {
        case "cpu": return .cpu
        case "meta": return .meta
        default: return .cuda(Int(name.split(separator: ":").last ?? "0") ?? 0)
        }
    }

    // MARK: Elements

    /// The one element of a tensor that has just one, as a double.
    public var item: Double {
        let value = ct_item(raw)
        let message = lastError()
        guard message.isEmpty else { fatalError(message) }
        return value
    }

    /// All elements in row-major order, converted to `Scalar`.
    public func elements<Scalar: TensorScalar>(_ type: Scalar.Type = Scalar.self) -> [Scalar] {
        let source = self.detached().to(.cpu).to(Scalar.scalarType).contiguous()
        return source.withElements(Scalar.self) { Array($0) }
    }

    /// Lends the elements' memory for reading, without a copy.
    ///
    /// - Precondition: the tensor is contiguous, on the CPU and of the type asked for.
    public func withElements<Scalar: TensorScalar, Result>(
        _ type: Scalar.Type, _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
    ) rethrows -> Result {
        try withMutableElements(type) { try body(UnsafeBufferPointer($0)) }
    }

    /// Lends the elements' memory for reading and writing. All copies of this value see what is written, and
    /// automatic differentiation does not.
    ///
    /// - Precondition: as for ``withElements(_:_:)``.
    public func withMutableElements<Scalar: TensorScalar, Result>(
        _ type: Scalar.Type, _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
    ) rethrows -> Result {
        precondition(scalarType == Scalar.scalarType, "a tensor of \(scalarType) was asked for \(Scalar.scalarType)")
        let count = self.count
        guard let data = ct_data(raw) ?? (count == 0 ? UnsafeMutableRawPointer(bitPattern: 8) : nil) else {
            fatalError("the elements of a tensor that is not contiguous or not on the CPU cannot be lent")
        }
        return try withExtendedLifetime(self) {
            try body(UnsafeMutableBufferPointer(start: data.assumingMemoryBound(to: Scalar.self), count: count))
        }
    }
}

/// LibTorch as a library.
public enum LibTorch {
    /// The version whose headers the program was compiled with.
    public static var version: String { String(cString: ct_version()) }

    /// LibTorch's own account of how it was built.
    public static var buildDescription: String { String(cString: ct_build_description()) }

    /// The instruction set that LibTorch's kernels use on this processor, for example `AVX512`.
    public static var instructionSet: String { String(cString: ct_cpu_capability()) }

    /// Makes operators single-threaded (the reducer runs one worker a core instead) and keeps freed memory in the
    /// process, which is faster for tensors of megabytes. Call it once, before the first operator.
    public static func configureProcess() { ct_configure_process() }

    /// Bytes that the process holds on the heap now, the CPU's tensors among them. Cost: a look at the allocator.
    public static var allocatedBytes: Int { Int(ct_allocated_bytes()) }

    /// Bytes that tensors on a device take now; on the CPU all that the process holds on the heap.
    public static func allocatedBytes(on device: Device) -> Int {
        guard case .cuda(let index) = device else { return allocatedBytes }
        return Int(ct_device_allocated_bytes(Int32(index)))
    }
}
