import Foundation
import Networks
import Objectives
import Support
import Torch

/// Trains a flat parameter vector on an objective: Adam on batches in a seeded order, validation after each epoch, the
/// weights with the lowest validation loss kept, checkpoints on the way.
///
/// Killed at any moment and started again with the same folder, it ends with the same bits.
public struct Trainer<Training: Objective, Validation: Objective>: Sendable {
    public let training: Training
    public let validation: Validation
    public let settings: TrainingSettings
    public let seed: UInt64
    /// What is trained, for messages: `unconstrained, seed 1`.
    public let label: String
    /// Workers; never changes a result.
    public let threads: Int
    /// Where checkpoints go; nil keeps none.
    public let folder: String?
    /// What names the training beside its settings: the data's fingerprints.
    public let fingerprint: String

    /// Objectives that are evaluated and recorded after each epoch, dropout off, and have no say in the training: the
    /// training jets' own, or the test jets'. Each costs a forward pass over its samples.
    public var watched: [Validation] = []

    /// Seconds between two checkpoints within an epoch.
    public var checkpointInterval = 120.0

    public init(
        training: Training, validation: Validation, settings: TrainingSettings, seed: UInt64, label: String,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, folder: String? = nil, fingerprint: String = ""
    ) {
        self.training = training
        self.validation = validation
        self.settings = settings
        self.seed = seed
        self.label = label
        self.threads = threads
        self.folder = folder
        self.fingerprint = fingerprint
    }

    /// The weights that were kept, and how the training went.
    public struct Result: Sendable {
        public let theta: Tensor
        public let history: TrainingHistory
    }

    /// Trains from `initial` on, or from the folder's newest checkpoint; `log` hears which, and of damaged checkpoints.
    ///
    /// - Throws: ``TrainingError`` where the loss diverges, the checkpoint is another training's or there are no
    ///   samples; `Interrupted` on Ctrl-C, after saving; `FileError` where a checkpoint can't be written.
    public func run(from initial: Tensor, showsProgress: Bool = true, log: (String) -> Void = { _ in }) throws
        -> Result
    {
        guard training.sampleCount > 0 else { throw TrainingError.noSamples(what: "training") }
        guard validation.sampleCount > 0 else { throw TrainingError.noSamples(what: "validation") }
        // The first process alone may find that the folder is another training's, and clear it.
        if Processes.isFollowing { Processes.current?.meet() }
        var state = try start(from: initial, log)
        if !Processes.isFollowing { Processes.current?.meet() }
        let perEpoch = Double(training.sampleCount)
        let done = Double(state.progress.epoch) * perEpoch + Double(state.progress.samples)
        let progress =
            showsProgress && !state.progress.isFinished && !Processes.isFollowing
            ? ProgressLine(label, total: Double(settings.epochs) * perEpoch, done: done, unit: "jets") : nil
        let resident = training.resident.map {
            ResidentTraining($0, settings, sliceSize: reducer.sliceSize(on: .cuda(0)))
        }
        while !state.progress.isFinished {
            if let resident {
                try trainEpoch(&state, on: resident, progress)
            } else {
                try trainEpoch(&state, progress)
            }
            try validate(&state)
            let last = state.progress.history.epochs.last!
            progress?.advance(by: 0, note: describe(last, state.progress.history))
            try save(state)
        }
        progress?.finish()
        return Result(theta: state.best, history: state.progress.history)
    }

    // MARK: An epoch

    private var reducer: Reducer { Reducer(sliceSize: settings.sliceSize, threads: threads) }

