import Torch

/// Python's arithmetic on the sizes of tensors, as it stands in an exported graph: `x.shape[0] * x.shape[1]`.
package struct SymbolicArithmetic: Sendable {
    let name: String
    private let function: @Sendable ([Operator.Value]) -> Operator.Value?

    /// The function of that name in the graph (`_operator.mul`, `torch.sym_max`, `math.trunc`); nil where there is none.
    package init?(_ target: String) {
        guard let function = Self.functions[target] else { return nil }
        name = target
        self.function = function
    }

    /// Its value; nil where the numbers have none: a division by 0, an overflow, the wrong number of them.
    package func callAsFunction(_ arguments: [Operator.Value]) -> Operator.Value? { function(arguments) }

    private static func real(_ value: Operator.Value) -> Double? {
        switch value {
        case .int(let integer): Double(integer)
        case .double(let real): real
        case .bool(let flag): flag ? 1 : 0
        default: nil
        }
    }

    private static func whole(_ value: Operator.Value) -> Int? {
        switch value {
        case .int(let integer): integer
        case .bool(let flag): flag ? 1 : 0
        default: nil
        }
    }

    private static func integer(_ value: Double) -> Operator.Value? { Int(exactly: value).map { .int($0) } }

    /// A function of two numbers: on whole ones, where both are, else on real ones.
    private static func binary(
        _ whole: @escaping @Sendable (Int, Int) -> Int?, _ real: @escaping @Sendable (Double, Double) -> Double?
    ) -> @Sendable ([Operator.Value]) -> Operator.Value? {
        { arguments in
            guard arguments.count == 2 else { return nil }
            if let a = Self.whole(arguments[0]), let b = Self.whole(arguments[1]) {
                return whole(a, b).map { .int($0) }
            }
            guard let a = Self.real(arguments[0]), let b = Self.real(arguments[1]) else { return nil }
            return real(a, b).map { .double($0) }
        }
    }

    private static func comparison(_ holds: @escaping @Sendable (Double, Double) -> Bool)
        -> @Sendable ([Operator.Value]) -> Operator.Value?
    {
        { arguments in
            guard arguments.count == 2, let a = real(arguments[0]), let b = real(arguments[1]) else { return nil }
            return .bool(holds(a, b))
        }
    }

    private static func unary(_ body: @escaping @Sendable (Operator.Value) -> Operator.Value?)
        -> @Sendable ([Operator.Value]) -> Operator.Value?
    {
        { $0.count == 1 ? body($0[0]) : nil }
    }

    private static func exact(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
        result.overflow ? nil : result.partialValue
    }

    /// Rounded down, as Python's `//`.
    private static func floorDivided(_ a: Int, _ b: Int) -> Int? {
        guard b != 0, let quotient = exact(a.dividedReportingOverflow(by: b)) else { return nil }
        return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient
    }

    private static func power(_ base: Int, _ exponent: Int) -> Int? {
        guard exponent >= 0, exponent <= 64 else { return nil }
        var result = 1
        for _ in 0..<exponent {
            guard let next = exact(result.multipliedReportingOverflow(by: base)) else { return nil }
            result = next
        }
        return result
    }

    private static let functions: [String: @Sendable ([Operator.Value]) -> Operator.Value?] = [
        "_operator.add": binary({ exact($0.addingReportingOverflow($1)) }, { $0 + $1 }),
        "_operator.sub": binary({ exact($0.subtractingReportingOverflow($1)) }, { $0 - $1 }),
        "_operator.mul": binary({ exact($0.multipliedReportingOverflow(by: $1)) }, { $0 * $1 }),
        "_operator.floordiv": binary(floorDivided, { $1 == 0 ? nil : ($0 / $1).rounded(.down) }),
        "_operator.mod": binary(
            { a, b in floorDivided(a, b).map { a &- $0 &* b } }, { $1 == 0 ? nil : $0 - ($0 / $1).rounded(.down) * $1 }),
        "_operator.pow": binary(
            power,
            { a, b in
                b == b.rounded() && abs(b) <= 64 ? (0..<Int(abs(b))).reduce(1.0) { r, _ in b < 0 ? r / a : r * a } : nil
            }),
        "_operator.truediv": { arguments in
            guard arguments.count == 2, let a = real(arguments[0]), let b = real(arguments[1]), b != 0 else {
                return nil
            }
            return .double(a / b)
        },
        "_operator.neg": unary { value in
            if let number = whole(value) { return exact(0.subtractingReportingOverflow(number)).map { .int($0) } }
            return real(value).map { .double(-$0) }
        },
        "_operator.pos": unary { $0 },
        "_operator.eq": comparison { $0 == $1 }, "_operator.ne": comparison { $0 != $1 },
        "_operator.lt": comparison { $0 < $1 }, "_operator.le": comparison { $0 <= $1 },
        "_operator.gt": comparison { $0 > $1 }, "_operator.ge": comparison { $0 >= $1 },
        "_operator.and_": { arguments in
            guard arguments.count == 2 else { return nil }
            if case .bool(let a) = arguments[0], case .bool(let b) = arguments[1] { return .bool(a && b) }
            guard let a = whole(arguments[0]), let b = whole(arguments[1]) else { return nil }
            return .int(a & b)
        },
        "_operator.or_": { arguments in
            guard arguments.count == 2 else { return nil }
            if case .bool(let a) = arguments[0], case .bool(let b) = arguments[1] { return .bool(a || b) }
            guard let a = whole(arguments[0]), let b = whole(arguments[1]) else { return nil }
            return .int(a | b)
        },
        "_operator.lshift": binary(
            { (0..<62).contains($1) ? exact($0.multipliedReportingOverflow(by: 1 << $1)) : nil }, { _, _ in nil }),
        "_operator.rshift": binary({ (0..<64).contains($1) ? $0 >> $1 : nil }, { _, _ in nil }),
        "math.trunc": unary { value in real(value).flatMap { integer($0.rounded(.towardZero)) } },
        "math.ceil": unary { value in real(value).flatMap { integer($0.rounded(.up)) } },
        "math.floor": unary { value in real(value).flatMap { integer($0.rounded(.down)) } },
        "torch.sym_int": unary { value in real(value).flatMap { integer($0.rounded(.towardZero)) } },
        "torch.sym_float": unary { value in real(value).map { .double($0) } },
        "torch._sym_sqrt": unary { value in real(value).map { .double($0.squareRoot()) } },
        "torch.sym_sqrt": unary { value in real(value).map { .double($0.squareRoot()) } },
        "torch.sym_max": binary({ max($0, $1) }, { max($0, $1) }),
        "torch.sym_min": binary({ min($0, $1) }, { min($0, $1) }),
        "torch.sym_not": unary { value in
            if case .bool(let flag) = value { .bool(!flag) } else { nil }
        },
        "torch.sym_ite": { arguments in
            guard arguments.count == 3, case .bool(let flag) = arguments[0] else { return nil }
            return flag ? arguments[1] : arguments[2]
        },
    ]
}
