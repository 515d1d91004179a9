// A symmetry of one's own as a soft loss: jets look alike from both ends of the beam line, η → −η. Trains with the penalty
// and without it, and shows how much a reflection still changes the score.
//
//     .build/release/YourOwnSymmetry [JETS.h5] [EPOCHS]

import Foundation
import Jets
import Networks
import Objectives
import Random
import Statistics
import Studies
import Support
import Torch
import Training

/// The reflection pz → −pz. Nothing is drawn; a law with parameters takes them from `stream`, under the jets' names.
struct Reflection: TransformationLaw {
    func transform(constituents: Tensor, jets: Tensor, _ stream: RandomStream, _ rows: RowNames) -> (
        constituents: Tensor, jets: Tensor
    ) {
        let signs = Tensor([1.0, 1, 1, -1]).to(constituents.scalarType)
        return (constituents * signs, jets * signs)
    }
}

LibTorch.configureProcess()
Interruption.listen()
let arguments = CommandLine.arguments.dropFirst()
let path = arguments.first ?? "Data/sample/jets.h5"
let epochs = arguments.dropFirst().first.flatMap { Int($0) } ?? 3

let jets = try JetReader(constituents: 16, classes: [.w, .gluon]).read([path])
let split = try SplitSettings(
    training: .fraction(0.1), validation: .fraction(0.05), test: .fraction(0.05), order: .hash(seed: 1)
).split(jets)
let scaling = TaggingData(split.training, signal: .w).measuredScaling()
func tensors(_ jets: JetData) -> TaggingData {
    var data = TaggingData(jets, signal: .w)
    data.scaling = scaling
    return data
}
let training = tensors(split.training), validation = tensors(split.validation), test = tensors(split.test)
let network = DeepSets(DeepSets.Settings())

for weight in [0.0, 10] {
    // GroupSymmetry takes any law; a penalty of another form is a `Term` of one's own.
    let terms = [
        WeightedTerm(BinaryCrossEntropy()),
        WeightedTerm(GroupSymmetry(name: "reflection", law: Reflection()), weight: weight),
    ]
    func objective(_ data: TaggingData) -> TaggingObjective<DeepSets> {
        TaggingObjective(network: network, data: data, terms: terms, seed: 1)
    }
    var settings = TrainingSettings()
    settings.epochs = epochs
    let trainer = Trainer(
        training: objective(training), validation: objective(validation), settings: settings, seed: 1,
        label: "weight \(weight)")
    let theta = try trainer.run(from: network.initialParameters(seed: 1)).theta

    let reducer = Reducer(), stream = RandomStream(seed: 1, purpose: "reflection")
    let plain = reducer.logits(network, at: theta, test)
    let reflected = reducer.logits(network, at: theta, test) { slice in
        slice.transformed(by: Reflection(), stream, RowNames(jets: slice.names, epoch: 0, view: 0))
    }
    let score = { (logit: Double) in 1 / (1 + exp(-logit)) }
    let change = zip(plain, reflected).map { pow(score($0) - score($1), 2) }.reduce(0, +) / Double(test.count)
    let area = try AreaUnderROC(try ScoredJets(scores: plain, isSignal: test.isSignal))
    print(
        String(
            format: "weight %4.1f: ROC-AUC %.4f, mean squared change of the score under a reflection %.2e", weight,
            area.value, change))
}
