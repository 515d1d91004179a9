import Foundation
import Statistics
import Testing

struct BootstrapTests {
    @Test func `Weights follow the Poisson law of mean 1, independently`() {
        let bootstrap = Bootstrap(jets: 100_000, resamples: 3)
        let first = bootstrap.weights(0), second = bootstrap.weights(1)
        let n = 100_000.0
        var expected = exp(-1.0)
        for k in 0...8 {
            let found = Double(first.count { $0 == UInt8(k) })
            #expect(abs(found - n * expected) < 5 * (n * expected).squareRoot() + 1)
            expected /= Double(k + 1)
        }
        // Neighbours, and a jet in two resamples, are uncorrelated: products average to 1, with variance 3.
        let neighbours = zip(first, first.dropFirst()).reduce(0) { $0 + Double($1.0) * Double($1.1) } / n
        let resamples = zip(first, second).reduce(0) { $0 + Double($1.0) * Double($1.1) } / n
        #expect(abs(neighbours - 1) < 5 * (3 / n).squareRoot() && abs(resamples - 1) < 5 * (3 / n).squareRoot())
        #expect(first != second)
    }

    /// A weight is named: by the seed, the resample and the jet's place, nothing else.
    @Test func `A jet's weight does not depend on how many jets there are`() {
        let many = Bootstrap(jets: 10_000, resamples: 7).weights(5)
        let few = Bootstrap(jets: 5000, resamples: 1000).weights(5)
        #expect(Array(many.prefix(5000)) == few)
        #expect(Bootstrap(jets: 5000, resamples: 1000, seed: 2).weights(5) != few)
    }

    @Test func `Jets of one event share a weight`() {
        let events: [Int64] = [7, 7, -3, 7, 12, -3, 12, 12, 99]
        let bootstrap = Bootstrap(events: events, resamples: 50)
        #expect(bootstrap.unitCount == 4 && bootstrap.isByEvent && bootstrap.jetCount == 9)
        let singles = Bootstrap(jets: 4, resamples: 50)
        for resample in 0..<50 {
            let byEvent = singles.weights(resample)
            #expect(bootstrap.weights(resample) == [0, 0, 1, 0, 2, 1, 2, 2, 3].map { byEvent[$0] })
        }
        // Events of one jet each are jets.
        #expect(!Bootstrap(events: [5, 3, 9]).isByEvent)
    }

    @Test func `Threads change nothing, and every model sees the same resamples`() throws {
        let jets = normalJets(signal: 150, background: 250, separation: 1, seed: 1)
        let ranked = RankedJets(jets)
        let bootstrap = Bootstrap(jets: 400, resamples: 100)
        let once = try bootstrap.distribution { [ranked.area($0), jets.accuracy($0)] }
        #expect(try bootstrap.distribution(threads: 4) { [ranked.area($0), jets.accuracy($0)] } == once)
        let swapped = try bootstrap.distribution { [jets.accuracy($0), ranked.area($0)] }
        #expect(swapped.replicates == once.replicates.map { [$0[1], $0[0]] })
        #expect(once.estimate == [ROCCurve(jets).area, jets.accuracy().value])
        #expect(once.replicates.count == 100 && once.jackknife.count == 100)
    }

