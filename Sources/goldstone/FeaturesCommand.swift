import ArgumentParser
import Jets
import Objectives
import Studies

struct FeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "Write jets as trained weights see them, to train on or evaluate with another program.",
        discussion: "The file is HDF5: features, mask, constituents, jet, label and index.")

    /// Which of a study's jets.
    enum Part: String, ExpressibleByArgument, CaseIterable { case training, validation, test }

    @Argument(help: "weights.safetensors of a training.")
    var weights: String

    @OptionGroup var source: JetSource

    @Option(help: "training, validation or test: which of the study's jets. Default: test.")
    var part: Part?

    @Option(help: "The file to write.")
    var output: String

    func validate() throws {
        guard part == nil || source.study != nil else {
            throw ValidationError("--part \(part!.rawValue): only a study's jets have parts; give --study FILE")
        }
    }

    func run() throws {
        let tagger = try source.tagger(at: weights), input = tagger.description.input
        let data: TaggingData
        if let settings = try source.settings(), let part, part != .test {
            let all = try StudyData(settings.data, for: input)
            data = part == .training ? all.training : all.validation
        } else {
            data = try source.read(for: tagger).data
        }
        try TaggerInputs(of: tagger, data).write(to: output)
        print("jets     \(output): \(data.count), \(input.constituents) constituents")
    }
}
