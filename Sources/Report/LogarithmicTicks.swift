import Foundation

extension Axis {
    /// Ticks of a logarithmic axis over a range of few powers of ten, all of them labelled; nil where Vega's own choice,
    /// the powers of ten, does.
    ///
    /// Over less than a factor of 4, equal steps of 1, 2, 2.5 or 5 and a power of ten; up to a factor of 300, the numbers
    /// 1, 2 and 5 times powers of ten. Vega would label only some of its ticks there, or none.
    static func logarithmicTicks(over range: ClosedRange<Double>) -> [Double]? {
        let low = range.lowerBound, high = range.upperBound
        guard low > 0, high > low, high.isFinite, high / low <= 300 else { return nil }
        guard high / low < 4 else {
            let first = Int(log10(low).rounded(.down)), last = Int(log10(high).rounded(.up))
            return (first...last).flatMap { power in [1.0, 2, 5].map { decimal($0, power) } }.filter(range.contains)
        }
        let power = Int(log10(high - low).rounded(.down))
        for (digits, power) in [
            (1.0, power - 1), (2, power - 1), (2.5, power - 1), (5, power - 1), (1, power), (2, power),
        ] {
            let step = decimal(digits, power)
            let first = (low / step).rounded(.up), last = (high / step).rounded(.down)
            guard last - first <= 5, first <= last else { continue }
            return (Int(first)...Int(last)).map { decimal(Double($0) * digits, power) }
        }
        return nil
    }

    /// digits·10^power as it reads in decimal: 0.3, not 0.30000000000000004.
    private static func decimal(_ digits: Double, _ power: Int) -> Double {
        Double("\(digits)e\(power)") ?? digits * pow(10, Double(power))
    }
}
