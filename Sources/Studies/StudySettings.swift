import Foundation
import Jets
import Networks
import Objectives
import Torch
import Training

/// Everything that decides what a study does. Each field has a default, a preset may set others, and the study file has
/// the last word. The resolved settings are written into the run's folder.
public struct StudySettings: Sendable, Codable {
    /// What the pages and tables call it.
    public var name = "study"
    public var data = DataSettings()
    public var network = JetTransformer.Settings()
    public var training = TrainingSettings()
    public var symmetry = SymmetrySettings()
    public var distillation = DistillationSettings()
    public var robustness = RobustnessSettings()
    public var transfer = TransferSettings()
    public var curvature = CurvatureSettings()
    public var landscape = LandscapeSettings()
    public var invariance = InvarianceSettings()
    public var statistics = StatisticsSettings()
    public var claims = ClaimSettings()
    /// Seconds that all steps of a kind may take together, by the kind's name: a warning follows where they take longer.
    public var budgets: [String: Double] = [:]
    /// What is measured of the trainings; nil for everything.
    public var measures: [StudyMeasure]?
    /// Where networks run; nil for the CPU.
    public var device: DeviceChoice?
    /// Trainings that go on side by side: worth it on a GPU that one alone does not fill. Never changes a result. nil for one.
    public var sideBySide: Int?
    public var variants = [VariantSettings.unconstrained]
    /// Each variant is trained once for each seed.
    public var seeds: [UInt64] = [1]

    /// The defaults.
    public init() {}

    /// The jets of a study.
    public struct DataSettings: Sendable, Codable, Hashable {
        /// Files, folders, patterns or archives. `sample` stands for the jets that ship with the project.
        public var files = ["sample"]
        /// Files to test on; none: a part of `files`.
        public var testFiles: [String] = []
        public var signal = JetClass.w
        public var background = JetClass.gluon
        /// Leading constituents that the network sees.
        public var constituents = 32
        /// Which constituents the jet's four-momentum is the sum of.
        public var jetSum = TaggingData.JetSum.all
        /// Whether E² < p² by rounding is mended when reading.
        public var clampsMass = true
        /// Whether features are scaled to mean 0 and deviation 1 over the training jets' constituents. The paper doesn't.
        public var scalesFeatures = false
        /// Jets, as a number (above 1) or a fraction; nil takes the rest.
        public var trainingJets: Double?
        public var validationJets: Double?
        public var testJets: Double?
        /// Whether events are dealt out in the files' order, or in one that the seed decides.
        public var keepsFileOrder = false
        public var splitSeed: UInt64 = 1
        /// Whether each part has equally many jets of both classes.
        public var balanced = false
        /// Gigabytes of memory that the jets may take, 10⁹ bytes each, before they are kept in scratch files; nil for half of
        /// what the machine has. Never changes a result.
        public var memory: Double?
        /// The folder of the scratch files; nil for the run's, or the system's for temporary files.
        public var scratch: String?

        /// The defaults.
        public init() {}
    }

    /// The network in a few words, for titles.
    public var networkDescription: String { network.summary }

    /// The jets in a few words, for titles.
    public var dataDescription: String {
        "\(data.signal) against \(data.background), \(data.constituents) constituents"
    }
}

extension StudySettings.DataSettings {
    /// What decides the jets: all but where they are kept.
    package var identity: StudySettings.DataSettings {
        var jets = self
        jets.memory = nil
        jets.scratch = nil
        return jets
    }

    /// Where the jets are kept.
    ///
    /// - Parameter run: the run's folder, if there is one
    func storage(run: String? = nil) -> JetStorage {
        JetStorage(limit: memory.map { Int($0 * 1e9) } ?? JetStorage.defaultLimit, folder: scratch ?? run)
    }

    /// As `Jets` takes it.
    var split: SplitSettings {
        SplitSettings(
            training: amount(trainingJets), validation: amount(validationJets), test: amount(testJets),
            order: keepsFileOrder ? .file : .hash(seed: splitSeed), balanced: balanced)
    }

    private func amount(_ value: Double?) -> SplitSettings.Amount {
        guard let value else { return .rest }
        return value <= 1 ? .fraction(value) : .count(Int(value))
    }
}
