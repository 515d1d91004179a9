import Networks

/// Settings that come with the program. Each shows what it is for; all but `paper` and `paper-stable` run on the jets
/// that ship with the project.
public enum Preset: String, Sendable, CaseIterable, Codable {
    case smoke, quick, sample
    case paperStable = "paper-stable"
    case paper

    /// One line for `--help` and the documentation.
    public var summary: String {
        switch self {
        case .smoke: "a very small network for a few epochs: does everything run? (about a minute)"
        case .quick: "the paper's architecture made small, on the shipped jets (minutes)"
        case .sample: "the paper's network on the shipped jets (an hour or more)"
        case .paperStable: "the paper's protocol on the real files, with a learning rate that trains (5e-4)"
        case .paper: "the paper's protocol on the real files, to the letter (learning rate 5e-3)"
        }
    }

    /// The settings.
    public var settings: StudySettings {
        var study = StudySettings()
        study.name = rawValue
        study.data.trainingJets = 0.6
        study.data.validationJets = 0.15
        study.data.scalesFeatures = true
        switch self {
        case .smoke:
            study.data.trainingJets = 2_000
            study.data.validationJets = 500
            study.data.testJets = 2_000
            study.data.constituents = 16
            study.network.width = 32
            study.network.layers = 1
            study.network.feedForward = 32
            study.network.head = [32]
            study.training.epochs = 5
            study.seeds = [1, 2]
            study.variants = [.unconstrained, .constrained]
            study.statistics.resamples = 200
            study.curvature.jets = 128
            study.curvature.trace.maximumProducts = 20
            (study.curvature.density.probes, study.curvature.density.steps) = (2, 10)
            study.landscape.jets = 128
            (study.landscape.curvePoints, study.landscape.planePoints) = (11, 5)
            (study.landscape.randomDirections, study.landscape.flipSteps, study.landscape.jacobianJets) = (2, 2, 1)
            study.robustness.draws = 1
            study.distillation.students = ["deep-sets-32", "mlp-8"].map { StudentSettings.named($0)! }
            study.distillation.seeds = [1]
            study.distillation.training.epochs = 3
        case .quick:
            study.network.width = 64
            study.network.layers = 2
            study.network.feedForward = 64
            study.network.head = [64, 64]
            study.training.epochs = 20
            study.distillation.students.removeAll { $0.name == "paper" }
            study.distillation.seeds = [1, 2]
            study.distillation.training.epochs = 20
        case .sample:
            study.training.epochs = 20
        case .paperStable, .paper:
            study.data.files = ["hls4ml_LHCjet_150p_train.tar.gz"]
            study.data.testFiles = ["hls4ml_LHCjet_150p_val.tar.gz"]
            study.data.trainingJets = 200_000
            study.data.validationJets = nil
            study.data.keepsFileOrder = true
            study.data.scalesFeatures = false
            study.seeds = [1, 2, 3]
            study.network.attentionMask = false
            study.network.pooling = .allSlots
            study.network.copiesFirstLayer = true
            if self == .paper { study.training.learningRate = 0.005 }
        }
        return study
    }
}
