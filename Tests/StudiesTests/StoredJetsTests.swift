import Foundation
import Jets
import Networks
import Objectives
import Studies
import Testing
import Torch
import Training

/// Where a study keeps its jets has no say in anything.
struct StoredJetsTests {
    private func settings(memory: Double?, scratch: String?) -> StudySettings.DataSettings {
        var settings = StudySettings.DataSettings()
        settings.constituents = 6
        settings.scalesFeatures = true
        settings.trainingJets = 600
        settings.validationJets = 200
        settings.testJets = 300
        settings.memory = memory
        settings.scratch = scratch
        return settings
    }

    @Test func `A training over scratch files gives the same bits as one in memory`() throws {
        let folder = NSTemporaryDirectory() + "goldstone-stored-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func train(_ settings: StudySettings.DataSettings) throws -> (StudyData, [Float], [Double]) {
            let data = try StudyData(settings)
            var own = ConstituentMLP.Settings()
            own.constituents = 6
            own.hidden = [12]
            let network = ConstituentMLP(own)
            func objective(_ data: TaggingData) -> TaggingObjective<ConstituentMLP> {
                TaggingObjective(network: network, data: data, terms: [WeightedTerm(BinaryCrossEntropy())], seed: 1)
            }
            var training = TrainingSettings()
            training.epochs = 2
            training.batchSize = 64
            let result = try Trainer(
                training: objective(data.training), validation: objective(data.validation), settings: training, seed: 1,
                label: "stored", threads: 2
            ).run(from: network.initialParameters(seed: 1), showsProgress: false)
            let logits = Reducer(threads: 1).logits(network, at: result.theta, data.test)
            return (data, result.theta.elements(Float.self), logits)
        }
        let memory = try train(settings(memory: nil, scratch: nil)),
            files = try train(settings(memory: 0, scratch: folder))
        #expect(files.0.testJets.fourMomenta.isInFile && !memory.0.testJets.fourMomenta.isInFile)
        #expect(files.0.testJets.storage.used.memory == 0 && files.0.testJets.storage.folder == folder)
        #expect(files.0.summary == memory.0.summary)
        #expect(files.1 == memory.1 && files.2 == memory.2)
    }

    @Test func `The study file says where jets are kept, and nothing is computed anew for it`() throws {
        let plain = try StudySettings(yaml: "preset: smoke", file: "a.yaml")
        let moved = try StudySettings(
            yaml: "preset: smoke\ndata: {memory: 0.5, scratch: /scratch/me}", file: "b.yaml")
        #expect(moved.data.memory == 0.5 && moved.data.scratch == "/scratch/me")
        #expect(plain.data.memory == nil && plain.data.scratch == nil && moved.data.identity == plain.data.identity)
        let again = try StudySettings(yaml: try moved.yaml(), file: "c.yaml")
        #expect(again.data == moved.data)
        #expect(try StudySettings(yaml: "data: {memory: null, scratch: null}", file: "d.yaml").data.memory == nil)
        for (line, wanted) in [
            ("memory: -1", "`data.memory` must be null or gigabytes, 0 or more, not `-1`"),
            ("scratch: [a]", "`data.scratch` must be text"),
        ] {
            let error = #expect(throws: SettingsError.self) {
                try StudySettings(yaml: "data:\n  \(line)\n", file: "e.yaml")
            }
            #expect(error?.description.contains(wanted) == true, "\(String(describing: error))")
        }
    }
}