    private func trainEpoch(_ state: inout Checkpoint, _ progress: ProgressLine?) throws {
        let epoch = state.progress.epoch
        let order = RandomStream(seed: seed, purpose: "order").permutation(training.sampleCount, epoch: UInt32(epoch))
        let batches = (order.count + settings.batchSize - 1) / settings.batchSize
        let gradient = Accumulator(count: training.parameters.count)
        let mode = EvaluationMode(
            trainingEpoch: UInt32(epoch), usesBFloat16: settings.precision == .bfloat16)
        var lastSave = Date()
        while state.progress.batch < batches {
            let start = state.progress.batch * settings.batchSize
            let samples = Array(order[start..<min(start + settings.batchSize, order.count)])
            let rate = settings.learningRate(step: state.optimiser.step, stepsPerEpoch: batches)
            let value = reducer.gradient(training, at: state.theta, samples: samples, mode, into: gradient)
            try check("loss", value.total, epoch, state.progress.batch, rate)
            let norm = reducer.norm(of: gradient)
            try check("gradient's norm", norm, epoch, state.progress.batch, rate)
            state.optimiser.update(state.theta, gradient: gradient, norm: norm, learningRate: rate, settings, reducer)
            for (term, mean) in value.terms.enumerated() {
                state.progress.termSums[term] += mean * Double(samples.count)
            }
            state.progress.gradientNormSum += norm
            state.progress.samples += samples.count
            state.progress.batch += 1
            state.progress.step = state.optimiser.step
            progress?.advance(by: Double(samples.count))
            let interrupted = Interruption.isRequested
            if interrupted || -lastSave.timeIntervalSinceNow > checkpointInterval {
                try save(state)
                lastSave = Date()
            }
            if interrupted { throw Interrupted(state: folder ?? "no folder (none was given), so it is lost") }
        }
    }

    /// As ``trainEpoch(_:_:)``, on a device: the host looks at what the steps gave at the epoch's end, or when it saves the
    /// state.
    private func trainEpoch(_ state: inout Checkpoint, on resident: ResidentTraining, _ progress: ProgressLine?) throws
    {
        let epoch = state.progress.epoch
        let order = RandomStream(seed: seed, purpose: "order").permutation(training.sampleCount, epoch: UInt32(epoch))
        let batches = (order.count + settings.batchSize - 1) / settings.batchSize
        let first = state.optimiser.step - state.progress.batch
        let rates = (0..<batches).map { settings.learningRate(step: first + $0, stepsPerEpoch: batches) }
        resident.begin(
            theta: state.theta, optimiser: state.optimiser, epoch: epoch, order: order, rates: rates,
            step: state.progress.batch)
        func sampleCount(_ batch: Int) -> Int { min(settings.batchSize, order.count - batch * settings.batchSize) }
        var lastSave = Date()
        var started = state.progress.batch
        /// Waits for the steps that were started, and takes over what they gave.
        func fetch() throws {
            let steps = state.progress.batch..<started
            for (batch, row) in zip(steps, resident.results(steps)) {
                let terms = row.dropLast(), norm = row[row.count - 1]
                let total = zip(terms, training.terms).reduce(0) { $0 + ($1.1.weight == 0 ? 0 : $1.0 * $1.1.weight) }
                try check("loss", total, epoch, batch, rates[batch])
                try check("gradient's norm", norm, epoch, batch, rates[batch])
                for (term, mean) in terms.enumerated() {
                    state.progress.termSums[term] += mean * Double(sampleCount(batch))
                }
                state.progress.gradientNormSum += norm
                state.progress.samples += sampleCount(batch)
            }
            state.progress.batch = started
            state.progress.step = first + started
            resident.fetch(theta: state.theta, optimiser: &state.optimiser, step: first + started)
        }
        while started < batches {
            resident.start(step: started)
            progress?.advance(by: Double(sampleCount(started)))
            started += 1
            let interrupted = Interruption.isRequested
            if interrupted || -lastSave.timeIntervalSinceNow > checkpointInterval {
                try fetch()
                try save(state)
                lastSave = Date()
            }
            if interrupted { throw Interrupted(state: folder ?? "no folder (none was given), so it is lost") }
        }
        try fetch()
    }

