import Foundation
import Statistics
import Testing

@Suite struct CrossEntropyTests {
    @Test func isTheMeanNegativeLogLikelihood() {
        let jets = normalJets(signal: 40, background: 60, separation: 1.5, seed: 4)
        var sum = 0.0
        for (logit, signal) in zip(jets.scores, jets.isSignal) {
            let probability = 1 / (1 + exp(-logit))
            sum -= signal ? log(probability) : log(1 - probability)
        }
        #expect(close(jets.binaryCrossEntropy(), sum / 100))
    }

    @Test func constantPredictorHasTheEntropyOfACoin() {
        #expect(close(jets(signal: [0, 0], background: [0]).binaryCrossEntropy(), log(2)))
    }

    @Test func doesNotOverflow() {
        // log(1 + e^1000) = 1000 to all digits, and the right side costs e^−1000 = 0.
        #expect(jets(signal: [-1000], background: [-1000]).binaryCrossEntropy() == 500)
        // Where 1 − σ(40) would have no digits left: log(1 + e^−40) = e^−40.
        let tiny = jets(signal: [40], background: [-40]).binaryCrossEntropy()
        #expect(abs(tiny / exp(-40) - 1) < 1e-12)
    }
}
