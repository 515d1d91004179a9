import CTorch

/// Arithmetic, element by element, with LibTorch's broadcasting.
extension Tensor {
    public static func + (a: Tensor, b: Tensor) -> Tensor { Operators.add.one(.tensor(a), .tensor(b)) }
    public static func - (a: Tensor, b: Tensor) -> Tensor { Operators.subtract.one(.tensor(a), .tensor(b)) }
    public static func * (a: Tensor, b: Tensor) -> Tensor { Operators.multiply.one(.tensor(a), .tensor(b)) }
    public static func / (a: Tensor, b: Tensor) -> Tensor { Operators.divide.one(.tensor(a), .tensor(b)) }
    public static func + (a: Tensor, b: Double) -> Tensor { Operators.addScalar.one(.tensor(a), .double(b)) }
    public static func - (a: Tensor, b: Double) -> Tensor { Operators.addScalar.one(.tensor(a), .double(-b)) }
    public static func * (a: Tensor, b: Double) -> Tensor { Operators.multiplyScalar.one(.tensor(a), .double(b)) }
    public static func * (a: Double, b: Tensor) -> Tensor { b * a }
    public static func + (a: Double, b: Tensor) -> Tensor { b + a }
    public static func - (a: Double, b: Tensor) -> Tensor { -b + a }
    public static func / (a: Tensor, b: Double) -> Tensor { Operators.divideScalar.one(.tensor(a), .double(b)) }
    public static prefix func - (a: Tensor) -> Tensor { Operators.negate.one(.tensor(a)) }

    public func abs() -> Tensor { Operators.abs.one(.tensor(self)) }
    public func acos() -> Tensor { Operators.acos.one(.tensor(self)) }
    public func asinh() -> Tensor { Operators.asinh.one(.tensor(self)) }
    public func cos() -> Tensor { Operators.cos.one(.tensor(self)) }
    public func cosh() -> Tensor { Operators.cosh.one(.tensor(self)) }
    public func exp() -> Tensor { Operators.exp.one(.tensor(self)) }
    public func log() -> Tensor { Operators.log.one(.tensor(self)) }
    public func round() -> Tensor { Operators.round.one(.tensor(self)) }
    public func sigmoid() -> Tensor { Operators.sigmoid.one(.tensor(self)) }
    public func sin() -> Tensor { Operators.sin.one(.tensor(self)) }
    public func sinh() -> Tensor { Operators.sinh.one(.tensor(self)) }
    public func sqrt() -> Tensor { Operators.sqrt.one(.tensor(self)) }
    public func tanh() -> Tensor { Operators.tanh.one(.tensor(self)) }
    public func squared() -> Tensor { self * self }

    /// The angle of the point (x, y), in (−π, π]; `self` is y.
    public func atan2(_ x: Tensor) -> Tensor { Operators.atan2.one(.tensor(self), .tensor(x)) }

    /// Each element to a power.
    public func pow(_ exponent: Double) -> Tensor { Operators.powScalar.one(.tensor(self), .double(exponent)) }

    /// Each element moved into [`lower`, `upper`], where given.
    public func clamped(from lower: Double? = nil, to upper: Double? = nil) -> Tensor {
        Operators.clamp.one(
            .tensor(self), lower.map { .double($0) } ?? .none, upper.map { .double($0) } ?? .none)
    }

    /// True where the element is larger than `bound`.
    public func isGreater(than bound: Double) -> Tensor {
        Operators.greaterScalar.one(.tensor(self), .double(bound))
    }

    /// True where the element equals `value`.
    public func equals(_ value: Double) -> Tensor { Operators.equalScalar.one(.tensor(self), .double(value)) }

    /// The logical negation of each element.
    public func inverted() -> Tensor { Operators.logicalNot.one(.tensor(self)) }

    /// `self` with `value` where `mask` is true.
    public func filled(where mask: Tensor, with value: Double) -> Tensor {
        Operators.maskedFill.one(.tensor(self), .tensor(mask), .double(value))
    }

    /// Elements of `self` where the mask is true, of `other` elsewhere.
    public func selected(where mask: Tensor, else other: Tensor) -> Tensor {
        Operators.whereTensors.one(.tensor(mask), .tensor(self), .tensor(other))
    }

    // MARK: Sums

    /// The sum of all elements, as a tensor of rank 0.
    public func sum() -> Tensor { Operators.sumAll.one(.tensor(self)) }

    /// The mean of all elements, as a tensor of rank 0.
    public func mean() -> Tensor { Operators.meanAll.one(.tensor(self)) }

    /// The sum over some dimensions.
    public func sum(_ dimensions: Int..., keepingDimensions keep: Bool = false) -> Tensor {
        Operators.sum.one(.tensor(self), .ints(dimensions), .bool(keep))
    }

    /// The mean over some dimensions.
    public func mean(_ dimensions: Int..., keepingDimensions keep: Bool = false) -> Tensor {
        Operators.mean.one(.tensor(self), .ints(dimensions), .bool(keep))
    }

    /// The largest element over some dimensions.
    public func maximum(_ dimensions: Int..., keepingDimensions keep: Bool = false) -> Tensor {
        Operators.amax.one(.tensor(self), .ints(dimensions), .bool(keep))
    }

    // MARK: Products

    /// The matrix product over the last two dimensions, LibTorch's `matmul`.
    public func matmul(_ other: Tensor) -> Tensor { Operators.matmul.one(.tensor(self), .tensor(other)) }

    /// x Wᵀ + b for `weight` [out, in] and `bias` [out] or none.
    public func linear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
        guard let bias else { return Operators.linear.one(.tensor(self), .tensor(weight), .none) }
        return made(ct_linear(raw, weight.raw, bias.raw), of: (self, weight, bias))
    }

    /// exp(x) over its sum along `dimension`.
    public func softmax(_ dimension: Int) -> Tensor { Operators.softmax.one(.tensor(self), .int(dimension)) }

    /// x − log of the sum of exp(x) along `dimension`.
    public func logSoftmax(_ dimension: Int) -> Tensor { Operators.logSoftmax.one(.tensor(self), .int(dimension)) }

    /// (x − mean) / √(variance + ε) · weight + bias over the last dimension, with the biased variance. Can be
    /// differentiated any number of times, which LibTorch's own can't: its third derivative is wrong
    /// (pytorch/pytorch#175754). On the CPU the second derivative is fused. In float or double.
    public func layerNorm(_ weight: Tensor, _ bias: Tensor, epsilon: Double) -> Tensor {
        made(ct_layer_norm(raw, weight.raw, bias.raw, epsilon), of: (self, weight, bias))
    }

    /// max(x, 0).
    public func relu() -> Tensor { made(ct_relu(raw), of: self) }

    /// What a kernel of our own has made of `arguments`, which live until then.
    private func made<Arguments>(_ result: OpaquePointer?, of arguments: Arguments) -> Tensor {
        guard let result else { fatalError(lastError()) }
        return withExtendedLifetime(arguments) { Tensor(owning: result) }
    }

    /// Binary cross-entropy of logits against targets in [0, 1], element by element:
    /// max(f, 0) − f·y + log(1 + e^{−|f|}).
    public func binaryCrossEntropy(targets: Tensor) -> Tensor {
        Operators.bceWithLogits.one(.tensor(self), .tensor(targets), .none, .none, .int(0))
    }
}
