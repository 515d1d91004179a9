import Fixtures
import Foundation
import Jets
import Networks
import Objectives
import Testing
import Torch
import Training

/// What the penalties do to a training: the loss acts.
struct SymmetryTrainingTests {
    static let penalties: [any Term] = [
        GroupSymmetry(law: BoostLaw()), InfinitesimalSymmetry(), GroupSymmetry(name: "rescaling", law: RescalingLaw()),
    ]

    @Test(arguments: penalties.indices)
    func `A weight makes the penalty smaller, and the network still learns`(_ penalty: Int) throws {
        func train(weight: Double) throws -> EpochRecord {
            let network = Example.network(dropout: 0)
            // A penalty of weight 0 is recorded and has no say.
            let objective = TaggingObjective(
                network: network, data: TaggingData(Example.jets(300), signal: .w),
                terms: [
                    WeightedTerm(BinaryCrossEntropy()),
                    WeightedTerm(SymmetryTrainingTests.penalties[penalty], weight: weight),
                ], seed: 5)
            var settings = TrainingSettings()
            settings.epochs = 40
            settings.batchSize = 60
            settings.learningRate = 0.002
            let trainer = Trainer(
                training: objective, validation: objective, settings: settings, seed: 5, label: "test", threads: 2)
            let history = try trainer.run(from: network.initialParameters(seed: 1), showsProgress: false).history
            return try #require(history.epochs.last)
        }
        let free = try train(weight: 0), held = try train(weight: 3)
        #expect(held.validationTerms[1] < 0.5 * free.validationTerms[1])
        #expect(held.validationTerms[0] < 0.6)
    }
}
