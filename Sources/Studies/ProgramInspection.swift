import Foundation
import Jets
import Networks
import Objectives
import Torch

/// What is in someone else's network: inputs, parameters, operators, and whether second derivatives work.
public struct ProgramInspection: Sendable, Encodable {
    public let file: String
    /// `torch.export` or `TorchScript`.
    public let format: String
    public let inputs: [Input]
    public let parameters: [Parameter]
    /// How many numbers the parameters are.
    public let parameterCount: Int
    /// Buffers, constants and parameters that stay as they are.
    public let constants: Int
    public let operators: [Use]
    /// The output's shape for `batch` samples; nil where it could not be run without data.
    public let output: [Int]?
    /// Samples in the run.
    public let batch: Int
    /// Whether every operator has a second derivative; nil where it could not be run without data.
    public let isTwiceDifferentiable: Bool?
    /// Why not, or why it could not be run.
    public let obstacle: String?

    /// An input, and what of jets it would be given without being told.
    public struct Input: Sendable, Encodable {
        public let name: String
        /// Name, sizes and type.
        public let shape: String
        public let quantity: String?
    }

    /// A tensor of parameters.
    public struct Parameter: Sendable, Encodable {
        public let name: String
        public let shape: [Int]
    }

    /// How often an operator is used.
    public struct Use: Sendable, Encodable {
        public let name: String
        public let count: Int
    }

    /// Inspects a file. Cost: opening it, and a few runs on invented inputs.
    ///
    /// - Throws: `ProgramError` where it can't be opened, or runs on no inputs of its own shapes.
    public init(of path: String) throws {
        let program = try NetworkPrograms.open(path)
        file = path
        format = program.format
        let tagger = try? ProgramTagger(program, digest: "")
        inputs = program.inputs.map {
            Input(name: $0.name, shape: $0.description, quantity: tagger?.settings.inputs[$0.name]?.description)
        }
        parameters = program.parameters.entries.map { Parameter(name: $0.name, shape: $0.shape) }
        parameterCount = program.parameters.count
        constants = program.constants.count
        var counts: [String: Int] = [:]
        for place in program.operators { counts[place.operation, default: 0] += 1 }
        operators = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { Use(name: $0.key, count: $0.value) }
        batch = 4
        let jets = JetBatch.example(
            count: batch, constituents: tagger?.constituents ?? 16, features: Features.count)
        guard let given = program.exampleInputs(count: batch) ?? tagger?.inputs(of: jets) else {
            (output, isTwiceDifferentiable) = (nil, nil)
            obstacle = "the file does not say what shapes its inputs have: try it on data"
            return
        }
        let run = Result { try program.check(given) }
        if case .failure(ProgramError.failed(_, _, let reason)) = run,
            program.inputs.contains(where: { $0.shape == nil })
        {
            // TorchScript says nothing of shapes, so that invented ones may be wrong.
            (output, isTwiceDifferentiable, obstacle) = (nil, nil, reason)
            return
        }
        output = try run.get().shape
        let found = try program.placeWithoutSecondDerivative(
            program.parameters.variables(of: program.theta), given)
        isTwiceDifferentiable = found == nil
        obstacle = found?.description
    }

    /// As a text for people.
    public var text: String {
        func block(_ title: String, _ lines: [String]) -> String {
            lines.enumerated().map { index, line in
                (index == 0 ? title : "").padding(toLength: 20, withPad: " ", startingAt: 0) + line
            }.joined(separator: "\n")
        }
        let numbers = parameterCount.formatted(.number.locale(Locale(identifier: "en_US")))
        let derivatives = isTwiceDifferentiable.map { $0 ? "work" : "do not work: \(obstacle ?? "")" }
        return [
            "\(file): \(format)",
            block("inputs", inputs.map { "\($0.shape)\($0.quantity.map { " ← \($0)" } ?? "")" }),
            block("output", [output.map { "\($0) for \(batch) samples" } ?? "not run"]),
            block(
                "parameters",
                ["\(numbers) in \(parameters.count) tensors; \(constants) tensors stay as they are"]
                    + parameters.map { "\($0.name) \($0.shape)" }),
            block("operators", operators.map { "\($0.name) × \($0.count)" }),
            block("second derivatives", [derivatives ?? "not tried: \(obstacle ?? "")"]),
        ].joined(separator: "\n")
    }
}
