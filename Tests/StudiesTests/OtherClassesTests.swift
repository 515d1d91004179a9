import Foundation
import Jets
import Studies
import Testing

/// Which jets of the sample taggers are tried on.
struct OtherClassesTests {
    static func settings(testFiles: [String] = []) -> StudySettings.DataSettings {
        var settings = Preset.quick.settings.data
        settings.constituents = 4
        // No jet is left out.
        settings.trainingJets = 0.6
        settings.testJets = nil
        settings.testFiles = testFiles
        return settings
    }

    @Test func `Own classes are the study's test jets, others share no event with training or validation`() throws {
        let settings = Self.settings()
        let all = try JetReader(constituents: 4).read([try Sample.resolve("sample")])
        let study = try StudyData(settings), jets = try settings.readTestJets(of: [])
        let own = jets.subset((0..<jets.count).filter { [.w, .gluon].contains(jets.jetClass($0)) })
        #expect(own.index.sorted() == study.testJets.index.sorted())
        // Every event with a jet that was not tested but is of the own classes.
        let tested = Set(study.testJets.index)
        let used = Set(
            (0..<all.count).filter { [.w, .gluon].contains(all.jetClass($0)) && !tested.contains(all.index[$0]) }
                .map { all.eventIndex[$0] })
        let expected = (0..<all.count).filter {
            ![.w, .gluon].contains(all.jetClass($0)) && !used.contains(all.eventIndex[$0])
        }
        let others = (0..<jets.count).filter { ![.w, .gluon].contains(jets.jetClass($0)) }
        #expect(others.map { jets.index[$0] } == expected.map { all.index[$0] } && others.count > 10_000)
        #expect(jets.index == jets.index.sorted())
        let few = try settings.readTestJets(of: [.gluon, .top])
        #expect(few.classCounts == jets.classCounts.filter { [.gluon, .top].contains($0.jetClass) })
    }

    @Test func `With test files they are all jets of those`() throws {
        let jets = try Self.settings(testFiles: ["sample"]).readTestJets(of: [.w, .gluon, .z])
        let all = try JetReader(constituents: 4, classes: [.w, .gluon, .z]).read([try Sample.resolve("sample")])
        #expect(jets.index == all.index && jets.classCounts == all.classCounts)
    }

    @Test func `A class that the files lack is named`() throws {
        var settings = Self.settings()
        settings.files = ["/nowhere/jets.h5"]
        #expect(throws: JetsError.missingFile(path: "/nowhere/jets.h5")) { try settings.readTestJets(of: [.z]) }
    }
}
