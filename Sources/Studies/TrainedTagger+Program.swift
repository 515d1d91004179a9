import Foundation
import Jets
import Networks
import Objectives
import Support
import Torch

/// What is said of someone else's network beside its file, in `FILE.yaml`: `mine.pt2.yaml` for `mine.pt2`. Everything is
/// optional.
public struct ProgramDescription: Sendable {
    /// What inputs are given, by their names.
    public var inputs: [String: JetQuantity] = [:]
    public var reading = LogitReading()
    /// What the jets are: of a study, where one is named, or of the description.
    public var data: StudySettings.DataSettings
    /// Whether the description itself says how many constituents the network sees.
    var saysConstituents = false

    /// - Parameters:
    ///   - program: whose inputs may be named
    ///   - path: the program's; the description is looked for beside it
    ///   - data: the study's jets, which the description may override
    /// - Throws: ``SettingsError`` naming the file, the line and the key.
    public init(of program: any NetworkProgram, at path: String, _ data: StudySettings.DataSettings) throws {
        self.data = data
        // Nobody's own features are scaled by what Goldstone measures, unless they say so.
        self.data.scalesFeatures = false
        let file = "\(path).yaml"
        guard let text = FileManager.default.contents(atPath: file) else { return }
        let reader = try SettingsReader(file: file, text: String(decoding: text, as: UTF8.self))
        try reader.section("inputs") { section in
            for input in program.inputs {
                var quantity: JetQuantity?
                try section.read(input.name, into: &quantity, [JetQuantity.list]) { JetQuantity($0).map { .some($0) } }
                inputs[input.name] = quantity
            }
        }
        try reader.read("output", into: &reading.scale)
        try reader.read("signalOutput", into: &reading.signal, 0...1_000_000)
        try reader.read("backgroundOutput", into: &reading.background, 0...1_000_000)
        saysConstituents = reader.has("constituents")
        try self.data.readJets(reader)
        try reader.finish()
    }
}

extension StudySettings.DataSettings {
    /// The keys that say what a network expects of jets.
    mutating func readJets(_ reader: SettingsReader) throws {
        let classes = JetClass.allCases.map(\.name)
        try reader.read("signal", into: &signal, classes) { try? JetClass(named: $0) }
        try reader.read("background", into: &background, classes) { try? JetClass(named: $0) }
        try reader.read("constituents", into: &constituents, 1...1000)
        try reader.read("jetSum", into: &jetSum)
        try reader.read("clampsMass", into: &clampsMass)
        try reader.read("scalesFeatures", into: &scalesFeatures)
    }
}

extension TrainedTagger {
    /// Someone else's network as a tagger. Its jets are those of `data`, seen as `FILE.yaml` beside it says. Features are
    /// as they are, also where the study scales those of its own networks, unless `FILE.yaml` says `scalesFeatures: true`.
    ///
    /// The name of the file is that of the variant; `NAME-seed-3.pt2` is the variant `NAME` with seed 3.
    ///
    /// - Parameters:
    ///   - path: of a `torch.export` or TorchScript file
    ///   - data: a study's jets; nil where the jets are given by files, which features can't be scaled by
    ///   - inputs: override what `FILE.yaml` and the guesses say
    /// - Throws: `ProgramError`, ``SettingsError``, `JetsError`.
    public init(
        program path: String, _ data: StudySettings.DataSettings?, inputs: [String: JetQuantity] = [:],
        log: (String) -> Void = { _ in }
    ) throws {
        guard ComputeDevice.current == .cpu else {
            throw SettingsError.contradiction(
                file: path,
                reason:
                    "a network of another program runs on the CPU alone, not on \(ComputeDevice.current): leave the device out"
            )
        }
        let program = try NetworkPrograms.open(path)
        var description = try ProgramDescription(of: program, at: path, data ?? StudySettings.DataSettings())
        description.inputs.merge(inputs) { $1 }
        let digest = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
            .withUnsafeBytes { Digest.of($0) }
        let network = try ProgramTagger(
            program, digest: digest, inputs: description.inputs, reading: description.reading)
        var jets = description.data
        if !description.saysConstituents { jets.constituents = network.constituents ?? jets.constituents }
        var input = Input(
            signal: jets.signal, background: jets.background, constituents: jets.constituents, jetSum: jets.jetSum,
            clampsMass: jets.clampsMass)
        if network.seesFeatures, !jets.scalesFeatures, data?.scalesFeatures == true {
            log(
                "\(path): features are given to it unscaled, though the study scales those of its own networks; say "
                    + "`scalesFeatures: true` in \(path).yaml if it was trained on scaled ones")
        }
        if jets.scalesFeatures, network.seesFeatures {
            guard data != nil else {
                throw SettingsError.contradiction(
                    file: "\(path).yaml",
                    reason: "`scalesFeatures` needs the jets of a training: give --study instead of --data")
            }
            log("measuring the scale of the features on the study's training jets")
            input.scaling = try StudyData(jets).training.scaling
        }
        let name = VariantName(path)
        self.init(
            theta: program.theta,
            description: .init(
                network: .program(network.settings), input: input, variant: name.variant, seed: name.seed),
            network: .program(network))
    }

