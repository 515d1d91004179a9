import ArgumentParser
import Foundation
import Jets
import Networks
import Objectives
import Support
import Torch
import Training

/// Times training steps of the paper's network on invented jets, for `Benchmarks/training`.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark", abstract: "Time training steps (see Benchmarks/training).", shouldDisplay: false)

    @Option(help: "unconstrained or constrained.")
    var variant = "unconstrained"

    @Option var dropout = 0.1
    @Option var steps = 10
    @Option(help: "Steps before those that are timed.")
    var warmUp = 3
    @Option var precision = TrainingSettings.Precision.float32
    @Option var batch = 256
    @Option var slice = 32
    @OptionGroup var threads: Threads

    @OptionGroup var device: DeviceOption

    func run() throws {
        try device.choose()
        guard ["unconstrained", "constrained"].contains(variant) else {
            throw ValidationError("--variant must be unconstrained or constrained, not \(variant)")
        }
        var network = JetTransformer.Settings()
        network.dropout = dropout
        let tagger = JetTransformer(network)
        let terms =
            [WeightedTerm(BinaryCrossEntropy())]
            + (variant == "constrained" ? [WeightedTerm(GroupSymmetry(law: BoostLaw()), weight: 0.1)] : [])
        // A device goes through an epoch of jets, the CPU takes the same ones again.
        let count = ComputeDevice.current == .cpu ? batch : batch * (warmUp + steps)
        let objective = TaggingObjective(network: tagger, data: BenchmarkCommand.jets(count), terms: terms, seed: 1)
        if let resident = objective.resident { return try time(resident, tagger) }
        let reducer = Reducer(sliceSize: slice, threads: threads.threads), settings = TrainingSettings()
        let theta = tagger.initialParameters(seed: 1), gradient = Accumulator(count: tagger.parameters.count)
        var adam = Adam(count: theta.count), start = Date()
        for step in 0..<warmUp + steps {
            if step == warmUp { start = Date() }
            let mode = EvaluationMode(trainingEpoch: UInt32(step), usesBFloat16: precision == .bfloat16)
            _ = reducer.gradient(objective, at: theta, samples: Array(0..<batch), mode, into: gradient)
            adam.update(
                theta, gradient: gradient, norm: reducer.norm(of: gradient), learningRate: settings.learningRate,
                settings, reducer)
        }
        report(seconds: -start.timeIntervalSinceNow)
    }

    /// Steps on a device: the host waits for it before the first that is timed and after the last.
    private func time(_ objective: any ResidentObjective, _ tagger: JetTransformer) throws {
        var settings = TrainingSettings()
        settings.batchSize = batch
        settings.precision = precision
        let training = ResidentTraining(objective, settings, sliceSize: batch),
            theta = tagger.initialParameters(seed: 1)
        training.begin(
            theta: theta, optimiser: Adam(count: theta.count), epoch: 0, order: Array(0..<objective.sampleCount),
            rates: Array(repeating: settings.learningRate, count: warmUp + steps), step: 0)
        // Recording belongs to the preparations.
        guard warmUp > ResidentTraining.stepsBeforeRecording else {
            throw ValidationError("--warm-up must be above \(ResidentTraining.stepsBeforeRecording) on a device")
        }
        for step in 0..<warmUp { training.start(step: step) }
        ComputeDevice.synchronize(objective.device)
        let start = Date()
        for step in warmUp..<warmUp + steps { training.start(step: step) }
        ComputeDevice.synchronize(objective.device)
        report(seconds: -start.timeIntervalSinceNow)
        if !training.isRecorded {
            log(
                "steps were started operator by operator: \(training.graphObstacle ?? "no library for recording (Scripts/cuda-graphs.sh)")"
            )
        }
    }

    private func report(seconds: Double) {
        print("{\"jetsPerSecond\": \(Double(steps * batch) / seconds), \"steps\": \(steps), \"seconds\": \(seconds)}")
    }

    /// Random jets with 32 slots, filled as in the data set: only how many constituents they have decides the time.
    private static func jets(_ count: Int) -> TaggingData {
        let slots = 32, stream = RandomStream(seed: 1, purpose: "benchmark jets")
        var data = JetData(constituents: slots)
        for jet in 0..<count {
            let u = stream.normals(3 * slots + 1, jet: UInt32(jet))
            let filled = max(5, min(slots, Int(49.4 + 22 * u[3 * slots])))
            var momenta = [Float](repeating: 0, count: 4 * slots), sum = (0.0, 0.0, 0.0, 0.0)
            for slot in 0..<filled {
                let pt = 100 * exp(-Double(slot) / 8), eta = 0.1 * u[3 * slot], phi = 0.1 * u[3 * slot + 1]
                let p = (pt * cosh(eta), pt * cos(phi), pt * sin(phi), pt * sinh(eta))
                sum = (sum.0 + p.0, sum.1 + p.1, sum.2 + p.2, sum.3 + p.3)
                momenta.replaceSubrange(
                    4 * slot..<4 * slot + 4, with: [Float(p.0), Float(p.1), Float(p.2), Float(p.3)])
            }
            data.append(
                momenta: momenta, count: filled, jetClass: jet % 2 == 0 ? .w : .gluon, sum: sum, eventIndex: Int64(jet),
                index: Int64(jet))
        }
        return TaggingData(data, signal: .w)
    }
}

extension TrainingSettings.Precision: ExpressibleByArgument {}
