import Foundation
import Networks
import Objectives
import Torch

/// Parameters, optimiser and an epoch's plan on a device, where steps follow each other without the host's knowing what they
/// give: it starts operators, and waits only when somebody wants to see something.
///
/// A step is the same as on the CPU but for rounding: the gradient's slices are added up in double, in order, and Adam's
/// formula is `Adam`'s. Which jets a step takes, its learning rate and its random numbers are read from tensors by a counter
/// that the step itself moves on. Nothing in it depends on the host, so that on a GPU it is recorded once
/// (`DeviceGraph`) and then started with one call.
package final class ResidentTraining {
    private let objective: any ResidentObjective
    private let settings: TrainingSettings
    private let sliceSize: Int
    private let device: Device

    /// θ, m and v, float [P].
    private let theta: Tensor, firstMoment: Tensor, secondMoment: Tensor
    /// Steps done in this epoch, whole number [1].
    private let counter: Tensor
    /// The epoch, whole number [1].
    private let epoch: Tensor
    /// The epoch's samples in their order, whole numbers [N].
    private let order: Tensor
    /// For each step of the epoch Adam's two factors, double [steps, 2].
    private let factors: Tensor
    /// For each step of the epoch the terms' means and the gradient's norm, double [steps, terms + 1].
    private let table: Tensor
    private let stepCount: Int

    private var graph: DeviceGraph?
    /// Whole steps that were made operator by operator.
    private var wholeSteps = 0
    /// Why steps are not recorded, where they could be; nil where they are, or nobody has tried.
    package private(set) var graphObstacle: String?

    /// Whether steps are started with one call.
    package var isRecorded: Bool { graph != nil }

    /// Steps before one is recorded: libraries make their preparations in the first.
    package static let stepsBeforeRecording = 3

    /// - Parameter sliceSize: samples that go through the network at a time
    package init(_ objective: any ResidentObjective, _ settings: TrainingSettings, sliceSize: Int) {
        self.objective = objective
        self.settings = settings
        self.sliceSize = sliceSize
        device = objective.device
        let count = objective.parameters.count, samples = objective.sampleCount
        stepCount = (samples + settings.batchSize - 1) / settings.batchSize
        theta = .zeros([count], device: device)
        firstMoment = .zeros([count], device: device)
        secondMoment = .zeros([count], device: device)
        counter = .zeros([1], .int64, device: device)
        epoch = .zeros([1], .int64, device: device)
        order = .zeros([samples], .int64, device: device)
        factors = .zeros([stepCount, 2], .float64, device: device)
        table = .zeros([stepCount, objective.terms.count + 1], .float64, device: device)
        ComputeDevice.useOwnStream(on: device)
        ComputeDevice.allowTF32(settings.precision == .tf32)
    }

    // MARK: What the host sends and sees

    /// Sends a training's state, and the plan of its epoch from step `step` on.
    ///
    /// - Parameter rates: the learning rate of each step of the epoch
    package func begin(
        theta: Tensor, optimiser: Adam, epoch: Int, order: [Int], rates: [Double], step: Int
    ) {
        self.theta.overwrite(with: theta)
        firstMoment.overwrite(with: optimiser.firstMoment)
        secondMoment.overwrite(with: optimiser.secondMoment)
        self.epoch.overwrite(with: Tensor([Int64(epoch)]))
        self.order.overwrite(with: Tensor(order.map(Int64.init)))
        // Of the step that the optimiser's own count has at the epoch's first.
        let first = optimiser.step - step
        let factors = rates.enumerated().flatMap { index, rate -> [Double] in
            let t = Double(first + index + 1)
            return [rate / (1 - pow(settings.beta1, t)), (1 - pow(settings.beta2, t)).squareRoot()]
        }
        self.factors.overwrite(with: Tensor(factors, shape: [stepCount, 2]))
        counter.overwrite(with: Tensor([Int64(step)]))
    }

    /// Copies θ and Adam's moments to the host, which waits until the steps before are done.
    package func fetch(theta: Tensor, optimiser: inout Adam, step: Int) {
        theta.overwrite(with: self.theta)
        optimiser.firstMoment.overwrite(with: firstMoment)
        optimiser.secondMoment.overwrite(with: secondMoment)
        optimiser.step = step
    }

    /// What the steps in the range came to: for each the terms' means, then the norm of the gradient before clipping. The host
    /// waits.
    package func results(_ steps: Range<Int>) -> [[Double]] {
        let columns = objective.terms.count + 1
        let values = table.narrowed(0, from: steps.lowerBound, length: steps.count).elements(Double.self)
        return (0..<steps.count).map { Array(values[$0 * columns..<($0 + 1) * columns]) }
    }

    // MARK: A step

    /// Starts the next step. Steps are to be started in order, `step` of the epoch after `step` − 1.
    package func start(step: Int) {
        let count = min(settings.batchSize, objective.sampleCount - step * settings.batchSize)
        guard count == settings.batchSize else { return perform(count) }
        if let graph { return graph.replay() }
        if wholeSteps >= Self.stepsBeforeRecording, graphObstacle == nil, Processes.current == nil,
            DeviceGraph.isAvailable(on: device)
        {
            do {
                let recorded = try DeviceGraph(on: device) { perform(count) }
                graph = recorded
                return recorded.replay()
            } catch {
                graphObstacle = error.reason
            }
        }
        wholeSteps += 1
        perform(count)
    }

    /// One step over `count` samples, by operators alone.
    private func perform(_ count: Int) {
        withoutRecording {
            let places = order.gathered(at: Tensor.range(count, device: device) + counter.times(settings.batchSize))
            let sums = sums(over: places, count)
            let terms = objective.terms.count, parameters = objective.parameters.count
            let gradient = sums.narrowed(0, from: terms, length: parameters)
            let norm = gradient.squared().sum().sqrt()
            update(with: gradient, norm)
            let row = Tensor.concatenated([sums.narrowed(0, from: 0, length: terms), norm.reshaped(1)]).unsqueezed(0)
            table.overwriteRows(at: counter, with: row)
            counter.increase(by: 1)
        }
    }

    /// The terms' means and the gradient, side by side, double [terms + P]: slices in order, then processes.
    private func sums(over places: Tensor, _ count: Int) -> Tensor {
        let own = Processes.current?.share(of: count) ?? 0..<count
        var sum: Tensor?
        for start in stride(from: own.lowerBound, to: own.upperBound, by: sliceSize) {
            let size = min(sliceSize, own.upperBound - start)
            let part = slice(places.narrowed(0, from: start, length: size)) * (Double(size) / Double(count))
            sum = sum.map { $0 + part } ?? part
        }
        let total = sum ?? .zeros([objective.terms.count + objective.parameters.count], .float64, device: device)
        return Processes.current?.sum(total) ?? total
    }

    /// One slice's means and gradient, double.
    private func slice(_ places: Tensor) -> Tensor {
        recording {
            let variables = objective.parameters.variables(of: theta)
            var mode = EvaluationMode(trainingEpoch: 0, usesBFloat16: settings.precision == .bfloat16)
            mode.residentEpoch = epoch
            let means = objective.means(variables, at: places, mode)
            let parts = gradients(of: Reducer.weightedSum(objective, means), with: variables)
            return withoutRecording {
                Tensor.concatenated([
                    Tensor.stacked(means.map { $0.detached().to(.float64) }),
                    objective.parameters.packed(parts).to(.float64),
                ])
            }
        }
    }

    /// Adam's formula (see `Adam`), in float, in place.
    private func update(with gradient: Tensor, _ norm: Tensor) {
        var gradient = gradient
        if let clip = settings.gradientClip {
            // min(1, clip / (norm + 1e-6)); a norm that is no number stays none, and is seen in the table.
            gradient = gradient * ((norm + 1e-6).pow(-1) * clip).clamped(to: 1)
        }
        let rate = factors.gathered(at: counter).to(.float32).reshaped(2)
        let g = gradient.to(.float32) + theta * settings.weightDecay
        let m = firstMoment + (g - firstMoment) * (1 - settings.beta1)
        let v = secondMoment * settings.beta2 + g.squared() * (1 - settings.beta2)
        firstMoment.overwrite(with: m)
        secondMoment.overwrite(with: v)
        let change = m * rate.select(0, 0) / (v.sqrt() / rate.select(0, 1) + settings.epsilon)
        theta.overwrite(with: theta - change)
    }
}
