import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Support
import Testing
import Torch
import Training

/// Training on a device, tried on the CPU by the same operators, against training by the reducer and its kernels.
struct ResidentTrainingTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    private typealias Tagging = TaggingObjective<JetTransformer>

    /// An objective with everything that draws random numbers or has second derivatives.
    private func objective(on device: Device?, jets: Int = 100, infinitesimal: Bool = false) -> (Tagging, Tensor) {
        let network = Example.network(dropout: 0.2)
        var data = TaggingData(Example.jets(jets), signal: .w)
        data.scaling = data.measuredScaling()
        if let device { data = data.resident(on: device) }
        var terms = [WeightedTerm(BinaryCrossEntropy()), WeightedTerm(GroupSymmetry(law: BoostLaw()), weight: 0.5)]
        if infinitesimal { terms.append(WeightedTerm(InfinitesimalSymmetry(), weight: 0.01)) }
        return (
            Tagging(network: network, data: data, terms: terms, seed: 3), network.initialParameters(seed: 1)
        )
    }

    private func trainer(
        _ device: Device?, folder: String? = nil, epochs: Int = 2, infinitesimal: Bool = false,
        change: (inout TrainingSettings) -> Void = { _ in }
    ) -> (Trainer<Tagging, Tagging>, Tensor) {
        let (objective, theta) = objective(on: device, infinitesimal: infinitesimal)
        var settings = TrainingSettings()
        settings.epochs = epochs
        settings.batchSize = 32
        settings.learningRate = 0.002
        settings.schedule = .cosine
        settings.warmUpEpochs = 0.5
        change(&settings)
        let trainer = Trainer(
            training: objective, validation: objective, settings: settings, seed: 5, label: "test", threads: 2,
            folder: folder)
        return (trainer, theta)
    }

    private func bits(_ theta: Tensor) -> [UInt32] { theta.elements(Float.self).map(\.bitPattern) }

    @Test(arguments: [false, true]) func `It is the training of the reducer but for rounding`(_ infinitesimal: Bool)
        throws
    {
        // With the usual ε Adam makes a step of the whole learning rate from a gradient that is rounding alone.
        func smooth(_ settings: inout TrainingSettings) {
            settings.epsilon = 0.01
            settings.learningRate = 0.02
        }
        let (ordinary, theta) = trainer(nil, infinitesimal: infinitesimal, change: smooth)
        let (resident, _) = trainer(.cpu, infinitesimal: infinitesimal, change: smooth)
        #expect(ordinary.training.resident == nil && resident.training.resident != nil)
        let expected = try ordinary.run(from: theta, showsProgress: false)
        let found = try resident.run(from: theta, showsProgress: false)
        let change = zip(expected.theta.elements(Double.self), theta.elements(Double.self)).map { abs($0 - $1) }.max()!
        let error = zip(expected.theta.elements(Double.self), found.theta.elements(Double.self))
            .map { abs($0 - $1) }.max()!
        #expect(change > 1e-3 && error < 1e-3 * change, "\(error) of \(change)")
        for (a, b) in zip(expected.history.epochs, found.history.epochs) {
            for (x, y) in zip(a.trainingTerms + a.validationTerms, b.trainingTerms + b.validationTerms) {
                #expect(abs(x - y) < 2e-4 * max(1e-2, abs(x)), "\(x) and \(y)")
            }
            #expect(abs(a.gradientNorm - b.gradientNorm) < 1e-3 * a.gradientNorm)
            #expect(a.learningRate == b.learningRate)
        }
    }

    @Test func `One step's gradient and terms are the reducer's`() {
        let (ordinary, theta) = objective(on: nil), (resident, _) = objective(on: .cpu)
        let gradient = Accumulator(count: theta.count), samples = Array(0..<40).reversed().map { 2 * $0 }
        let mode = EvaluationMode(trainingEpoch: 4)
        let value = Reducer(sliceSize: 16).gradient(ordinary, at: theta, samples: samples, mode, into: gradient)
        var settings = TrainingSettings()
        settings.batchSize = 40
        settings.learningRate = 0.01
        settings.weightDecay = 0
        settings.gradientClip = nil
        let training = ResidentTraining(resident, settings, sliceSize: 16)
        let order = samples + (0..<100).filter { !samples.contains($0) }
        training.begin(
            theta: theta, optimiser: Adam(count: theta.count), epoch: 4, order: order, rates: [0.01, 0.01, 0.01],
            step: 0)
        training.start(step: 0)
        let row = training.results(0..<1)[0]
        for (found, expected) in zip(row, value.terms) { #expect(abs(found - expected) < 1e-6 * max(1, expected)) }
        #expect(abs(row[2] - Reducer().norm(of: gradient)) < 1e-5 * row[2])
        // After Adam's first step the first moment is a tenth of the gradient.
        var optimiser = Adam(count: theta.count)
        let moved = theta.copied()
        training.fetch(theta: moved, optimiser: &optimiser, step: 1)
        let scale = gradient.values.map(abs).max()!
        for (m, g) in zip(optimiser.firstMoment.elements(Double.self), gradient.values) {
            #expect(abs(10 * m - g) < 1e-5 * scale)
        }
        #expect(bits(moved) != bits(theta))
    }

    @Test func `A step needs nothing of the host`() {
        // On `meta` there are no numbers: whatever waited for one, or joined a tensor of the CPU, would trap.
        let (objective, theta) = objective(on: .meta, infinitesimal: true)
        for precision in TrainingSettings.Precision.allCases {
            var settings = TrainingSettings()
            settings.batchSize = 32
            settings.precision = precision
            let training = ResidentTraining(objective, settings, sliceSize: 20)
            training.begin(
                theta: theta, optimiser: Adam(count: theta.count), epoch: 0, order: Array(0..<100),
                rates: [1, 1, 1, 1], step: 0)
            for step in 0..<4 { training.start(step: step) }
            #expect(training.graphObstacle == nil)
        }
    }

    @Test func `Stopped in an epoch's middle it ends with the same bits`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (whole, theta) = trainer(.cpu)
        let expected = try whole.run(from: theta, showsProgress: false)
        var (first, _) = trainer(.cpu, folder: folder)
        first.checkpointInterval = 0
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = try first.run(from: theta, showsProgress: false)
        // The checkpoint before the last, as after a kill.
        let previous = try Checkpoint(contentsOf: "\(folder)/checkpoint.previous.safetensors")
        #expect(previous.progress.batch == 4 && previous.progress.epoch == 1)
        try FileManager.default.removeItem(atPath: "\(folder)/checkpoint.safetensors")
        let (second, _) = trainer(.cpu, folder: folder)
        let result = try second.run(from: theta, showsProgress: false)
        #expect(bits(result.theta) == bits(expected.theta))
        #expect(result.history == expected.history)
    }

    @Test func `A training that diverges ends with the batch's number`() throws {
        let (trainer, theta) = trainer(.cpu) { $0.learningRate = 1e38 }
        #expect {
            try trainer.run(from: theta, showsProgress: false)
        } throws: { error in
            guard case TrainingError.diverged(_, let epoch, let batch, _, _, _) = error else { return false }
            return epoch == 1 && batch > 1
        }
    }

    @Test func `Hessian products of resident jets are those of the others`() {
        let (ordinary, theta) = objective(on: nil, infinitesimal: true),
            (resident, _) = objective(on: .cpu, infinitesimal: true)
        let vector = Tensor(RandomStream(seed: 1, purpose: "v").normals(theta.count).map { Float($0) })
        let products = [ordinary, resident].map {
            Reducer(sliceSize: 25).hessianProducts($0, at: theta, samples: Array(0..<50), [vector])[0].values
        }
        #expect(products[0] == products[1])
    }
}
