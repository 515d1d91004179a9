import Foundation
import Statistics
import Testing

struct StudentTTests {
    /// scipy.stats.t.ppf(p, nu), SciPy 1.17.
    @Test(arguments: [
        (1, 0.975, 12.706204736174694), (2, 0.975, 4.302652729749462), (5, 0.975, 2.5705818356363146),
        (11, 0.95, 1.7958848187040433), (2.5, 0.995, 7.163728138948783), (0.4, 0.75, 1.9752274245568404),
        (1e6, 0.975, 1.959966356814107), (3, 1e-10, -2225.769284683093),
    ])
    func `Quantiles are SciPy's`(nu: Double, probability: Double, t: Double) {
        let found = StudentT(degreesOfFreedom: nu).quantile(probability)
        #expect(abs(found / t - 1) < 1e-12)
    }

    /// 2 * scipy.stats.t.sf(t, nu), SciPy 1.17.
    @Test(arguments: [
        (2.5706, 5, 0.04999889788007795), (12.7, 1, 0.050024327689344165), (0.001, 7, 0.9992300172449988),
        (40, 6, 1.6318360930542468e-08), (1e6, 3, 2.205315581679229e-18), (3.1, 250.5, 0.0021562847981299476),
        (1.5, 0.7, 0.44036509701924026), (8, 1e5, 1.2573919876256345e-15),
    ])
    func `Two-sided probabilities are SciPy's, far out in the tails too`(t: Double, nu: Double, p: Double) {
        let law = StudentT(degreesOfFreedom: nu)
        #expect(abs(law.twoSidedProbability(beyond: t) / p - 1) < 2e-12)
        #expect(law.twoSidedProbability(beyond: -t) == law.twoSidedProbability(beyond: t))
        #expect(close(law.probability(below: -t) + law.probability(below: t), 1))
    }

    /// The distributions of 1 and 2 degrees of freedom have closed forms.
    @Test(arguments: [0.01, 0.5, 1, 3, 100, 1e8])
    func `One degree of freedom is Cauchy's law, and two are an algebraic one`(t: Double) {
        let one = StudentT(degreesOfFreedom: 1).twoSidedProbability(beyond: t)
        #expect(abs(one / (2 * atan(1 / t) / .pi) - 1) < 1e-13)
        let two = StudentT(degreesOfFreedom: 2).twoSidedProbability(beyond: t), root = (2 + t * t).squareRoot()
        // 1 − t/√(2 + t²), without the cancellation.
        #expect(abs(two / (2 / (root * (root + t))) - 1) < 1e-13)
    }

    @Test(arguments: [0.3, 1, 4.5, 1000], [1e-12, 0.003, 0.3, 0.7])
    func `The quantile undoes the probability`(nu: Double, probability: Double) {
        let law = StudentT(degreesOfFreedom: nu)
        #expect(abs(law.probability(below: law.quantile(probability)) / probability - 1) < 1e-12)
    }

    @Test func `Ends and oddities`() {
        let law = StudentT(degreesOfFreedom: 3)
        #expect(law.quantile(0) == -.infinity && law.quantile(1) == .infinity && law.quantile(0.5) == 0)
        #expect(law.twoSidedProbability(beyond: 0) == 1 && law.twoSidedProbability(beyond: .infinity) == 0)
        #expect(law.twoSidedProbability(beyond: .nan).isNaN)
        // Where t² overflows: a tail of 2/(π t) for one degree of freedom.
        let tail = StudentT(degreesOfFreedom: 1).twoSidedProbability(beyond: 1e200)
        #expect(abs(tail / (2 / (.pi * 1e200)) - 1) < 1e-11)
    }

    @Test func `Many degrees of freedom are the normal law`() {
        let law = StudentT(degreesOfFreedom: 1e9)
        for z in [0.1, 1.5, 4] {
            #expect(abs(law.twoSidedProbability(beyond: z) / StandardNormal.twoSidedProbability(beyond: z) - 1) < 1e-6)
        }
    }
}
