import Foundation
import Jets
import Testing

/// Parts are of the sizes asked for, share no event, and are the same every time.
@Suite struct SplitTests {
    /// Events of one to three jets, the classes in turn; each jet carries its index.
    func jets(_ count: Int, classes: [JetClass] = [.gluon, .w], single: Bool = false) -> JetData {
        var jets = JetData(constituents: 1)
        var numbers = SyntheticFile.Numbers(state: 3)
        var event: Int64 = 100
        for jet in 0..<count {
            if single || numbers.next() < 0.6 { event += 1 }
            jets.append(
                momenta: [2, 1, 0, Float(jet)], count: 1, jetClass: classes[Int(event) % classes.count],
                sum: (2, 1, 0, 0), eventIndex: event, index: Int64(jet))
        }
        return jets
    }

    func parts(_ split: JetSplit) -> [JetData] { [split.training, split.validation, split.test] }

    func expectNoSharedEvent(_ split: JetSplit) {
        let events = parts(split).map { Set($0.eventIndex) }
        #expect(events[0].isDisjoint(with: events[1]))
        #expect(events[0].isDisjoint(with: events[2]))
        #expect(events[1].isDisjoint(with: events[2]))
    }

    @Test func countsInFileOrder() throws {
        let all = jets(100, single: true)
        let split = try SplitSettings(training: .count(60), validation: .count(15), test: .rest, order: .file).split(
            all)
        #expect(split.training.index == Array(0..<60))
        #expect(split.validation.index == Array(60..<75))
        #expect(split.test.index == Array(75..<100))
    }

    @Test(arguments: [SplitSettings.Order.file, .hash(seed: 1), .hash(seed: 99)])
    func eventsStayWhole(order: SplitSettings.Order) throws {
        let all = jets(2000)
        let settings = SplitSettings(training: .count(1200), validation: .fraction(0.1), test: .rest, order: order)
        let split = try settings.split(all)
        expectNoSharedEvent(split)
        #expect((1200...1210).contains(split.training.count))
        #expect((200...210).contains(split.validation.count))
        #expect(parts(split).flatMap(\.index).sorted() == Array(0..<2000))
        let again = try settings.split(all)
        #expect(parts(again).map(\.index) == parts(split).map(\.index))
    }

    @Test func hashOrderIsRandomAndFollowsTheSeed() throws {
        let all = jets(2000, single: true)
        let training = try [1, 2].map {
            try SplitSettings(training: .fraction(0.5), validation: .rest, test: .count(0), order: .hash(seed: $0))
                .split(all)
                .training
        }
        #expect(training[0].count == 1000 && training[1].count == 1000)
        #expect(Set(training[0].index) != Set(training[1].index))
        // The mean place of 1,000 of 2,000 has a standard deviation of 13; the two parts share 500 ± 11.
        let mean = Double(training[0].index.reduce(0, +)) / 1000
        #expect(abs(mean - 999.5) < 5 * 13)
        #expect(abs(Set(training[0].index).intersection(training[1].index).count - 500) < 5 * 11)
    }

    /// The key of an event does not depend on the others, so its order among them stays.
    @Test func hashOrderOfAnEventDoesNotDependOnOtherJets() throws {
        let all = jets(1000, single: true)
        let settings = SplitSettings(training: .rest, validation: .count(0), test: .count(0), order: .hash(seed: 7))
        let whole = try settings.split(all).training.index
        let some = try settings.split(all.subset(Array(stride(from: 0, to: 1000, by: 3)))).training.index
        #expect(whole.filter { $0 % 3 == 0 } == some)
    }

