import Foundation
import Statistics
import Studies
import Testing
import Torch

struct CalibrationTests {
    /// Jets that are signal with the probability that their logit, in (−4, 4), says.
    static func jets(_ count: Int, logit: (Double) -> Double = { $0 }) throws -> ScoredJets {
        let u = RandomStream(seed: 6, purpose: "calibrated").uniforms(2 * count)
        let logits = (0..<count).map { 8 * u[2 * $0] - 4 }
        return try ScoredJets(
            scores: logits.map(logit), isSignal: (0..<count).map { u[2 * $0 + 1] < 1 / (1 + exp(-logits[$0])) })
    }

    @Test func `Calibrated scores lie on the diagonal, and their error is what chance makes it`() throws {
        let calibration = Calibration(try Self.jets(40_000), bins: 20)
        #expect(calibration.bins.count == 20 && calibration.bins.allSatisfy { $0.jets == 2000 })
        let inside = calibration.bins.count {
            ($0.signalFraction.lower...$0.signalFraction.upper).contains($0.meanScore)
        }
        // Of 20 intervals of 95 %, fewer than 16 hold with probability 2.6·10⁻³.
        #expect(inside >= 16)
        #expect((0.5...1.7).contains(calibration.expectedError / calibration.errorByChance))
        for (one, next) in zip(calibration.bins, calibration.bins.dropFirst()) {
            #expect(one.lower <= one.meanScore && one.meanScore <= one.upper && one.upper < next.lower)
        }
    }

    @Test func `Overconfident scores have the error of the definition`() throws {
        let jets = try Self.jets(6000) { 2 * $0 }
        let calibration = Calibration(jets, bins: 12)
        let order = jets.scores.indices.sorted { jets.scores[$0] < jets.scores[$1] }
        var sum = 0.0
        for bin in 0..<12 {
            let own = order[500 * bin..<500 * (bin + 1)]
            let score = own.reduce(0) { $0 + 1 / (1 + exp(-jets.scores[$1])) } / 500
            let signal = own.count { jets.isSignal[$0] }
            sum += abs(Double(signal) / 500 - score) / 12
            #expect(calibration.bins[bin].signalFraction == .fraction(signal, of: 500))
            #expect(abs(calibration.bins[bin].meanScore - score) < 1e-12)
        }
        #expect(abs(calibration.expectedError - sum) < 1e-12)
        #expect(calibration.expectedError > 5 * calibration.errorByChance)
    }

    @Test func `Jets of one score stay together, and a constant has one bin`() throws {
        let scores = [0.0, 0, 0, 0, 0, 1, 1, 2], isSignal = [true, false, false, false, false, true, false, true]
        let calibration = Calibration(try ScoredJets(scores: scores, isSignal: isSignal), bins: 4)
        #expect(calibration.bins.map(\.jets) == [5, 2, 1])
        #expect(calibration.bins.map(\.signalFraction.value) == [0.2, 0.5, 1])
        let constant = Calibration(try ScoredJets(scores: [1, 1, 1], isSignal: [true, false, true]), bins: 15)
        #expect(constant.bins.map(\.jets) == [3])
        #expect(Calibration(try ScoredJets(scores: [1, 2], isSignal: [true, false]), bins: 15).bins.count == 2)
    }
}
