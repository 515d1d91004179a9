import Curvature
import Foundation
import Testing
import Torch

struct SpectralDensityTests {
    private let spectrum: [Double] = [8, 5, -2] + (0..<197).map { 0.005 * Double($0) }

    @Test func `Moments, effective dimension and counts lie within their errors`() throws {
        let (matrix, _) = matrix(eigenvalues: spectrum)
        let density = try SpectralDensity(of: matrix, settings(probes: 40, steps: 20))
        #expect(density.products == 800 && density.rules.allSatisfy { $0.nodes.count == 20 })
        for k in 1...4 {
            let (value, error) = density.moment(k), truth = spectrum.reduce(0) { $0 + pow($1, Double(k)) }
            #expect(abs(value - truth) < 4 * error)
            #expect(error < 0.2 * truth)
        }
        let (dimension, error) = density.effectiveDimension(0.1)
        let truth = spectrum.reduce(0) { $0 + ($1 > 0 ? $1 / ($1 + 0.1) : 0) }
        #expect(abs(dimension - truth) < 4 * error + 0.5)
        let below = density.fraction(below: 2)
        #expect(abs(below.value - 198.0 / 200) < 4 * below.standardError)
    }

    @Test func `One probe's quadrature is exact for polynomials`() throws {
        let (matrix, _) = matrix(eigenvalues: spectrum)
        let density = try SpectralDensity(of: matrix, settings(probes: 1, steps: 4))
        let z = Tensor(RandomStream(seed: 1, purpose: "spectral density").signs(200)), unit = z / z.norm
        var power = unit
        for k in 1...7 {
            power = matrix.product(power)
            let direct = unit.dot(power)
            #expect(abs(density.rules[0].mean { pow($0, Double(k)) } - direct) < 1e-10 * abs(direct))
        }
        #expect(abs(density.rules[0].weights.reduce(0, +) - 1) < 1e-12)
    }

    @Test func `The density is a density, and shows the outlying eigenvalues`() throws {
        let (matrix, _) = matrix(eigenvalues: spectrum)
        let density = try SpectralDensity(of: matrix, settings(probes: 20, steps: 30))
        let points = (0..<2000).map { -4 + 14 * Double($0) / 2000 }
        let curve = density.density(at: points, width: 0.05)
        let area = curve.map(\.value).reduce(0, +) * 14 / 2000
        #expect(abs(area - 1) < 1e-3)
        #expect(abs(density.range.lowerBound + 2) < 1e-6 && abs(density.range.upperBound - 8) < 1e-6)
        // 1/200 of the area lies under the peak at 8.
        let near = points.indices.filter { abs(points[$0] - 8) < 0.4 }
        let peak = near.map { curve[$0].value }.reduce(0, +) * 14 / 2000
        #expect(abs(peak - 0.005) < 0.003)
    }

    @Test func `The Hessian's first moment is its trace`() throws {
        let small = SmallNetwork(), hessian = try small.hessian(), whole = dense(hessian)
        let density = try SpectralDensity(of: hessian, settings(probes: 30, steps: 10))
        let trace = (0..<hessian.dimension).reduce(0) { $0 + whole.select(0, $1).select(0, $1).item }
        let (value, error) = density.moment(1)
        #expect(abs(value - trace) < 4 * error)
    }

    private func settings(probes: Int, steps: Int) -> SpectralDensity.Settings {
        var settings = SpectralDensity.Settings()
        (settings.probes, settings.steps) = (probes, steps)
        return settings
    }
}