    @Test(arguments: [SplitSettings.Order.file, .hash(seed: 4)])
    func balancedPartsHaveEquallyManyOfEachClass(order: SplitSettings.Order) throws {
        let all = jets(3000, classes: [.gluon, .gluon, .w, .gluon, .top], single: true)
        let rarest = all.classCounts.map(\.jets).min()!
        let settings = SplitSettings(
            training: .count(900), validation: .fraction(0.1), test: .rest, order: order, balanced: true)
        let split = try settings.split(all)
        for part in parts(split) { #expect(Set(part.classCounts.map(\.jets)).count == 1) }
        #expect(split.training.classCounts.map(\.jets) == [300, 300, 300])
        #expect(split.validation.classCounts.map(\.jets)[0] == rarest / 10)
        #expect(parts(split).reduce(0) { $0 + $1.count } == 3 * rarest)
        // Classes are mixed, not one after the other.
        #expect(Set(split.training.classes.prefix(30)).count > 1)
        expectNoSharedEvent(split)
    }

    @Test func paperSplitTakesTestFromOtherFiles() throws {
        let settings = SplitSettings.paper
        #expect(settings.training == .count(200_000))
        let train = jets(249_785, single: true)
        let val = jets(1000, single: true)
        let split = try settings.split(train, test: val)
        #expect(split.training.count == 200_000)
        #expect(split.validation.count == 49_785)
        #expect(split.training.index.last == 199_999 && split.validation.index.first == 200_000)
        #expect(split.test.index == val.index)
    }

    @Test func tooFewJetsSaysHowManyThereAre() {
        let few = jets(10, single: true)
        #expect(
            throws: JetsError.tooFewJets(
                part: "validation", wanted: 8, counts: [JetCount(.gluon, 2), JetCount(.w, 2)])
        ) {
            try SplitSettings(training: .count(6), validation: .count(8), test: .rest, order: .file).split(few)
        }
        let error = #expect(throws: JetsError.self) { try SplitSettings.paper.split(few, test: few) }
        #expect(
            error?.description.contains("training asks for 200000 jets, and there are 10 left: gluon 5, W 5") == true)
        let balanced = SplitSettings(training: .count(12), validation: .rest, test: .rest, order: .file, balanced: true)
        #expect(throws: JetsError.tooFewJets(part: "training", wanted: 6, counts: [JetCount(.gluon, 5)])) {
            try balanced.split(few)
        }
    }

    @Test func nothingLeftForAPartIsAnError() {
        let few = jets(10, single: true)
        #expect(throws: JetsError.tooFewJets(part: "validation", wanted: 1, counts: [])) {
            try SplitSettings(training: .count(10), validation: .rest, test: .count(0), order: .file).split(few)
        }
    }

    @Test func partWithoutAClassIsAnError() {
        let few = jets(10, single: true)
        #expect(throws: JetsError.emptyClass(.gluon, place: "training", counts: [JetCount(.w, 1)])) {
            try SplitSettings(training: .count(1), validation: .rest, test: .count(0), order: .file).split(few)
        }
    }

    @Test(arguments: [
        SplitSettings.Amount.fraction(1.2), .fraction(-0.1), .fraction(.nan), .count(-1), .fraction(0.95),
    ])
    func impossibleAmounts(amount: SplitSettings.Amount) {
        let error = #expect(throws: JetsError.self) {
            try SplitSettings(training: amount, validation: .fraction(0.1), test: .rest, order: .file).split(jets(50))
        }
        guard case .invalidSetting = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func settingsSurviveJSON() throws {
        for settings in [
            SplitSettings(
                training: .count(5), validation: .fraction(0.25), test: .rest, order: .hash(seed: 3), balanced: true),
            SplitSettings(training: .fraction(1), validation: .count(0), test: .rest, order: .file),
        ] {
            #expect(try JSONDecoder().decode(SplitSettings.self, from: JSONEncoder().encode(settings)) == settings)
        }
    }

    @Test func settingsAreWrittenPlainly() throws {
        func decode(training: String, order: String) throws -> SplitSettings {
            let text = """
                {"training": \(training), "validation": "rest", "test": {"count": 1}, "order": \(order), "balanced": false}
                """
            return try JSONDecoder().decode(SplitSettings.self, from: Data(text.utf8))
        }
        let plain = try decode(training: #"{"fraction": 0.5}"#, order: #""file""#)
        #expect(plain == SplitSettings(training: .fraction(0.5), validation: .rest, test: .count(1), order: .file))
        #expect(try decode(training: #""rest""#, order: #"{"seed": 9}"#).order == .hash(seed: 9))
        for (training, order) in [
            (#""all""#, #""file""#), (#"{"jets": 3}"#, #""file""#), (#"{"count": 3, "fraction": 0.5}"#, #""file""#),
            (#""rest""#, #""random""#), (#""rest""#, #"{"hash": 3}"#),
        ] {
            #expect(throws: DecodingError.self) { try decode(training: training, order: order) }
        }
    }
}
