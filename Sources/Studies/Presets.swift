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
        case .smoke: "a very small network, few jets, two pairs of seeds: does everything run? (two minutes)"
        case .quick: "the paper's architecture made small, on the shipped jets, four pairs of seeds (20 minutes)"
        case .sample: "the paper's network on the shipped jets, two pairs of seeds (hours)"
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
        study.variants = [.unconstrained, .constrained]
        switch self {
        case .smoke: study.makeSmoke()
        case .quick: study.makeQuick()
        case .sample: study.makeSample()
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

extension StudySettings {
    fileprivate mutating func makeSmoke() {
        seeds = [1, 2]
        data.trainingJets = 2_000
        data.validationJets = 500
        data.testJets = 2_000
        data.constituents = 16
        network.width = 32
        network.layers = 1
        network.feedForward = 32
        network.head = [32]
        training.epochs = 5
        statistics.resamples = 200
        curvature.jets = 128
        curvature.trace.maximumProducts = 20
        (curvature.density.probes, curvature.density.steps) = (2, 10)
        landscape.jets = 128
        (landscape.curvePoints, landscape.planePoints) = (11, 5)
        (landscape.randomDirections, landscape.flipSteps, landscape.jacobianJets) = (2, 2, 1)
        robustness.draws = 1
        distil(to: ["deep-sets-32", "mlp-8"], epochs: 3)
        budgets = ["training": 15, "curvature": 20, "landscape": 45, "distillation": 20]
    }

    /// Four pairs of the small network, and beside them, for two seeds each, what tells whether it is the symmetry: a network
    /// that is invariant by construction, a penalty under what is no symmetry, and ten times the weight.
    fileprivate mutating func makeQuick() {
        seeds = [1, 2, 3, 4]
        data.trainingJets = 0.3
        data.testJets = 5_000
        network.width = 64
        network.layers = 2
        network.feedForward = 64
        network.head = [64, 64]
        training.epochs = 8
        let beside: [StudyMeasure] = [.evaluation, .curvature, .invariance, .frontier]
        variants += [
            .sweeping("group", weight: 1, seeds: [1, 2], measures: beside),
            .sweeping("rescaling", weight: 0.1, seeds: [1, 2], measures: beside),
            VariantSettings(
                name: "invariant", terms: VariantSettings.unconstrained.terms, network: .invariant(.init()),
                seeds: [1, 2],
                measures: beside + [.robustness, .transfer]),
            VariantSettings(
                name: "no-skip", terms: VariantSettings.unconstrained.terms, network: .transformer(withoutSkips),
                seeds: [1],
                measures: [.evaluation, .landscape]),
        ]
        curvature.jets = 512
        measureBriefly()
        distil(to: ["transformer-16", "deep-sets-32", "mlp-8"], epochs: 6)
        // 20 minutes in all.
        budgets = [
            "training": 540, "evaluation": 10, "statistics": 10, "curvature": 285, "landscape": 120, "invariance": 65,
            "robustness": 45, "transfer": 30, "distillation": 80, "report": 15,
        ]
    }

    private var withoutSkips: JetTransformer.Settings {
        var own = network
        own.skipConnections = false
        return own
    }

    fileprivate mutating func makeSample() {
        seeds = [1, 2]
        training.epochs = 10
        training.precision = .bfloat16
        curvature.jets = 256
        measureBriefly()
        distil(to: ["paper", "mlp-8"], epochs: 5)
    }

    /// Fewer jets, points and draws than by default, so that measuring does not take longer than training.
    private mutating func measureBriefly() {
        curvature.trace.relativeError = 0.05
        (curvature.density.probes, curvature.density.steps) = (3, 20)
        landscape.jets = 256
        (landscape.curvePoints, landscape.planePoints) = (21, 9)
        (landscape.randomDirections, landscape.flipSteps, landscape.jacobianJets) = (4, 4, 2)
        robustness.perturbations = ["smearing": [0, 0.1, 0.2, 0.3, 0.4, 0.5]]
        robustness.draws = 2
    }

    private mutating func distil(to students: [String], epochs: Int) {
        distillation.students = students.map { StudentSettings.named($0)! }
        distillation.seeds = [1]
        distillation.training.epochs = epochs
    }
}
