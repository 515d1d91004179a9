import Foundation
import Statistics
import Testing

@Suite struct ROCThinningTests {
    @Test(arguments: [0.05, 0.01, 0.002])
    func staysWithinTheStep(step: Double) throws {
        let curve = ROCCurve(normalJets(signal: 20_000, background: 30_000, separation: 2, grid: 1e-3, seed: 5))
        let thin = curve.thinned(step: step)
        #expect(Double(thin.count) < 2 / step + log(30_000) / step)
        #expect(thin.thresholds.first == curve.thresholds.first && thin.thresholds.last == curve.thresholds.last)
        var at = 0
        for i in 1..<thin.count {
            let start = at
            at = try #require(curve.thresholds[at...].firstIndex(of: thin.thresholds[i]))
            #expect(curve.signalPassing[at] == thin.signalPassing[i])
            #expect(curve.backgroundPassing[at] == thin.backgroundPassing[i])
            let signal = curve.signalEfficiency(at) - curve.signalEfficiency(start)
            let background = curve.backgroundEfficiency(at) - curve.backgroundEfficiency(start)
            // Differences of quotients round; the curve itself compares counts.
            let most = step + 1e-12
            let small = signal <= most && background <= most * min(1, curve.backgroundEfficiency(start))
            #expect(at == start + 1 || small)
        }
        #expect(abs(thin.area - curve.area) < step)
    }

    @Test func keepsCorners() {
        // Half of the signal far above, half of the background far below, the rest tied: two long straight steps.
        let high = (0..<500).map { 10 + Double($0) }
        let low = (0..<500).map { -10 - Double($0) }
        let tied = Array(repeating: 0.0, count: 500)
        let thin = ROCCurve(jets(signal: high + tied, background: tied + low)).thinned(step: 0.1)
        let points = (0..<thin.count).map { [thin.backgroundEfficiency($0), thin.signalEfficiency($0)] }
        #expect(points.contains([0, 0.5]) && points.contains([0.5, 1]))
        #expect(thin.area == 0.875)
        #expect(thin.count < 20)
    }

    @Test func leavesASmallCurveAsItIs() {
        let curve = ROCCurve(jets(signal: [3, 2], background: [1, 2]))
        #expect(curve.thinned() == curve)
    }
}
