import Foundation

/// A number, with its error or errors, rounded as a paper prints it.
///
/// The error is rounded by the rule of the Particle Data Group (Review of Particle Physics, Introduction, “Rounding”):
/// of its three leading digits, 100–354 keep two, 355–949 keep one, and 950–999 become 1000 and keep two. The value
/// ends at the error's last digit. Of two errors the smaller one decides. Very large and very small numbers get a
/// common power of ten.
struct RoundedNumber: Equatable {
    /// The mantissa.
    let value: String
    /// The errors' mantissas, upwards first: none, one (symmetric) or two.
    let errors: [String]
    /// The power of ten of all of them; 0 for none.
    let exponent: Int

    /// A number of `digits` significant digits, without an error.
    init(_ value: Double, digits: Int) {
        guard value.isFinite, value != 0 else {
            self.init(value: RoundedNumber.fixed(value, decimals: 0), errors: [], exponent: 0)
            return
        }
        // Rounding comes first: 9.996 has one digit more before the point than it seems.
        let rounded = Double(String(format: "%.\(max(digits, 1) - 1)e", value)) ?? value
        let exponent = RoundedNumber.commonExponent(rounded)
        let decimals = digits - 1 - RoundedNumber.order(rounded) + exponent
        self.init(
            value: RoundedNumber.fixed(RoundedNumber.scaled(value, by: -exponent), decimals: decimals), errors: [],
            exponent: exponent)
    }

    /// A number with its errors, all finite or shown as they are.
    init(_ value: Double, errors: [Double]) {
        let sizes = errors.map(abs).filter { $0.isFinite && $0 > 0 }
        guard value.isFinite, let smallest = sizes.min() else {
            let plain = RoundedNumber(value, digits: 4)
            let shown = errors.map { RoundedNumber.fixed(abs($0), decimals: 0) }
            self.init(value: plain.value, errors: shown, exponent: plain.exponent)
            return
        }
        let leading = smallest / pow(10, Double(RoundedNumber.order(smallest)))
        let digits = leading < 3.545 ? 2 : 1
        // 950–999 round to 1000: one digit of theirs is two of the result's.
        let lastPlace = RoundedNumber.order(smallest) - (digits - 1)
        let exponent = RoundedNumber.commonExponent(max(abs(value), sizes.max() ?? 0))
        let decimals = exponent - lastPlace
        // A half goes up, though its binary form may be a trifle below it (0.00095 is).
        let halfUp = 1 + 1e-12
        func text(_ number: Double) -> String {
            RoundedNumber.fixed(RoundedNumber.scaled(number, by: -exponent), decimals: decimals)
        }
        self.init(value: text(value), errors: errors.map { text(abs($0) * halfUp) }, exponent: exponent)
    }

    private init(value: String, errors: [String], exponent: Int) {
        self.value = value
        self.errors = errors
        self.exponent = exponent
    }

    /// ⌊log₁₀|number|⌋, exact also at powers of ten.
    private static func order(_ number: Double) -> Int {
        // printf finds the exponent by exact arithmetic; log10 may round. In 15 digits, which any number is written in as
        // it was typed: the binary form of 1e-12 is a trifle below it.
        let text = String(format: "%.14e", abs(number))
        return text.split(separator: "e").last.flatMap { Int($0) } ?? 0
    }

    /// The power of ten taken out of numbers that would need many zeros; 0 for others.
    private static func commonExponent(_ largest: Double) -> Int {
        let order = order(largest)
        return largest != 0 && (order >= 6 || order < -4) ? order : 0
    }

    /// number·10^power; one rounding for either sign, where 10^−p would add its own.
    private static func scaled(_ number: Double, by power: Int) -> Double {
        power >= 0 ? number * pow(10, Double(power)) : number / pow(10, Double(-power))
    }

    /// Fixed notation; negative `decimals` round before the point. Zero has no sign.
    private static func fixed(_ number: Double, decimals: Int) -> String {
        guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-∞" : "∞" }
        let unit = pow(10, Double(max(0, -decimals)))
        let text = String(format: "%.\(max(0, decimals))f", unit == 1 ? number : (number / unit).rounded() * unit)
        return text.hasPrefix("-") && text.allSatisfy { "-0.".contains($0) } ? String(text.dropFirst()) : text
    }
}
