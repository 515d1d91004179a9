import CTorch
import Foundation

/// An operator of LibTorch, found in its dispatcher by name: `Operator("aten::mm")`, `Operator("aten::add", "Tensor")`.
///
/// A call costs about a microsecond beside the operator's own work.
public struct Operator: @unchecked Sendable {
    let handle: OpaquePointer
    let name: String

    /// - Precondition: LibTorch has an operator of that name and overload.
    public init(_ name: String, _ overload: String = "") {
        guard let handle = ct_find_operator(name, overload) else { fatalError(lastError()) }
        self.handle = handle
        self.name = overload.isEmpty ? name : "\(name).\(overload)"
    }

    /// An argument as the dispatcher takes it. Trailing arguments that are left out take their schema's defaults.
    public enum Argument: Sendable {
        case none
        case tensor(Tensor)
        case optional(Tensor?)
        case int(Int)
        case double(Double)
        case bool(Bool)
        case ints([Int])
        case tensors([Tensor])
        case optionals([Tensor?])
        case doubles([Double])
        case bools([Bool])
        case string(String)
        case device(Device)
        case type(ScalarType)
        /// What the schema has.
        case standard
    }

    /// Calls the operator and returns its tensors in order.
    ///
    /// - Precondition: shapes and types fit: they are the programmer's, so a mismatch traps with LibTorch's message.
    public func callAsFunction(_ arguments: Argument...) -> [Tensor] { call(arguments) }

    /// As ``callAsFunction(_:)``, for an operator with one result.
    public func one(_ arguments: Argument...) -> Tensor { call(arguments)[0] }

    func call(_ arguments: [Argument]) -> [Tensor] {
        switch attempt(arguments) {
        case .success(let tensors): return tensors
        case .failure(let error): fatalError(error.description)
        }
    }

    /// As ``callAsFunction(_:)``, with LibTorch's message as an error: for shapes that come from a user's file.
    public func attempt(_ arguments: [Argument]) -> Result<[Tensor], TorchError> {
        var frame = Frame()
        for argument in arguments { frame.append(argument) }
        var results = [OpaquePointer?](repeating: nil, count: 8)
        var count = frame.withValues { ct_call(handle, $0, Int32($1), &results, Int32(results.count)) }
        if count > results.count {
            // Only operators that split give more than eight: ask again with room for all.
            for case let result? in results { ct_release(result) }
            results = [OpaquePointer?](repeating: nil, count: Int(count))
            count = frame.withValues { ct_call(handle, $0, Int32($1), &results, Int32(results.count)) }
        }
        guard count >= 0 else { return .failure(.operatorFailed(name: name, reason: lastError())) }
        return .success(results.prefix(Int(count)).map { Tensor(owning: $0!) })
    }
}

/// The message of LibTorch's last error on this thread.
func lastError() -> String { String(cString: ct_last_error()) }

/// What can go wrong in LibTorch through no fault of the programmer's.
public enum TorchError: Error, CustomStringConvertible {
    case operatorFailed(name: String, reason: String)

    /// LibTorch's message.
    public var reason: String {
        switch self {
        case .operatorFailed(_, let reason): reason
        }
    }

    public var description: String {
        switch self {
        case .operatorFailed(let name, let reason): "\(name): \(reason)"
        }
    }
}

/// The arguments of one call in C's layout, with what they point to.
struct Frame {
    private var values: [ct_value] = []
    private var integers: [Int64] = []
    private var reals: [Double] = []
    private var tensors: [OpaquePointer?] = []
    private var kept: [Tensor] = []
    private var strings: [String] = []
    private var fixes: [(value: Int, kind: ct_kind, start: Int)] = []

    mutating func append(_ argument: Operator.Argument) {
        var value = ct_value()
        value.kind = CT_NONE
        switch argument {
        case .none, .optional(nil): break
        case .standard: value.kind = CT_DEFAULT
        case .tensor(let tensor), .optional(let tensor?):
            value.kind = CT_TENSOR
            value.value.tensor = tensor.raw
            kept.append(tensor)
        case .int(let integer):
            value.kind = CT_INT
            value.value.integer = Int64(integer)
        case .type(let type):
            value.kind = CT_INT
            value.value.integer = Int64(type.rawValue)
        case .double(let real):
            value.kind = CT_DOUBLE
            value.value.real = real
        case .bool(let flag):
            value.kind = CT_BOOL
            value.value.integer = flag ? 1 : 0
        case .ints(let list):
            value.kind = CT_INTS
            value.count = Int64(list.count)
            fixes.append((values.count, CT_INTS, integers.count))
            integers.append(contentsOf: list.lazy.map(Int64.init))
        case .tensors(let list):
            value.kind = CT_TENSORS
            value.count = Int64(list.count)
            fixes.append((values.count, CT_TENSORS, tensors.count))
            tensors.append(contentsOf: list.lazy.map { $0.raw })
            kept.append(contentsOf: list)
        case .optionals(let list):
            value.kind = CT_TENSORS
            value.count = Int64(list.count)
            fixes.append((values.count, CT_TENSORS, tensors.count))
            tensors.append(contentsOf: list.lazy.map { $0?.raw })
            kept.append(contentsOf: list.compactMap(\.self))
        case .doubles(let list):
            value.kind = CT_DOUBLES
            value.count = Int64(list.count)
            fixes.append((values.count, CT_DOUBLES, reals.count))
            reals.append(contentsOf: list)
        case .bools(let list):
            value.kind = CT_BOOLS
            value.count = Int64(list.count)
            fixes.append((values.count, CT_INTS, integers.count))
            integers.append(contentsOf: list.lazy.map { $0 ? 1 : 0 })
        case .string(let text):
            value.kind = CT_STRING
            fixes.append((values.count, CT_STRING, strings.count))
            strings.append(text)
        case .device(let device):
            value.kind = CT_DEVICE
            fixes.append((values.count, CT_DEVICE, strings.count))
            strings.append(device.description)
        }
        values.append(value)
    }

    mutating func withValues(_ body: (UnsafePointer<ct_value>, Int) -> Int32) -> Int32 {
        let texts = strings.map { strdup($0)! }
        defer { for text in texts { free(text) } }
        return integers.withUnsafeBufferPointer { integers in
            reals.withUnsafeBufferPointer { reals in
                tensors.withUnsafeBufferPointer { tensors in
                    for fix in fixes {
                        switch fix.kind {
                        case CT_INTS: values[fix.value].value.ints = integers.baseAddress.map { $0 + fix.start }
                        case CT_DOUBLES: values[fix.value].value.reals = reals.baseAddress.map { $0 + fix.start }
                        case CT_TENSORS: values[fix.value].value.tensors = tensors.baseAddress.map { $0 + fix.start }
                        default: values[fix.value].value.string = UnsafePointer(texts[fix.start])
                        }
                    }
                    return withExtendedLifetime(kept) {
                        values.withUnsafeBufferPointer { values in
                            // An operator without arguments has no memory for them.
                            body(values.baseAddress ?? UnsafePointer(bitPattern: 8)!, values.count)
                        }
                    }
                }
            }
        }
    }
}
