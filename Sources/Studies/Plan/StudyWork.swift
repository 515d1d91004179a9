import Foundation
import Jets
import Objectives
import Support
import Training

/// What the steps of a run share: settings, folder, and the jets, which are read once and only if a step wants them.
package final class StudyWork {
    let settings: StudySettings
    package let folder: String
    let threads: Int
    let log: @Sendable (String) -> Void
    /// The steps that are done.
    var done: Set<String> = []

    /// Whether several steps are done at once: none of them then has a progress line.
    var isSideBySide = false

    private var jets: StudyData?
    private var otherJets: JetData?

    package init(_ settings: StudySettings, folder: String, threads: Int, log: @escaping @Sendable (String) -> Void) {
        self.settings = settings
        self.folder = folder
        self.threads = threads
        self.log = log
    }

    var reducer: Reducer { Reducer(threads: threads) }

    /// The study's jets.
    func data() throws -> StudyData {
        if let jets { return jets }
        log("reading \(settings.data.files.joined(separator: ", "))")
        let data = try StudyData(settings.data, run: folder, log: log)
        jets = data
        return data
    }

    /// Jets of the classes that transfer is measured on.
    func transferJets() throws -> JetData {
        if let otherJets { return otherJets }
        log("reading jets of all classes")
        let jets = try settings.data.readTestJets(of: settings.transfer.classes, run: folder)
        otherJets = jets
        return jets
    }

    func weightsPath(_ training: TrainingName) -> String { "\(folder)/\(training.path)/weights.safetensors" }

    func tagger(_ training: TrainingName) throws -> TrainedTagger {
        try TrainedTagger(contentsOf: weightsPath(training))
    }

    /// What the jets are, without reading them.
    func summary() throws -> StudyData.Summary { try readJSON(from: "\(folder)/results/jets.json") }

    /// Those of some trainings whose step of a kind is done.
    func done(_ trainings: [TrainingName], _ kind: StudyStep.Kind) -> [TrainingName] {
        trainings.filter { done.contains(StudyStep.name(kind, $0.path)) }
    }

    /// The result files of the measures that are done: others may be there of other settings.
    var resultFiles: Set<String> {
        let kinds: [(StudyStep.Kind, String)] = [
            (.curvature, "curvature/curvature.json"), (.invariance, "invariance/invariance.json"),
            (.robustness, "robustness/robustness.json"), (.transfer, "transfer/transfer.json"),
            (.distillation, "distillation/distillation.json"),
        ]
        let parts = LandscapePart.allCases.map {
            (StudyStep.name(.landscape, $0.rawValue), "landscape/\($0.rawValue).json")
        }
        let files = kinds.map { (StudyStep.name($0), $1) } + parts
        return Set(files.filter { done.contains($0.0) }.map(\.1))
    }

    /// A training's tagger with the study's test jets.
    func tested(_ training: TrainingName) throws -> TaggerCase {
        let data = try data()
        return try TaggerCase(
            path: weightsPath(training), tagger: tagger(training), jets: data.testJets, data: data.test)
    }

    /// A training's tagger with the jets that transfer is measured on.
    func transferCase(_ training: TrainingName) throws -> TaggerCase {
        let tagger = try tagger(training), jets = try transferJets(), input = tagger.description.input
        var data = try TaggingData(jets, signal: input.signal, jetSum: input.jetSum, in: jets.storage)
        data.scaling = input.scaling
        return try TaggerCase(path: weightsPath(training), tagger: tagger, jets: jets, data: data)
    }

    /// Trains. What lies in the folder of other settings is set aside first, under `replaced`: a study whose settings were
    /// changed by mistake has lost nothing.
    func training<Result>(_ body: () throws -> Result) throws -> Result {
        while true {
            do {
                return try body()
            } catch TrainingError.otherSettings(let checkpoint) {
                let old = (checkpoint as NSString).deletingLastPathComponent
                let place = old.replacing("\(folder)/", with: "").replacing("/", with: "-")
                let number = (1...).first {
                    !FileManager.default.fileExists(atPath: "\(folder)/replaced/\(place)-\($0)")
                }!
                let new = "\(folder)/replaced/\(place)-\(number)"
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/replaced", withIntermediateDirectories: true)
                try FileManager.default.moveItem(atPath: old, toPath: new)
                log("\(old) is of other settings: it is now \(new)")
            }
        }
    }

    /// The jets and the networks in a few words, for captions.
    var shown: String { "\(settings.dataDescription); \(settings.networkDescription); study \(settings.name)" }
}