    /// Runs someone else's network on the first jets, to see that it fits them; nothing for networks of Goldstone's own.
    ///
    /// - Parameter needsSecondDerivative: whether every operator must have one
    /// - Throws: `ProgramError`.
    public func check(on data: TaggingData, needsSecondDerivative: Bool = false) throws {
        guard case .program(let network) = network, data.count > 0 else { return }
        for count in [min(32, data.count), 1] {
            try network.check(
                data.slice(Array(0..<count)).batch, needsSecondDerivative: needsSecondDerivative && count > 1)
        }
    }

    /// Operators whose third derivative in LibTorch is wrong: mean and variance are taken for constants in it. So is that of
    /// batch norms with the batch's own mean and variance, which no network may have (`NetworkProgram.check`). Group norm and
    /// RMS norm are right.
    private static let wrongThirdDerivatives = ["layer_norm", "instance_norm"]

    /// Refuses an objective with a term that differentiates someone else's network, where LibTorch's third derivative of one of its
    /// operators is known to be wrong. A term of weight 0 takes no derivative.
    func checkThirdDerivatives(in objective: any OutputObjective) throws(ProgramError) {
        guard case .program(let network) = network, let term = objective.obstacleToGaussNewton,
            let place = network.program.operators.first(where: { place in
                TrainedTagger.wrongThirdDerivatives.contains { place.operation.contains($0) }
            })
        else { return }
        throw .refused(
            file: network.program.file, place: place,
            reason:
                "LibTorch's third derivative of it is wrong, and the curvature of the term \(term) takes third derivatives",
            advice: "leave the term out, or write the normalisation with mean and rsqrt")
    }

    /// Whether the logits can be scaled by the parameters of the last layer alone, as those of every network of Goldstone's
    /// can. Cost: two forward passes over some jets.
    func endsWithOutputLayer(_ data: TaggingData) -> Bool {
        guard case .program(let network) = network else { return true }
        return network.endsWithOutputLayer(data.slice(Array(0..<min(32, data.count))).batch)
    }

    /// What decides a program's logits beside its weights: its file, how its inputs and output are understood, and how it
    /// sees jets. Nothing for networks of Goldstone's own, whose file says all that.
    var programIdentity: [String] {
        guard case .program = network, let text = try? json(description) else { return [] }
        return [String(decoding: text, as: UTF8.self)]
    }
}

/// Variant and seed by a file's name: `NAME-seed-3.pt2`; without the number the seed is 1.
struct VariantName: Equatable {
    let variant: String
    let seed: UInt64

    init(_ path: String) {
        let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
        if let place = name.range(of: "-seed-", options: .backwards), let seed = UInt64(name[place.upperBound...]),
            place.lowerBound > name.startIndex
        {
            (variant, self.seed) = (String(name[..<place.lowerBound]), seed)
        } else {
            (variant, seed) = (name, 1)
        }
    }
}
