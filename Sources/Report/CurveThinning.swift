import Foundation

/// The pixels over which a panel spreads a range: what decides how many of a curve's points can be seen.
public struct PixelScale: Sendable {
    private let low: Double
    private let perPixel: Double
    private let logarithmic: Bool

    /// - Parameters:
    ///   - range: of the axis, positive where that is logarithmic
    ///   - pixels: the axis' length
    public init(_ range: ClosedRange<Double>, pixels: Double, logarithmic: Bool = false) {
        self.logarithmic = logarithmic
        low = logarithmic ? log(range.lowerBound) : range.lowerBound
        perPixel = ((logarithmic ? log(range.upperBound) : range.upperBound) - low) / pixels
    }

    /// Pixels from the range's lower end.
    public func pixel(_ value: Double) -> Double { ((logarithmic ? log(value) : value) - low) / perPixel }
}

extension Line {
    /// The line with so few points that its drawing stays within `tolerance` pixels of the whole line's, and the edges of
    /// its band as close to theirs.
    ///
    /// Of the points between two that are kept, none lies farther than the tolerance from the straight line between those
    /// two; the farthest one is kept until that is so (U. Ramer, Comput. Graph. Image Process. 1 (1972) 244; D. Douglas
    /// and T. Peucker, Cartographica 10 (1973) 112). Half a pixel by default: not even a curve's edge looks different.
    /// The numbers are then written in six significant digits, a thousandth of a pixel. Cost: O(n log n) as a rule.
    ///
    /// - Precondition: all numbers are finite, and positive on a logarithmic axis.
    public func thinned(x scaleX: PixelScale, y scaleY: PixelScale, tolerance: Double = 0.5) -> Line {
        let abscissas = x.map(scaleX.pixel)
        let ordinates = ([y] + (band.map { [$0.lower, $0.upper] } ?? [])).map { $0.map(scaleY.pixel) }
        var isKept = [Bool](repeating: false, count: x.count)
        var open = x.isEmpty ? [] : [(0, x.count - 1)]
        for end in [0, x.count - 1] where !x.isEmpty { isKept[end] = true }
        while let (first, last) = open.popLast() {
            guard last - first > 1 else { continue }
            var farthest = first, greatest = 0.0
            for values in ordinates {
                for i in first + 1..<last {
                    let distance = distance(
                        abscissas[i], values[i], from: (abscissas[first], values[first]),
                        to: (abscissas[last], values[last]))
                    if distance > greatest { (farthest, greatest) = (i, distance) }
                }
            }
            guard greatest > tolerance else { continue }
            isKept[farthest] = true
            open += [(first, farthest), (farthest, last)]
        }
        let kept = x.indices.filter { isKept[$0] }
        func picked(_ values: [Double]) -> [Double] { kept.map { JSONValue.rounded(values[$0], digits: 6) } }
        return Line(
            name, x: picked(x), y: picked(y),
            band: band.map { Band(lower: picked($0.lower), upper: picked($0.upper)) }, style: style)
    }

    /// From a point to the nearest one of the straight line between two others.
    private func distance(
        _ x: Double, _ y: Double, from start: (x: Double, y: Double), to end: (x: Double, y: Double)
    ) -> Double {
        let dx = end.x - start.x, dy = end.y - start.y
        let square = dx * dx + dy * dy
        let along = square == 0 ? 0 : min(1, max(0, ((x - start.x) * dx + (y - start.y) * dy) / square))
        let offX = x - start.x - along * dx, offY = y - start.y - along * dy
        return (offX * offX + offY * offY).squareRoot()
    }
}
