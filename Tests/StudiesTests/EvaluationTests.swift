import Foundation
import Statistics
import Studies
import Testing

struct EvaluationTests {
    private func evaluation(_ logit: (Int) -> Double) throws -> Evaluation {
        try Evaluation(
            try ScoredJets(scores: (0..<1000).map(logit), isSignal: (0..<1000).map { $0 % 2 == 0 }))
    }

    @Test func `A network that tells jets apart has not collapsed`() throws {
        let good = try evaluation { $0 % 2 == 0 ? 1 + Double($0 % 7) / 7 : -1 - Double($0 % 5) / 5 }
        #expect(!good.hasCollapsed)
        #expect(good.accuracy.value == 1 && good.rocAUC.value == 1)
        #expect(good.signalJets == 500 && good.backgroundJets == 500)
    }

    @Test func `A constant output is a collapse, and so is one that hardly varies`() throws {
        #expect(try evaluation { _ in 0 }.hasCollapsed)
        #expect(try evaluation { $0 % 2 == 0 ? 0.004 : -0.004 }.hasCollapsed)
    }

    @Test func `An output that varies without being any better than a constant is a collapse`() throws {
        #expect(try evaluation { Double($0 / 2 % 5) / 50 }.hasCollapsed)
    }
}