    /// Where DeLong's formula holds, the bootstrap agrees with it: for an area, and for a paired difference.
    @Test func `Agrees with DeLong`() throws {
        var random = SplitMix(state: 6)
        let labels = (0..<3000).map { _ in Bool.random(using: &random) }
        let common = labels.map { ($0 ? 1.2 : 0) + random.normal() }
        let models = try [0.5, 0.7].map { noise in
            try ScoredJets(scores: common.map { $0 + noise * random.normal() }, isSignal: labels)
        }
        let ranked = models.map { RankedJets($0) }
        let found = try Bootstrap(jets: 3000, resamples: 1000).distribution(threads: 2) { weights in
            ranked.map { $0.area(weights) }
        }
        let exact = try AreasUnderROC(models)
        // A deviation from 1000 replicates is known to 1/√2000.
        let most = 4 / 2000.0.squareRoot()
        #expect(abs(found.standardError { $0[0] } / exact.areas[0].standardError - 1) < most)
        #expect(abs(found.standardError { $0[0] - $0[1] } / exact[0, 1].standardError - 1) < most)
        #expect(abs(found.covariance[0][1] / exact.covariance[0][1] - 1) < 2 * most)
        let interval = found.difference(0, 1), expected = exact[0, 1].interval()
        #expect(abs(interval.lower - expected.lower) < 0.2 * (expected.upper - expected.lower))
        #expect(abs(interval.upper - expected.upper) < 0.2 * (expected.upper - expected.lower))
    }

    /// Events of five jets whose scores move together. Resampled by event, the interval covers the truth; by jet it is
    /// far too narrow.
    @Test func `Events must be resampled as a whole`() throws {
        let repetitions = 200, events = 60, size = 5
        var byEvent = 0, byJet = 0
        for repetition in 0..<repetitions {
            var random = SplitMix(state: UInt64(repetition) &* 7919 &+ 1)
            var scores: [Double] = [], isSignal: [Bool] = [], event: [Int64] = []
            for e in 0..<events {
                let label = Bool.random(using: &random), common = 0.9 * random.normal()
                for _ in 0..<size {
                    scores.append((label ? 1 : 0) + common + 0.436 * random.normal())
                    isSignal.append(label)
                    event.append(Int64(e))
                }
            }
            let ranked = RankedJets(try ScoredJets(scores: scores, isSignal: isSignal))
            // Unit deviations, signal 1 above background: the area is Φ(1/√2).
            let truth = 0.7602499389
            func covers(_ bootstrap: Bootstrap) throws -> Bool {
                let interval = try bootstrap.distribution { [ranked.area($0)] }.interval(0)
                return interval.lower <= truth && truth <= interval.upper
            }
            if try covers(Bootstrap(events: event, resamples: 300)) { byEvent += 1 }
            if try covers(Bootstrap(jets: scores.count, resamples: 300)) { byJet += 1 }
        }
        // Three standard deviations of the binomial are 0.046; some is due to the few events.
        #expect(Double(byEvent) / Double(repetitions) > 0.89)
        #expect(Double(byJet) / Double(repetitions) < 0.75)
    }

    @Test func `A resample without a class is said, not averaged`() throws {
        let ranked = RankedJets(jets(signal: [1, 2], background: [0, 3]))
        let error = #expect(throws: StatisticsError.self) {
            try Bootstrap(jets: 4, resamples: 200).distribution { [1, ranked.area($0)] }
        }
        guard case .undefinedStatistic(let index, let resamples, let all) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // Each class is empty in e⁻² of the resamples.
        #expect(index == 1 && all == 200 && abs(Double(resamples) - 200 * 0.2524) < 30)
        #expect(throws: StatisticsError.undefinedStatistic(index: 0, resamples: 0, of: 5)) {
            try Bootstrap(jets: 4, resamples: 5).distribution { _ in [.nan] }
        }
    }

    /// A thousand resamples of a million jets are to take minutes at most, so ten must take well under a second each.
    @Test func `Takes millions of jets`() throws {
        let jets = normalJets(signal: 500_000, background: 500_000, separation: 2, seed: 1)
        let ranked = RankedJets(jets)
        let bootstrap = Bootstrap(jets: 1_000_000, resamples: 20)
        let clock = ContinuousClock()
        var areas: [Double] = []
        let time = clock.measure { areas = (0..<20).map { ranked.area(bootstrap.weights($0)) } }
        let area = try AreaUnderROC(jets)
        #expect(areas.allSatisfy { abs($0 - area.value) < 5 * area.standardError })
        #expect(time < .seconds(10))
    }
}
