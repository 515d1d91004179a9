import Foundation
import Statistics
import Testing

struct AreasUnderROCTests {
    /// Models that see the same jets: a common part and noise of their own.
    private func models(_ separations: [Double], jets count: Int, seed: UInt64) throws -> [ScoredJets] {
        var random = SplitMix(state: seed)
        let labels = (0..<count).map { _ in Bool.random(using: &random) }
        let common = labels.map { _ in 0.8 * random.normal() }
        return try separations.map { separation in
            let scores = zip(labels, common).map { ($0 ? separation : 0) + $1 + 0.6 * random.normal() }
            return try ScoredJets(scores: scores, isSignal: labels)
        }
    }

    @Test func `Covariances are those of all pairs of jets`() throws {
        let models = try models([1, 1.2, 1.4, 1.1], jets: 80, seed: 3)
        let areas = try AreasUnderROC(models)
        for i in models.indices {
            #expect(close(areas.areas[i].value, pairwiseArea(models[i])))
            for j in models.indices {
                let expected = pairwiseCovariance(models[i], models[j])
                #expect(abs(areas.covariance[i][j] / expected - 1) < 1e-10)
                if i < j { #expect(try areas[i, j] == PairedAreas(models[i], models[j])) }
            }
        }
        #expect(areas.comparisons.count == 6)
    }

    @Test func `A combination of two is their paired difference`() throws {
        let areas = try AreasUnderROC(models([1, 1.3, 1.2], jets: 500, seed: 8))
        let pair = areas[0, 2].interval(confidence: 0.9), combined = areas.combination([1, 0, -1], confidence: 0.9)
        #expect(close(combined.value, pair.value))
        #expect(close(combined.lower, pair.lower) && close(combined.upper, pair.upper))
        // The mean of three, by the sum over the whole matrix.
        let mean = areas.combination([1, 1, 1].map { $0 / 3 })
        let variance = areas.covariance.joined().reduce(0, +) / 9
        #expect(close(mean.upper - mean.value, 1.959963984540054 * variance.squareRoot()))
        #expect(close(mean.value, areas.areas.reduce(0) { $0 + $1.value } / 3))
    }

    @Test func `One model alone has nothing to be compared with`() throws {
        let areas = try AreasUnderROC(models([1], jets: 50, seed: 2))
        #expect(areas.comparisons.isEmpty && areas.covariance == [[areas.areas[0].variance]])
    }

    @Test func `Refuses other jets, wherever they are`() throws {
        var models = try models([1, 1, 1], jets: 50, seed: 1)
        var labels = models[2].isSignal
        labels[17].toggle()
        models[2] = try ScoredJets(scores: models[2].scores, isSignal: labels)
        #expect(throws: StatisticsError.jetsDiffer(index: 17, first: 50, second: 50)) { try AreasUnderROC(models) }
    }
}
