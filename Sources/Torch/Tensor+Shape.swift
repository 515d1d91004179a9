import Foundation

/// The same elements in another arrangement, and the same values in another type or place.
extension Tensor {
    public func reshaped(_ shape: Int...) -> Tensor { reshaped(shape) }
    public func reshaped(_ shape: [Int]) -> Tensor { Operators.reshape.one(.tensor(self), .ints(shape)) }
    public func transposed(_ first: Int, _ second: Int) -> Tensor {
        Operators.transpose.one(.tensor(self), .int(first), .int(second))
    }
    public func permuted(_ order: Int...) -> Tensor { Operators.permute.one(.tensor(self), .ints(order)) }
    public func unsqueezed(_ dimension: Int) -> Tensor { Operators.unsqueeze.one(.tensor(self), .int(dimension)) }
    public func contiguous() -> Tensor { Operators.contiguous.one(.tensor(self)) }

    /// Element `index` along `dimension`, which disappears.
    public func select(_ dimension: Int, _ index: Int) -> Tensor {
        Operators.select.one(.tensor(self), .int(dimension), .int(index))
    }

    /// `length` elements along `dimension` from `start` on, sharing the elements' memory.
    public func narrowed(_ dimension: Int, from start: Int, length: Int) -> Tensor {
        Operators.narrow.one(.tensor(self), .int(dimension), .int(start), .int(length))
    }

    /// Consecutive parts along `dimension`. Differentiating through it fills no zeros, unlike many ``narrowed(_:from:length:)``.
    public func split(_ sizes: [Int], dimension: Int = 0) -> [Tensor] {
        Operators.splitWithSizes(.tensor(self), .ints(sizes), .int(dimension))
    }

    /// Rows (or other slices along `dimension`) in the order of `indices`.
    public func gathered(_ dimension: Int = 0, _ indices: [Int]) -> Tensor {
        Operators.indexSelect.one(.tensor(self), .int(dimension), .tensor(Tensor(indices.map(Int64.init)).to(device)))
    }

    /// Rows in the order of `places`, whole numbers [n] on this tensor's device: the host need not know them.
    public func gathered(at places: Tensor) -> Tensor { Operators.index.one(.tensor(self), .optionals([places])) }

    /// Overwrites the elements with those of a tensor of the same shape, converting their type; copies of this value see it.
    public func overwrite(with other: Tensor) { _ = Operators.copyInPlace(.tensor(self), .tensor(other)) }

    /// Overwrites the rows at `places` [n] with those of `rows` [n, …].
    public func overwriteRows(at places: Tensor, with rows: Tensor) {
        _ = Operators.indexCopyInPlace(.tensor(self), .int(0), .tensor(places), .tensor(rows))
    }

    /// Adds a number to each element, in place.
    public func increase(by number: Int) { _ = Operators.addInPlace(.tensor(self), .int(number)) }

    /// A tensor of fixed numbers on a device. On a GPU it is sent there once and then kept: whoever asks again, in the middle
    /// of an epoch, does not make the device wait.
    public static func constant(
        _ values: [Double], shape: [Int]? = nil, _ type: ScalarType, device: Device
    ) -> Tensor {
        func make() -> Tensor { Tensor(values, shape: shape ?? [values.count]).to(type).to(device) }
        return device == .cpu
            ? make() : Constants.kept(.init(values: values, shape: shape, type: type, device: device), make)
    }

    /// Tensors joined along a dimension that they have.
    public static func concatenated(_ tensors: [Tensor], dimension: Int = 0) -> Tensor {
        Operators.cat.one(.tensors(tensors), .int(dimension))
    }

    /// Tensors of one shape joined along a new dimension.
    public static func stacked(_ tensors: [Tensor], dimension: Int = 0) -> Tensor {
        Operators.stack.one(.tensors(tensors), .int(dimension))
    }

    /// The same values in another type; `self` where it has that type already.
    public func to(_ type: ScalarType) -> Tensor { Operators.to.one(.tensor(self), .type(type)) }

    /// The same values on another device; `self` where it is there already.
    public func to(_ device: Device) -> Tensor {
        self.device == device ? self : Operators.toDevice.one(.tensor(self), .device(device), .type(scalarType))
    }

    /// The same elements, cut off from what they were computed from.
    public func detached() -> Tensor { Operators.detach.one(.tensor(self)) }

    /// A copy with memory of its own, cut off from what it was computed from.
    public func copied() -> Tensor { Operator.clone.one(.tensor(detached())) }

    /// A copy with memory of its own, as part of what is differentiated.
    public func cloned() -> Tensor { Operator.clone.one(.tensor(self)) }

    /// True where all elements are neither infinite nor NaN.
    public var isFinite: Bool {
        Operators.any.one(.tensor(Operators.isFinite.one(.tensor(self)).inverted())).item == 0
    }
}

extension Operator {
    static let clone = Operator("aten::clone")
}

/// Fixed numbers that were sent to devices.
private enum Constants {
    struct Name: Hashable {
        let values: [Double], shape: [Int]?, type: ScalarType, device: Device
    }

    private static let lock = NSLock()
    nonisolated(unsafe) private static var tensors: [Name: Tensor] = [:]

    static func kept(_ name: Name, _ make: () -> Tensor) -> Tensor {
        lock.withLock {
            if let tensor = tensors[name] { return tensor }
            let tensor = make()
            tensors[name] = tensor
            return tensor
        }
    }
}