    private func validate(_ state: inout Checkpoint) throws {
        func evaluate(_ objective: Validation) -> Reducer.Value {
            reducer.value(objective, at: state.theta, samples: Array(0..<objective.sampleCount))
        }
        let value = evaluate(validation)
        var now = state.progress
        try check("validation loss", value.total, now.epoch, now.batch, settings.learningRate)
        let terms = now.termSums.map { $0 / Double(now.samples) }
        let record = EpochRecord(
            epoch: now.epoch + 1, trainingTerms: terms,
            training: zip(terms, training.terms).reduce(0) { $0 + $1.0 * $1.1.weight },
            validationTerms: value.terms, validation: value.total,
            gradientNorm: now.gradientNormSum / Double(now.batch),
            learningRate: settings.learningRate(step: now.step - 1, stepsPerEpoch: now.batch),
            watched: watched.isEmpty ? nil : watched.map { evaluate($0).total })
        now.history.epochs.append(record)
        let selecting = selectingValue(value)
        if selecting < now.history.bestValidation {
            now.history.bestValidation = selecting
            now.history.bestEpoch = record.epoch
            state.best = state.theta.copied()
        }
        now.epoch += 1
        now.batch = 0
        now.samples = 0
        now.gradientNormSum = 0
        now.termSums = now.termSums.map { _ in 0 }
        if let patience = settings.patience, now.epoch - now.history.bestEpoch >= patience, now.epoch < settings.epochs
        {
            now.history.stoppedEarly = true
        }
        now.isFinished = now.epoch >= settings.epochs || now.history.stoppedEarly
        state.progress = now
    }

    private func selectingValue(_ value: Reducer.Value) -> Double {
        guard settings.selectBy == .bce, let index = validation.terms.firstIndex(where: { $0.name == "bce" }) else {
            return value.total
        }
        return value.terms[index]
    }

    private func check(_ quantity: String, _ value: Double, _ epoch: Int, _ batch: Int, _ rate: Double) throws {
        guard !value.isFinite else { return }
        throw TrainingError.diverged(
            label: label, epoch: epoch + 1, batch: batch + 1, quantity: quantity, value: value, learningRate: rate)
    }

    private func describe(_ record: EpochRecord, _ history: TrainingHistory) -> String {
        String(
            format: "epoch %d  loss %.4f  validation %.4f  best %.4f (%d)", record.epoch, record.training,
            record.validation, history.bestValidation, history.bestEpoch)
    }

    // MARK: Checkpoints

    private func start(from initial: Tensor, _ log: (String) -> Void) throws -> Checkpoint {
        let identity = try self.identity()
        if let folder, let found = Checkpoint.newest(in: folder, warn: log) {
            guard found.progress.fingerprint == identity, found.theta.count == initial.count else {
                throw TrainingError.otherSettings(checkpoint: "\(folder)/\(Checkpoint.name)")
            }
            let now = found.progress
            if !now.isFinished {
                log("\(label): going on in epoch \(now.epoch + 1), at batch \(now.batch + 1)")
            }
            return found
        }
        return Checkpoint(
            theta: initial.copied(), best: initial.copied(), optimiser: Adam(count: initial.count),
            progress: .init(
                fingerprint: identity, termSums: training.terms.map { _ in 0 },
                history: TrainingHistory(terms: training.terms)))
    }

    private func save(_ state: Checkpoint) throws {
        if let folder { try state.write(to: folder) }
    }

    /// What makes two trainings the same.
    private func identity() throws -> String {
        let settings = String(decoding: try JSONEncoder.exact.encode(settings), as: UTF8.self)
        let terms = String(decoding: try JSONEncoder.exact.encode(training.terms), as: UTF8.self)
        let counts = ([training.sampleCount, validation.sampleCount] + watched.map(\.sampleCount)).map(String.init)
        return "\(settings) \(terms) seed \(seed) jets \(counts.joined(separator: " ")) \(fingerprint)"
    }
}
