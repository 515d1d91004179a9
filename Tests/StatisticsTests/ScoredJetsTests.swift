import Statistics
import Testing

@Suite struct ScoredJetsTests {
    @Test func keepsOrderWithinAClass() throws {
        let jets = try ScoredJets(scores: [3, 1, 2, 0], isSignal: [true, false, true, false])
        #expect(jets.scores(signal: true) == [3, 2])
        #expect(jets.scores(signal: false) == [1, 0])
        #expect(jets.signalCount == 2 && jets.backgroundCount == 2)
    }

    @Test func refusesWhatHasNoROCCurve() {
        #expect(throws: StatisticsError.countsDiffer(scores: 3, labels: 2)) {
            try ScoredJets(scores: [1, 2, 3], isSignal: [true, false])
        }
        #expect(throws: StatisticsError.notANumber(index: 1)) {
            try ScoredJets(scores: [1, .nan], isSignal: [true, false])
        }
        #expect(throws: StatisticsError.missingClass(name: "background", jets: 2)) {
            try ScoredJets(scores: [1, 2], isSignal: [true, true])
        }
        #expect(throws: StatisticsError.missingClass(name: "signal", jets: 2)) {
            try ScoredJets(scores: [1, 2], isSignal: [false, false])
        }
        #expect(throws: StatisticsError.missingClass(name: "signal", jets: 0)) {
            try ScoredJets(scores: [], isSignal: [])
        }
    }

    @Test func saysWhereAndWhatToDo() {
        let message = StatisticsError.notANumber(index: 17).description
        #expect(message.contains("17") && message.contains("NaN") && message.contains("look for"))
    }
}
