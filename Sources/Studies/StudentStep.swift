import Foundation
import Networks
import Objectives
import Statistics
import Support
import Torch
import Training

/// Trains one student with one seed on a teacher's logits, in a folder of its own. Killed at any moment and started again
/// it ends with the same bits.
struct StudentStep {
    let teacher: TrainedTagger
    let logits: TeacherLogits
    let student: StudentSettings
    let seed: UInt64
    let settings: DistillationSettings
    let data: StudyData
    let folder: String
    let threads: Int
    let log: (String) -> Void

    private var label: String { "\(teacher.name) → \(student.name), seed \(seed)" }

    /// What decides the result.
    private var identity: [String] {
        get throws {
            [
                logits.identity, String(decoding: try json(student.network), as: UTF8.self),
                String(decoding: try json(settings.training), as: UTF8.self), settings.targets.rawValue, "\(seed)",
            ]
        }
    }

    /// The seed of the student's random streams. Not the seed itself, with which a teacher of the same architecture may
    /// have begun: its student would start where it did.
    private var streams: UInt64 { RandomStream(seed: seed, purpose: "student").key }

    /// Does what is missing.
    func run() throws -> StudentRun {
        var isNew = false
        let run = try KeptResult.at("\(folder)/result.json", identity: try identity) {
            isNew = true
            return try train()
        }
        if !isNew { log("\(label): done before") }
        // A study has hundreds of students, and a checkpoint is four times as large as the weights.
        Checkpoints.remove(from: folder)
        return run.counted(to: settings.threshold)
    }

    private func train() throws -> StudentRun {
        let network = TaggerNetwork(student.network), targets = Targets(logits.training, settings.targets)
        func objective(_ data: TaggingData, _ logits: [Double]) -> TaggingObjective<TaggerNetwork> {
            var data = data
            data.teacherLogits = Tensor(logits.map { ($0 - targets.shift) / targets.scale }).to(data.labels.scalarType)
            return TaggingObjective(
                network: network, data: data, terms: [WeightedTerm(LogitMatching())], seed: streams)
        }
        let training = objective(data.training, logits.training)
        var trainer = Trainer(
            training: training, validation: objective(data.validation, logits.validation), settings: settings.training,
            seed: streams, label: label, threads: threads, folder: folder, fingerprint: Digest.of(try identity))
        trainer.watched = [training, objective(data.test, logits.test)]
        let result = try trainer.run(from: network.initialParameters(seed: streams), log: log)
        let tagger = TrainedTagger(
            theta: targets.restore(result.theta, network.parameters),
            description: .init(
                network: student.network, input: data.input, variant: "\(teacher.name) → \(student.name)", seed: seed))
        try tagger.write(to: "\(folder)/weights.safetensors")
        return try evaluate(tagger, result.history, targets)
    }

    private func evaluate(_ tagger: TrainedTagger, _ history: TrainingHistory, _ targets: Targets) throws -> StudentRun
    {
        let variances = [logits.training, logits.validation, logits.test].map { meanAndVariance(of: $0).variance }
        let unit = targets.scale * targets.scale
        let epochs = history.epochs.map { record in
            let errors = [record.watched![0], record.validation, record.watched![1]]
            let distances = zip(errors, variances).map {
                StudentRun.Distance(meanSquaredError: $0 * unit, logitVariance: $1)
            }
            return StudentRun.Epoch(
                epoch: record.epoch, training: distances[0], validation: distances[1], test: distances[2])
        }
        let reducer = Reducer(sliceSize: settings.training.sliceSize, threads: threads)
        let (test, own) = try tagger.evaluate(data.test, reducer)
        return StudentRun(
            student: student.name, network: student.network.summary, kind: student.network.kind,
            parameters: tagger.theta.count, seed: seed, epochs: epochs, bestEpoch: history.bestEpoch, test: test,
            agreement: Agreement(own, logits.test), threshold: settings.threshold)
    }
}

/// The teacher's logits as a student is trained on them: (logit − shift) / scale.
private struct Targets {
    var shift = 0.0
    var scale = 1.0

    init(_ training: [Double], _ kind: DistillationSettings.Targets) {
        guard kind == .standardised else { return }
        let (mean, variance) = meanAndVariance(of: training)
        shift = mean
        // A constant teacher has nothing to be scaled by.
        scale = variance > 0 ? variance.squareRoot() : 1
    }

    /// Weights whose logits are scale·f + shift where those of `theta` are f: every network ends in a linear layer with
    /// one output.
    func restore(_ theta: Tensor, _ table: ParameterTable) -> Tensor {
        guard (shift, scale) != (0, 1) else { return theta }
        let restored = theta.copied(), bias = table.entries[table.entries.count - 1]
        let weight = table.entries[table.entries.count - 2]
        precondition(bias.count == 1 && weight.shape.first == 1, "the last layer of a tagger has one output")
        restored.withMutableElements(Float.self) {
            for index in weight.offset..<weight.offset + weight.count { $0[index] = Float(Double($0[index]) * scale) }
            $0[bias.offset] = Float(Double($0[bias.offset]) * scale + shift)
        }
        return restored
    }
}
