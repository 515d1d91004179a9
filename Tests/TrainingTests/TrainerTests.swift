import Fixtures
import Foundation
import Networks
import Objectives
import Support
import Testing
import Torch
import Training

struct TrainerTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    private func trainer(
        epochs: Int = 3, threads: Int = 2, folder: String? = nil, change: (inout TrainingSettings) -> Void = { _ in }
    ) -> (Trainer<TaggingObjective<JetTransformer>, TaggingObjective<JetTransformer>>, Tensor) {
        let (objective, theta) = Example.objective(jets: 300, dropout: 0.1)
        var settings = TrainingSettings()
        settings.epochs = epochs
        settings.batchSize = 64
        settings.learningRate = 0.003
        change(&settings)
        let trainer = Trainer(
            training: objective, validation: objective, settings: settings, seed: 5, label: "test", threads: threads,
            folder: folder)
        return (trainer, theta)
    }

    private func bits(_ theta: Tensor) -> [UInt32] { theta.elements(Float.self).map(\.bitPattern) }

    @Test func `A training learns`() throws {
        let (trainer, theta) = trainer(epochs: 40) {
            $0.batchSize = 20
            $0.learningRate = 0.005
        }
        let result = try trainer.run(from: theta, showsProgress: false)
        #expect(result.history.epochs.count == 40)
        #expect(result.history.bestValidation < 0.45)
        #expect(result.history.epochs[0].validation > 0.6)
        let best = result.history.epochs.min { $0.validation < $1.validation }!
        #expect(result.history.bestEpoch == best.epoch)
        // The weights that are kept are those of the best epoch.
        let value = Reducer().value(trainer.validation, at: result.theta, samples: Array(0..<300))
        #expect(value.total == best.validation)
    }

    @Test func `The number of threads changes no bit of a whole training`() throws {
        let results = try [1, 2, 3].map { threads in
            let (trainer, theta) = trainer(threads: threads)
            return try trainer.run(from: theta, showsProgress: false)
        }
        #expect(bits(results[0].theta) == bits(results[1].theta))
        #expect(bits(results[0].theta) == bits(results[2].theta))
        #expect(results[0].history == results[2].history)
    }

    @Test func `The start is left as it was`() throws {
        let (trainer, theta) = trainer(epochs: 1)
        let before = bits(theta)
        _ = try trainer.run(from: theta, showsProgress: false)
        #expect(bits(theta) == before)
    }

    @Test func `A training that went on from a checkpoint ends with the same bits`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (whole, theta) = trainer(epochs: 4)
        let expected = try whole.run(from: theta, showsProgress: false)
        // The first sitting saves in the middle of every epoch, and its last checkpoints are those of epoch 4: take the
        // one before, as after a kill.
        var (first, _) = trainer(epochs: 4, folder: folder)
        first.checkpointInterval = 0
        _ = try first.run(from: theta, showsProgress: false)
        try FileManager.default.removeItem(atPath: "\(folder)/checkpoint.safetensors")
        let resumed = try first.run(from: theta, showsProgress: false)
        #expect(bits(resumed.theta) == bits(expected.theta))
        #expect(resumed.history == expected.history)
    }

    @Test func `Objectives that are watched are recorded after each epoch and have no say`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (plain, theta) = trainer()
        let (others, _) = Example.objective(jets: 40)
        let alone = try plain.run(from: theta, showsProgress: false)
        #expect(alone.history.epochs.allSatisfy { $0.watched == nil })
        var (watching, _) = trainer(folder: folder)
        watching.watched = [plain.training, others]
        watching.checkpointInterval = 0
        let result = try watching.run(from: theta, showsProgress: false)
        #expect(bits(result.theta) == bits(alone.theta))
        let best = result.history.epochs[result.history.bestEpoch - 1]
        let expected = [plain.training, others].map {
            Reducer().value($0, at: result.theta, samples: Array(0..<$0.sampleCount)).total
        }
        #expect(best.watched == expected)
        // Dropout is off, unlike in the mean over the epoch's batches.
        #expect(best.watched?[0] == best.validation && best.watched?[0] != best.training)
        try FileManager.default.removeItem(atPath: "\(folder)/checkpoint.safetensors")
        #expect(try watching.run(from: theta, showsProgress: false).history == result.history)
    }

    @Test func `A damaged newest checkpoint is passed over with a warning`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (whole, theta) = trainer()
        let expected = try whole.run(from: theta, showsProgress: false)
        let (first, _) = trainer(folder: folder)
        _ = try first.run(from: theta, showsProgress: false)
        let newest = "\(folder)/checkpoint.safetensors"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: newest))
        bytes[bytes.count - 5] ^= 1  // one bit of a weight: every length is still right
        try bytes.write(to: URL(fileURLWithPath: newest))
        nonisolated(unsafe) var warnings: [String] = []
        let resumed = try first.run(from: theta, showsProgress: false) { warnings.append($0) }
        #expect(warnings.count == 2 && warnings[0].contains("digest") && warnings[1].contains("going on in epoch"))
        #expect(bits(resumed.theta) == bits(expected.theta))
    }

    @Test func `A checkpoint of other settings is refused, and kept`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (first, theta) = trainer(folder: folder)
        _ = try first.run(from: theta, showsProgress: false)
        let (second, _) = trainer(folder: folder) { $0.learningRate = 0.004 }
        #expect(throws: TrainingError.otherSettings(checkpoint: "\(folder)/checkpoint.safetensors")) {
            try second.run(from: theta, showsProgress: false)
        }
        #expect(FileManager.default.fileExists(atPath: "\(folder)/checkpoint.safetensors"))
    }

    @Test func `A diverging loss is reported with what to try`() throws {
        let (trainer, theta) = trainer { $0.gradientClip = nil }
        theta.withMutableElements(Float.self) { $0[3] = .infinity }
        let error = #expect(throws: TrainingError.self) { try trainer.run(from: theta, showsProgress: false) }
        #expect(error?.description.contains("Try a smaller learningRate") == true)
    }

    @Test func `Patience ends a training that no longer improves`() throws {
        let (trainer, theta) = trainer(epochs: 50) {
            $0.patience = 2
            $0.learningRate = 1e-12
        }
        let history = try trainer.run(from: theta, showsProgress: false).history
        #expect(history.stoppedEarly)
        #expect(history.epochs.count < 50)
        #expect(history.epochs.count - history.bestEpoch == 2)
    }

    @Test func `Rates rise, and fall along a cosine`() {
        var settings = TrainingSettings()
        settings.epochs = 10
        settings.learningRate = 1
        settings.warmUpEpochs = 2
        settings.schedule = .cosine
        let rates = (0..<100).map { settings.learningRate(step: $0, stepsPerEpoch: 10) }
        #expect(rates[0] == 0.05 && rates[19] == 1 && rates[20] == 1)
        #expect(abs(rates[60] - 0.5) < 1e-12)
        #expect(rates[99] < 0.001 && rates[99] > 0)
        settings.schedule = .constant
        #expect(settings.learningRate(step: 60, stepsPerEpoch: 10) == 1)
    }
}
