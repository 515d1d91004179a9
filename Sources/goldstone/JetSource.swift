import ArgumentParser
import Jets
import Objectives
import Studies

/// Where the jets come from that weights are tested on.
struct JetSource: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: "Files, folders, patterns or archives: all jets of the two classes. `sample`: the shipped ones.")
    var data: [String] = []

    @Option(help: "A study file (study.yaml in a run's folder): its test jets, which no training has seen.")
    var study: String?

    func validate() throws {
        guard data.isEmpty != (study == nil) else {
            throw ValidationError("Give --data FILES or --study FILE, one of the two.")
        }
    }

    /// The jets as the tagger expects them; other classes where they are given.
    func read(for tagger: TrainedTagger, signal: JetClass? = nil, background: JetClass? = nil) throws -> (
        jets: JetData, data: TaggingData
    ) {
        let (jets, data, _) = try readParts(for: tagger, signal: signal, background: background)
        return (jets, data)
    }

    /// As ``read(for:signal:background:)``, with the study's validation jets, where the jets are a study's.
    func readParts(for tagger: TrainedTagger, signal: JetClass? = nil, background: JetClass? = nil) throws -> (
        jets: JetData, data: TaggingData, validation: TaggingData?
    ) {
        guard let study else {
            let (jets, data) = try tagger.readJets(data, signal: signal, background: background)
            return (jets, data, nil)
        }
        var settings = try StudySettings(contentsOf: study).data
        settings.signal = signal ?? tagger.description.input.signal
        settings.background = background ?? tagger.description.input.background
        settings.constituents = tagger.description.input.constituents
        settings.jetSum = tagger.description.input.jetSum
        let all = try StudyData(settings)
        var test = all.test, validation = all.validation
        test.scaling = tagger.description.input.scaling
        validation.scaling = tagger.description.input.scaling
        return (all.testJets, test, validation)
    }
}
