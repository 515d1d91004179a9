import ArgumentParser
import Jets
import Networks
import Objectives
import Studies

/// Where the jets come from that weights are tested on.
protocol JetChoice {
    var data: [String] { get }
    var study: String? { get }
    var inputs: [String] { get }
}

/// The flags that say so.
struct OptionalJetSource: ParsableArguments, JetChoice {
    @Option(
        parsing: .upToNextOption,
        help: "Files, folders, patterns or archives: all jets of the two classes. `sample`: the shipped ones.")
    var data: [String] = []

    @Option(help: "A study file (study.yaml in a run's folder): its test jets, which no training has seen.")
    var study: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "What inputs of a PyTorch network of your own are given, where their names and shapes don't tell: "
                + "`--inputs x=features m=mask`. Quantities: \(JetQuantity.list).",
            valueName: "input=quantity"))
    var inputs: [String] = []
}

/// The same, of commands that need jets.
struct JetSource: ParsableArguments, JetChoice {
    @OptionGroup private var flags: OptionalJetSource

    var data: [String] { flags.data }
    var study: String? { flags.study }
    var inputs: [String] { flags.inputs }

    func validate() throws { try requireOne() }
}

extension JetChoice {
    /// Whether any jets are named.
    var isGiven: Bool { !data.isEmpty || study != nil }

    func requireOne() throws {
        guard data.isEmpty != (study == nil) else {
            throw ValidationError("Give --data FILES or --study FILE, one of the two.")
        }
        _ = try quantities()
    }

    func quantities() throws -> [String: JetQuantity] {
        var found: [String: JetQuantity] = [:]
        for input in inputs {
            let pair = input.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2, let quantity = JetQuantity(pair[1]) else {
                throw ValidationError("--inputs \(input): that is no input=quantity; quantities: \(JetQuantity.list)")
            }
            guard found.updateValue(quantity, forKey: pair[0]) == nil else {
                throw ValidationError("--inputs names \(pair[0]) twice")
            }
        }
        return found
    }

    /// The tagger of a path: weights of a training, or a PyTorch network of the user's own.
    func tagger(at path: String) throws -> TrainedTagger {
        guard NetworkPrograms.isProgram(path) else {
            guard inputs.isEmpty else {
                throw ValidationError("--inputs is for PyTorch networks; \(path) says itself what it is given")
            }
            return try TrainedTagger(contentsOf: path)
        }
        try LimitedOpening.tryOut(path)
        return try TrainedTagger(program: path, try settings()?.data, inputs: try quantities(), log: log)
    }

    /// The samples of the user's own that --data names; nil where it names jets.
    func samples() throws -> SampleFile? {
        guard study == nil, data.count == 1 else { return nil }
        return try SampleFile(ifSamples: data[0])
    }

    /// A network of the user's own with the loss of samples of their own.
    ///
    /// - Parameters:
    ///   - loss: as --loss has it
    ///   - limit: samples at the most
    func sampleLoss(of path: String, on file: SampleFile, _ loss: String, first limit: Int) throws -> SampleLossCase {
        guard NetworkPrograms.isProgram(path) else {
            throw ValidationError("\(data[0]) holds samples for a PyTorch network; \(path) is none: give jets")
        }
        guard let loss = SampleLoss(rawValue: loss) else { throw SampleError.wrongLoss(loss: loss) }
        try LimitedOpening.tryOut(path)
        return try SampleLossCase(contentsOf: path, on: file, loss, first: limit)
    }

    /// The study's settings, where a study is named.
    func settings() throws -> StudySettings? { try study.map { try StudySettings(contentsOf: $0) } }

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
        guard let settings = try settings() else {
            let (jets, data) = try tagger.readJets(data, signal: signal, background: background)
            return (jets, data, nil)
        }
        var input = tagger.description.input
        input.signal = signal ?? input.signal
        input.background = background ?? input.background
        let all = try StudyData(settings.data, for: input)
        return (all.testJets, all.test, all.validation)
    }

    /// Jets of any classes as the tagger expects them; no class stands for all that the files hold. With a study, those
    /// that no training has seen.
    func read(of classes: [JetClass], for tagger: TrainedTagger) throws -> (jets: JetData, data: TaggingData) {
        let input = tagger.description.input, jets: JetData
        if let settings = try settings() {
            jets = try settings.data.fitted(to: input).readTestJets(of: classes)
        } else {
            let reader = JetReader(
                constituents: input.constituents, classes: classes.isEmpty ? nil : classes,
                constituentMassSquaredClamp: input.clampsMass, storage: JetStorage())
            jets = try reader.read(data.map(Sample.resolve))
        }
        var tensors = try TaggingData(jets, signal: input.signal, jetSum: input.jetSum, in: jets.storage)
        tensors.scaling = input.scaling
        return (jets, tensors)
    }
}
