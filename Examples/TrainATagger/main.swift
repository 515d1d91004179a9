// Trains a small transformer to tell W jets from gluon jets, says how well it does, and keeps its weights.
//
//     .build/release/TrainATagger [JETS.h5] [EPOCHS] [WEIGHTS.safetensors]

import Foundation
import Jets
import Networks
import Objectives
import Statistics
import Studies
import Support
import Torch
import Training

LibTorch.configureProcess()
Interruption.listen()
let arguments = CommandLine.arguments.dropFirst()
let path = arguments.first ?? "Data/sample/jets.h5"
let epochs = arguments.dropFirst().first.flatMap { Int($0) } ?? 3
let output = arguments.dropFirst(2).first ?? "example.safetensors"

// Jets of two classes, their 16 hardest constituents; no event is in two of the three parts.
let jets = try JetReader(constituents: 16, classes: [.w, .gluon]).read([path])
let split = try SplitSettings(
    training: .fraction(0.2), validation: .fraction(0.05), test: .fraction(0.1), order: .hash(seed: 1)
).split(jets)
let scaling = TaggingData(split.training, signal: .w).measuredScaling()
func tensors(_ jets: JetData) -> TaggingData {
    var data = TaggingData(jets, signal: .w)
    data.scaling = scaling
    return data
}

// A network is a function of a flat vector θ; an objective is a mean over jets of weighted terms.
var shape = JetTransformer.Settings()
(shape.width, shape.layers, shape.feedForward, shape.head) = (32, 1, 32, [32])
let network = JetTransformer(shape)
let terms = [
    WeightedTerm(BinaryCrossEntropy()),
    WeightedTerm(GroupSymmetry(law: BoostLaw()), weight: 0.1),
]
func objective(_ data: TaggingData) -> TaggingObjective<JetTransformer> {
    TaggingObjective(network: network, data: data, terms: terms, seed: 1)
}

var settings = TrainingSettings()
settings.epochs = epochs
// With a folder, a training that was killed goes on where it was.
let trainer = Trainer(
    training: objective(tensors(split.training)), validation: objective(tensors(split.validation)), settings: settings,
    seed: 1, label: "example")
let theta = try trainer.run(from: network.initialParameters(seed: 1)).theta

let test = tensors(split.test), logits = Reducer().logits(network, at: theta, test)
let area = try AreaUnderROC(try ScoredJets(scores: logits, isSignal: test.isSignal))
print(String(format: "ROC-AUC %.4f ± %.4f on %d jets", area.value, area.standardError, test.count))

// The file says what it belongs to: every command takes it.
let input = TrainedTagger.Input(signal: .w, background: .gluon, constituents: 16, scaling: scaling)
try TrainedTagger(
    theta: theta,
    description: .init(network: .transformer(shape), input: input, variant: "example", seed: 1)
).write(to: output)
