import Foundation
import Statistics

extension Table.Cell {
    /// Where a cell is to be read.
    enum Medium {
        case plain, markdown, latex
    }

    /// The cell as a terminal shows it, for a number in a sentence.
    public var plain: String { written(.plain) }

    /// The cell as text for a medium.
    func written(_ medium: Medium) -> String {
        switch self {
        case .text(let text):
            switch medium {
            case .plain: return text
            case .markdown:
                return text.replacingOccurrences(of: "|", with: "\\|").replacingOccurrences(of: "\n", with: " ")
            case .latex: return escapedForLaTeX(text)
            }
        case .verdict(let verdict): return verdict.words
        case .count(let count):
            let separator = medium == .latex ? "{,}" : ","
            return medium == .latex ? "$\(grouped(count, separator))$" : grouped(count, separator)
        case .number(let value, let digits):
            return RoundedNumber(value, digits: digits).written(medium)
        case .measured(let value, let error):
            return RoundedNumber(value, errors: [error]).written(medium)
        case .estimate(let estimate) where estimate.upper == .infinity:
            // Rounded down: a bound must not promise more than was found.
            let bound = RoundedNumber(roundedDown(estimate.lower), digits: 3).written(medium)
            return medium == .latex ? "$> " + bound.dropFirst() : "> \(bound)"
        case .estimate(let estimate):
            let errors = [estimate.upper - estimate.value, estimate.value - estimate.lower]
            return RoundedNumber(estimate.value, errors: errors).written(medium)
        case .missing: return medium == .latex ? "--" : "–"
        }
    }

    private func grouped(_ count: Int, _ separator: String) -> String {
        let digits = Array(String(count.magnitude))
        let groups = stride(from: digits.count, to: 0, by: -3).map { String(digits[max(0, $0 - 3)..<$0]) }
        return (count < 0 ? "-" : "") + groups.reversed().joined(separator: separator)
    }

    /// The next number of three significant digits that is not larger.
    private func roundedDown(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return value }
        let unit = pow(10, (log10(value)).rounded(.down) - 2)
        return (value / unit).rounded(.down) * unit
    }
}

extension RoundedNumber {
    /// The number with its errors, as text for a medium.
    func written(_ medium: Table.Cell.Medium) -> String {
        if medium == .latex {
            let mantissa = value.replacingOccurrences(of: "∞", with: "\\infty").replacingOccurrences(
                of: "NaN", with: "\\mathrm{NaN}")
            let power = exponent == 0 ? "" : " \\times 10^{\(exponent)}"
            switch errors.count {
            case 0: return "$\(mantissa)\(power)$"
            case 1:
                return exponent == 0 ? "$\(mantissa) \\pm \(errors[0])$" : "$(\(mantissa) \\pm \(errors[0]))\(power)$"
            default: return "$\(mantissa)^{+\(errors[0])}_{-\(errors[1])}\(power)$"
            }
        }
        let power = exponent == 0 ? "" : "×10" + raised(exponent)
        switch errors.count {
        case 0: return value + power
        case 1: return exponent == 0 ? "\(value) ± \(errors[0])" : "(\(value) ± \(errors[0]))\(power)"
        default:
            let both = "\(value) +\(errors[0]) −\(errors[1])"
            return exponent == 0 ? both : "(\(both))\(power)"
        }
    }

    /// An exponent in small raised digits.
    private func raised(_ exponent: Int) -> String {
        let digits: [Character: Character] = [
            "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
            "9": "⁹",
        ]
        return String(String(exponent).compactMap { digits[$0] })
    }
}
