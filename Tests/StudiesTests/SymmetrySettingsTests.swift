import Foundation
import Jets
import Objectives
import Studies
import Testing
import Training

/// The symmetry terms as a study file names and sets them.
struct SymmetrySettingsTests {
    private func error(_ yaml: String) -> String {
        do {
            _ = try StudySettings(yaml: yaml, file: "my.yaml")
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func `The defaults are SEAL's`() {
        let symmetry = StudySettings().symmetry
        #expect(symmetry.on == .probability && symmetry.betaSquaredMax == 0.95 && !symmetry.rotations)
        #expect(symmetry.boostsPerJet == 1 && symmetry.generators == .both)
        #expect(symmetry.rescalingScale == RescalingLaw.matchedScale)
        let constrained = StudySettings.VariantSettings.constrained
        #expect(constrained.name == "constrained")
        #expect(constrained.terms == [.init(name: "bce", weight: 1), .init(name: "group", weight: 0.1)])
    }

    @Test func `Every setting is read, and written back`() throws {
        let settings = try StudySettings(
            yaml: """
                symmetry: {on: logit, betaSquaredMax: 0.5, rotations: true, boostsPerJet: 3, generators: rotations,
                           rescalingScale: 0.2}
                variants:
                  - {name: all, terms: {rescaling: 0.4, group: 0.1, augmentation: 0.3, infinitesimal: 0.2, bce: 1}}
                """, file: "my.yaml")
        var expected = SymmetrySettings()
        expected.on = .logit
        expected.betaSquaredMax = 0.5
        expected.rotations = true
        expected.boostsPerJet = 3
        expected.generators = .rotations
        expected.rescalingScale = 0.2
        #expect(settings.symmetry == expected)
        #expect(
            settings.variants[0].terms.map(\.name) == ["bce", "group", "infinitesimal", "augmentation", "rescaling"])
        let again = try StudySettings(yaml: settings.yaml(), file: "again.yaml")
        #expect(again.symmetry == expected)
        #expect(again.variants == settings.variants)
        #expect(settings.variants[0].terms.map(\.weight) == [1, 0.1, 0.2, 0.3, 0.4])
    }

    @Test(arguments: [
        ("symmetry: {betaSquareMax: 0.5}", "nearest valid key is `symmetry.betaSquaredMax`"),
        ("symmetry: {betaSquaredMax: 1}", "`symmetry.betaSquaredMax` must be a number from 0 to below 1, not `1`"),
        ("symmetry: {on: score}", "`symmetry.on` must be one of probability, logit, not `score`"),
        ("symmetry: {generators: all}", "`symmetry.generators` must be one of boosts, rotations, both, not `all`"),
        ("symmetry: {boostsPerJet: 0}", "`symmetry.boostsPerJet` must be a whole number from 1"),
        ("symmetry: {rescalingScale: -1}", "`symmetry.rescalingScale` must be"),
        ("variants: [{name: a, terms: {bce: 1, grup: 0.1}}]", "bce, group, infinitesimal, augmentation, rescaling"),
    ])
    func `Wrong ones are errors that say what is right`(_ yaml: String, _ message: String) {
        #expect(error(yaml).contains(message), "\(error(yaml))")
    }
}

/// A study with every term, on a few of the shipped jets.
struct SymmetryStudyTests {
    private func settings(_ change: (inout SymmetrySettings) -> Void = { _ in }) throws -> StudySettings {
        var settings = try StudySettings(
            yaml: """
                preset: smoke
                seeds: [1]
                measures: [evaluation]
                data: {trainingJets: 96, validationJets: 64, testJets: 200, constituents: 8}
                network: {width: 8, heads: 2, feedForward: 8, head: [4], dropout: 0}
                training: {epochs: 1, batchSize: 48}
                variants:
                  - {name: unconstrained, terms: {bce: 1}}
                  - {name: every, terms: {bce: 1, group: 0.1, infinitesimal: 0.1, augmentation: 0.1, rescaling: 0.1}}
                """, file: "my.yaml")
        change(&settings.symmetry)
        return settings
    }

    private func inScratchFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func `Every term is trained with and recorded, and its settings are part of what a training is`() throws {
        try inScratchFolder { folder in
            let study = try Study(settings(), folder: folder, threads: 1)
            _ = try study.run { _ in }
            let history = try study.outcome().runs[1].history
            #expect(history.terms.map(\.name) == ["bce", "group", "infinitesimal", "augmentation", "rescaling"])
            let epoch = try #require(history.epochs.first)
            for terms in [epoch.trainingTerms, epoch.validationTerms] {
                #expect(terms.count == 5 && terms.allSatisfy { $0 > 0 && $0.isFinite })
            }
            // Other settings in the same folder: the variant without symmetry terms stands, the other is trained anew, and
            // what it was is kept aside.
            let log = Log(),
                old = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/every/seed-1/weights.safetensors"))
            _ = try Study(settings { $0.betaSquaredMax = 0.5 }, folder: folder, threads: 1).run { log.append($0) }
            #expect(log.lines.contains { $0.contains("training/every/seed-1") })
            #expect(!log.lines.contains { $0.contains("training/unconstrained/seed-1") })
            let kept = try Data(
                contentsOf: URL(fileURLWithPath: "\(folder)/replaced/every-seed-1-1/weights.safetensors"))
            let new = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/every/seed-1/weights.safetensors"))
            #expect(kept == old && new != old)
        }
    }

    @Test func `The settings reach the terms`() throws {
        try inScratchFolder { folder in
            let still = try settings {
                $0.betaSquaredMax = 0
                $0.rescalingScale = 0
            }
            let study = Study(still, folder: folder, threads: 1)
            _ = try study.run { _ in }
            let epochs = try study.outcome().runs[1].history.epochs
            let terms = try #require(epochs.first).trainingTerms
            #expect(terms[1] == 0 && abs(terms[3] - terms[0]) < 1e-6 && terms[4] < 1e-10)
            #expect(terms[2] > 0)
        }
    }
}

private final class Log: @unchecked Sendable {
    private let lock = NSLock()
    private var held: [String] = []
    var lines: [String] { lock.withLock { held } }
    func append(_ line: String) { lock.withLock { held.append(line) } }
}
