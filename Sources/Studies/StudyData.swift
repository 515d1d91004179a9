import Foundation
import Jets
import Objectives
import Support

/// A study's jets: read, split, and as tensors.
public struct StudyData: Sendable {
    public private(set) var training: TaggingData, validation: TaggingData, test: TaggingData
    /// The jets behind `test`, in the same order.
    public let testJets: JetData
    /// What was read, for the record.
    public let summary: Summary

    /// What a study's jets are.
    public struct Summary: Sendable, Codable, Equatable {
        /// The digest of all jets read, with the names and sizes of their files.
        public let fingerprint: DataFingerprint
        /// The same of `testFiles`, where there are any.
        public let testFingerprint: DataFingerprint?
        public let trainingJets: Int, validationJets: Int, testJets: Int
    }

    /// What a tagger trained on these jets expects.
    private(set) var input: TrainedTagger.Input

    /// Reads and splits the jets. What `settings.memory` has no room for is kept in scratch files, with the same bits.
    ///
    /// - Parameter run: the run's folder, for scratch files
    /// - Throws: `JetsError` and `HDF5Error` naming file, dataset and row; ``SettingsError`` where the shipped jets are
    ///   asked for and not found; `Interrupted` where the user asked to stop.
    public init(
        _ settings: StudySettings.DataSettings, run: String? = nil, log: @escaping (String) -> Void = { _ in }
    ) throws {
        let storage = settings.storage(run: run)
        let reader = JetReader(
            constituents: settings.constituents, classes: [settings.signal, settings.background],
            constituentMassSquaredClamp: settings.clampsMass, storage: storage)
        func read(_ paths: [String]) throws -> JetData {
            try reader.read(try paths.map(Sample.resolve)) { file, jets in
                if Interruption.isRequested { throw Interrupted(state: nil) }
                log("\(file): \(jets) jets so far")
            }
        }
        // All jets are gone again once the parts have theirs.
        func divide() throws -> (JetSplit, Summary) {
            let jets = try read(settings.files)
            guard !settings.testFiles.isEmpty else {
                let split = try settings.split.split(jets)
                return (split, Summary(jets.fingerprint(), nil, split))
            }
            let others = try read(settings.testFiles)
            let split = try settings.split.split(jets, test: others)
            return (split, Summary(jets.fingerprint(), others.fingerprint(), split))
        }
        let split: JetSplit
        (split, summary) = try divide()
        var scaling: FeatureScaling?
        func tensors(_ part: JetData) throws -> TaggingData {
            var data = try TaggingData(part, signal: settings.signal, jetSum: settings.jetSum, in: storage)
            data.scaling = scaling
            return data
        }
        training = try tensors(split.training)
        if settings.scalesFeatures { scaling = training.measuredScaling() }
        training.scaling = scaling
        input = TrainedTagger.Input(settings, scaling: scaling)
        validation = try tensors(split.validation)
        test = try tensors(split.test)
        testJets = split.test
        if storage.used.files > 0 {
            let sizes = [storage.used.files, storage.limit].map { String(format: "%.1f", Double($0) / 1e9) }
            log("\(sizes[0]) GB of jets lie in scratch files in \(storage.folder): memory for jets is \(sizes[1]) GB")
        }
    }

    /// As ``init(_:run:log:)``, the jets being those that a trained tagger tells apart, and seen as it sees them.
    public init(
        _ settings: StudySettings.DataSettings, for input: TrainedTagger.Input,
        log: @escaping (String) -> Void = { _ in }
    ) throws {
        var settings = settings.fitted(to: input)
        settings.scalesFeatures = false
        try self.init(settings, log: log)
        self.input = input
        training.scaling = input.scaling
        validation.scaling = input.scaling
        test.scaling = input.scaling
    }
}

extension StudySettings.DataSettings {
    /// These jets, of the classes that a trained tagger tells apart and read as it expects them.
    public func fitted(to input: TrainedTagger.Input) -> StudySettings.DataSettings {
        var data = self
        data.signal = input.signal
        data.background = input.background
        data.constituents = input.constituents
        data.jetSum = input.jetSum
        data.clampsMass = input.clampsMass
        return data
    }
}

extension TrainedTagger.Input {
    /// What a tagger trained on a study's jets expects, their features being scaled like this.
    init(_ settings: StudySettings.DataSettings, scaling: FeatureScaling?) {
        self.init(
            signal: settings.signal, background: settings.background, constituents: settings.constituents,
            jetSum: settings.jetSum, clampsMass: settings.clampsMass, scaling: scaling)
    }
}

extension StudyData.Summary {
    init(_ fingerprint: DataFingerprint, _ testFingerprint: DataFingerprint?, _ split: JetSplit) {
        self.init(
            fingerprint: fingerprint, testFingerprint: testFingerprint, trainingJets: split.training.count,
            validationJets: split.validation.count, testJets: split.test.count)
    }

    /// The fingerprints in a line, to tell one training's jets from another's.
    var identity: String { fingerprint.sha256 + (testFingerprint.map { " \($0.sha256)" } ?? "") }
}
