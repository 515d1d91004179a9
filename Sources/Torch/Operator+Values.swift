import CTorch

/// Calls that a file asks for: operators by any name, arguments of any kind, results that may be numbers.
extension Operator {
    /// What an operator gives.
    public enum Value: Sendable {
        case none
        case tensor(Tensor)
        case int(Int)
        case double(Double)
        case bool(Bool)
    }

    /// The operator of that name and overload, or nil where LibTorch has none.
    public init?(ifThere name: String, _ overload: String = "") {
        guard let handle = ct_find_operator(name, overload) else { return nil }
        self.handle = handle
        self.name = overload.isEmpty ? name : "\(name).\(overload)"
    }

    /// `aten::add.Tensor`.
    public var qualifiedName: String { name }

    /// The names of its arguments, in order.
    public var argumentNames: [String] {
        (0..<ct_argument_count(handle)).map { String(cString: ct_argument_name(handle, $0)) }
    }

    /// Whether it changes tensors that it is given.
    public var writesArguments: Bool { ct_writes_arguments(handle) }

    /// Whether it draws random numbers, for some values of its arguments.
    public var drawsRandomNumbers: Bool { ct_draws_random_numbers(handle) }

    /// Calls the operator as Python would: a number may stand for a tensor or a list, a whole number for a real one.
    /// Results in lists and tuples come one after another.
    ///
    /// - Parameter checked: whether each argument's type is compared with the schema's. A call with other kinds of
    ///   arguments than one that was checked must be checked as well; it costs some microseconds.
    /// - Throws: LibTorch's message.
    public func values(_ arguments: [Argument], checked: Bool) throws(TorchError) -> [Value] {
        var frame = Frame()
        for argument in arguments { frame.append(argument) }
        var results = [ct_value](repeating: ct_value(), count: 8)
        func run() -> Int {
            Int(
                frame.withValues { arguments, count in
                    results.withUnsafeMutableBufferPointer {
                        ct_call_converting(handle, arguments, Int32(count), checked, $0.baseAddress, Int32($0.count))
                    }
                })
        }
        var count = run()
        if count > results.count {
            // Only operators that split give more than eight: ask again with room for all.
            for result in results where result.kind == CT_TENSOR { ct_release(result.value.tensor) }
            results = [ct_value](repeating: ct_value(), count: count)
            count = run()
        }
        guard count >= 0 else { throw .operatorFailed(name: name, reason: lastError()) }
        return results.prefix(count).map { result in
            switch result.kind {
            case CT_TENSOR:
                let tensor = Tensor(owning: result.value.tensor)
                return ct_is_defined(tensor.raw) ? .tensor(tensor) : .none
            case CT_INT: return .int(Int(result.value.integer))
            case CT_DOUBLE: return .double(result.value.real)
            case CT_BOOL: return .bool(result.value.integer != 0)
            default: return .none
            }
        }
    }
}

extension Tensor {
    /// The elements of a vector in the places that sizes, strides and an offset name, as a copy of them lies in a file of
    /// PyTorch's.
    ///
    /// - Throws: LibTorch's message where the places lie outside.
    public func strided(_ sizes: [Int], _ strides: [Int], offset: Int) throws(TorchError) -> Tensor {
        let found = sizes.map(Int64.init).withUnsafeBufferPointer { sizes in
            strides.map(Int64.init).withUnsafeBufferPointer {
                ct_strided(raw, sizes.baseAddress, $0.baseAddress, Int32(sizes.count), Int64(offset))
            }
        }
        guard let found else { throw .operatorFailed(name: "as_strided", reason: lastError()) }
        return Tensor(owning: found)
    }

    /// A tensor on the CPU whose elements are the bytes given.
    ///
    /// - Precondition: there are as many bytes as `count` elements take.
    public init(bytes: UnsafeRawBufferPointer, count: Int, _ type: ScalarType) {
        precondition(bytes.count == count * type.size, "\(bytes.count) bytes are not \(count) elements of \(type)")
        let raw = [Int64(count)].withUnsafeBufferPointer {
            ct_from_bytes(
                bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 8)!, $0.baseAddress, 1, type.rawValue)
        }
        guard let raw else { fatalError(lastError()) }
        self.init(owning: raw)
    }
}

extension LibTorch {
    /// Makes attention plain products from now on, in the whole process: LibTorch's fused kernels have no second
    /// derivative. Networks of Goldstone's own don't use them.
    public static func usePlainAttention() { ct_use_plain_attention() }
}
