import Support
import Torch

/// A tagger that is someone else's program: its inputs are made of the jets, and its output is read as a logit. Dropout is
/// off, and every operator must be LibTorch's own.
public struct ProgramTagger: Network {
    /// The program.
    public let program: any NetworkProgram
    /// How its inputs and its output are understood.
    public let settings: Settings

    /// How a program's inputs and output are understood.
    public struct Settings: Sendable, Codable, Hashable {
        /// SHA-256 of the file.
        public let digest: String
        /// `torch.export` or `TorchScript`.
        public let format: String
        /// How many parameters it has.
        public let parameters: Int
        /// What each input is given, by its name.
        public let inputs: [String: JetQuantity]
        public let reading: LogitReading
    }

    public var parameters: ParameterTable { program.parameters }

    /// - Parameters:
    ///   - digest: SHA-256 of the file
    ///   - inputs: what inputs are given, by their names; the others are found by name and shape
    /// - Throws: ``ProgramError`` where an input is not known, or does not fit what it is to be given.
    public init(
        _ program: any NetworkProgram, digest: String, inputs: [String: JetQuantity] = [:],
        reading: LogitReading = LogitReading()
    ) throws(ProgramError) {
        let names = program.inputs.map(\.name)
        for name in inputs.keys.sorted() where !names.contains(name) {
            throw .input(
                file: program.file, name: name,
                reason: "the network has no such input; it has \(names.joined(separator: ", "))"
                    + (nearestName(to: name, in: names).map { "; the nearest is `\($0)`" } ?? ""))
        }
        var found: [String: JetQuantity] = [:]
        for input in program.inputs {
            if let given = inputs[input.name] {
                found[input.name] = given
            } else if let guess = JetQuantity.guess(input, among: program.inputs.filter { !$0.isOptional }.count) {
                found[input.name] = guess
            } else if !input.isOptional {
                throw .input(
                    file: program.file, name: input.name,
                    reason:
                        "neither its name nor its shape (\(input.description)) tells what it is to be given; say it "
                        + "with --inputs \(input.name)=QUANTITY: \(JetQuantity.list)")
            }
        }
        self.program = program
        settings = Settings(
            digest: digest, format: program.format, parameters: program.parameters.count, inputs: found,
            reading: reading)
    }

    /// The number of constituents that an input's shape fixes; nil where it leaves it free.
    public var constituents: Int? {
        program.inputs.lazy.compactMap { input in
            settings.inputs[input.name].flatMap { $0.constituents(in: input.shape) }
        }.first
    }

    /// Whether the logit depends on the features.
    public var seesFeatures: Bool { settings.inputs.values.contains { $0.kind == .features } }

    /// Logits [B].
    ///
    /// - Precondition: the program has run on such jets before (``check(_:needsSecondDerivative:)``): what goes wrong ends the process.
    public func callAsFunction(_ theta: [Tensor], _ jets: JetBatch, _ pass: Pass = Pass()) -> Tensor {
        let outputs = program.runChecked(theta, inputs(of: jets))
        return settings.reading.logits(outputs, count: jets.mask.shape[0])
    }

    /// The inputs for some jets.
    public func inputs(of jets: JetBatch) -> [Tensor?] {
        program.inputs.map { input in settings.inputs[input.name].map { $0.tensor(of: jets, like: input) } }
    }

    /// Runs it on some jets, to see that it fits them, gives a logit for each, and can be measured.
    ///
    /// - Parameter needsSecondDerivative: whether every operator must have one
    /// - Throws: ``ProgramError`` naming the input, the output or the node.
    public func check(_ jets: JetBatch, needsSecondDerivative: Bool = false) throws(ProgramError) {
        for input in program.inputs {
            guard let quantity = settings.inputs[input.name] else { continue }
            if quantity.kind.needsMomenta, jets.momenta == nil {
                throw .input(file: program.file, name: input.name, reason: "these jets come without momenta")
            }
            let shape = quantity.tensor(of: jets, like: input).shape
            if let wanted = input.shape,
                wanted.count != shape.count || !zip(wanted, shape).allSatisfy({ $0 == nil || $0 == $1 })
            {
                throw .input(
                    file: program.file, name: input.name,
                    reason: "it has shape \(input.description), but \(quantity) of these jets has \(shape)")
            }
        }
        let inputs = inputs(of: jets), outputs = try program.check(inputs)
        if let reason = settings.reading.obstacle(outputs, count: jets.mask.shape[0]) {
            throw .output(file: program.file, reason: reason)
        }
        guard needsSecondDerivative else { return }
        let theta = parameters.variables(of: program.theta)
        if let error = try program.placeWithoutSecondDerivative(theta, inputs) { throw error }
    }

    /// Whether the table ends with weight and bias of a linear layer that gives the logits: multiplying both by 2 must
    /// double them. Cost: two forward passes.
    public func endsWithOutputLayer(_ jets: JetBatch) -> Bool {
        guard parameters.endsWithLinearLayer, settings.reading.scale == .logit else { return false }
        return withoutRecording {
            let doubled = parameters.scalingLogits(of: program.theta, by: 2)
            let before = self(parameters.views(of: program.theta), jets).elements(Double.self)
            let after = self(parameters.views(of: doubled), jets).elements(Double.self)
            return zip(before, after).allSatisfy { abs($1 - 2 * $0) <= 1e-3 * max(1, abs($0)) }
        }
    }
}

/// How a network's output becomes the logit of signal against background.
public struct LogitReading: Sendable, Codable, Hashable {
    /// What the output's numbers are.
    public enum Scale: String, Sendable, Codable, CaseIterable {
        /// Logits, as a last linear layer gives them.
        case logit
        /// Probabilities, after a sigmoid or a softmax.
        case probability
        /// Logarithms of probabilities, after a log-softmax.
        case logProbability
    }

    public var scale = Scale.logit
    /// Which of several outputs stand for signal and background: the logit is that of signal minus that of background.
    public var signal = 1, background = 0

    /// The defaults.
    public init() {}

    /// Why an output can't be read; nil where it can.
    func obstacle(_ outputs: Tensor, count: Int) -> String? {
        let shape = outputs.shape
        guard outputs.isFloating else { return "its output is no tensor of real numbers" }
        if outputs.count == count { return nil }
        guard shape.count >= 2, shape[0] == count, outputs.count == count * shape[1] else {
            return "its output has shape \(shape) for \(count) jets, where [B], [B, 1] or [B, classes] is wanted"
        }
        guard (0..<shape[1]).contains(signal), (0..<shape[1]).contains(background), signal != background else {
            return
                "its output has \(shape[1]) classes, which \(signal) for signal and \(background) for background are not "
                + "two of; set `signalOutput` and `backgroundOutput`"
        }
        return nil
    }

    /// Logits [B] of an output [B], [B, 1] or [B, classes].
    func logits(_ outputs: Tensor, count: Int) -> Tensor {
        if outputs.count == count {
            let single = outputs.reshaped(count)
            switch scale {
            case .logit: return single
            case .probability: return single.log() - (1 - single).log()
            case .logProbability: return single - (1 - single.exp()).log()
            }
        }
        let classes = outputs.reshaped(count, outputs.shape[1])
        let signal = classes.select(1, self.signal), background = classes.select(1, self.background)
        return scale == .probability ? signal.log() - background.log() : signal - background
    }
}
