import Foundation
import Support
import Torch

/// A program of `torch.export.save` (a `.pt2` archive): its ATen graph, run node by node, so that it can be differentiated
/// any number of times. Reading runs no code of the file's, and every part of it is checked.
///
/// PyTorch's own layout of the archive (`torch/export/pt2_archive`): `models/NAME.json` holds the graph, `data/weights` and
/// `data/constants` raw bytes with a table of shapes each. Pickled parts are refused. A model with a fixed batch size is
/// refused, too: the number of samples changes from slice to slice.
public struct ExportedProgram: NetworkProgram {
    public let file: String
    public let parameters: ParameterTable
    public let theta: Tensor
    public let inputs: [ProgramInput]
    /// Buffers, constants and frozen parameters.
    public let constants: [Tensor]
    public var format: String { "torch.export" }

    private let graph: ProgramGraph
    /// Which place each parameter, constant and input goes to. Tied parameters have several.
    private let parameterPlaces: [[Int]], constantPlaces: [Int], inputPlaces: [Int]
    private let output: Int

    /// Bytes of JSON that make sense: a graph of a million nodes has fewer.
    static let largestJSON = 1 << 30
    /// The version of PyTorch's schema that this reads.
    static let schemaVersion = 8

    public var operators: [ProgramError.Place] { graph.steps.map(\.place) }

    /// Reads a file.
    ///
    /// - Throws: ``ProgramError`` naming what is wrong and how to export instead.
    public init(contentsOf path: String) throws(ProgramError) {
        try self.init(try ZipArchive.ofProgram(contentsOf: path))
    }

    /// As ``init(contentsOf:)``, from bytes; `file` is what errors call them.
    public init(_ data: Data, file: String) throws(ProgramError) {
        try self.init(try ZipArchive.ofProgram(data, file: file))
    }

    init(_ archive: ZipArchive) throws(ProgramError) {
        file = archive.file
        let payloads = try Payloads(archive)
        let program: ExportSchema.Program = try Self.json(payloads.model, in: archive)
        guard program.schema_version.major == Self.schemaVersion else {
            throw .graph(
                file: archive.file,
                reason: "its schema has version \(program.schema_version.major), where \(Self.schemaVersion) is known; "
                    + "export with PyTorch 2.6 to 2.13 (the file says \(program.torch_version ?? "nothing"))")
        }
        let builder = try Builder(program.graph_module, payloads)
        graph = builder.graph
        parameters = builder.parameters
        theta = Self.packed(builder.values)
        parameterPlaces = builder.parameterPlaces
        constants = builder.constants
        constantPlaces = builder.constantPlaces
        inputs = builder.inputs
        inputPlaces = builder.inputPlaces
        output = builder.output
        LibTorch.usePlainAttention()
    }

    static func json<Value: Decodable>(_ name: String, in archive: ZipArchive) throws(ProgramError) -> Value {
        let data = try archive.bytes(of: name, limit: largestJSON)
        do {
            return try JSONDecoder().decode(Value.self, from: data)
        } catch {
            throw .graph(file: archive.file, reason: "“\(name)”: \(explanation(of: error))")
        }
    }

    private static func explanation(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it is no JSON" }
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.suffix(6).map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context): return "`\(path(context))` has no `\(key.stringValue)`"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return "`\(path(context))`: \(context.debugDescription)"
        @unknown default: return "it is no JSON"
        }
    }

    // MARK: Running

    public func run(_ theta: [Tensor], _ inputs: [Tensor?], isChecked: Bool) throws(ProgramError) -> Tensor {
        var values = try filled(theta, inputs)
        let type = theta.first?.scalarType ?? .float32
        for step in graph.steps {
            try perform(step, &values, type, isChecked)
            for place in step.releases { values[place] = nil }
        }
        guard case .tensor(let result)? = values[output] else {
            throw .output(file: file, reason: "its output is no tensor")
        }
        return result
    }

    /// The places with parameters, constants and inputs in them.
    private func filled(_ theta: [Tensor], _ inputs: [Tensor?]) throws(ProgramError) -> [Operator.Value?] {
        let type = theta.first?.scalarType ?? .float32
        var values = [Operator.Value?](repeating: nil, count: graph.placeCount)
        for (places, tensor) in zip(parameterPlaces, theta) {
            for place in places { values[place] = .tensor(tensor) }
        }
        for (place, tensor) in zip(constantPlaces, constants) {
            values[place] = .tensor(tensor.isFloating ? tensor.to(type) : tensor)
        }
        for (index, input) in self.inputs.enumerated() {
            guard let given = inputs[index] else {
                throw .input(file: file, name: input.name, reason: "it must be given")
            }
            let wanted = input.type.map { ScalarType.floating.contains($0) ? type : $0 } ?? type
            let tensor = given.to(wanted)
            // An operator that writes into an input must not write into what others see.
            values[inputPlaces[index]] = .tensor(graph.writesArguments ? tensor.cloned() : tensor)
        }
        return values
    }

    private func perform(
        _ step: ProgramGraph.Step, _ values: inout [Operator.Value?], _ type: ScalarType, _ isChecked: Bool
    ) throws(ProgramError) {
        let results: [Operator.Value]
        switch step.work {
        case .operation(let operation, let sources):
            results = try call(operation, try arguments(sources, values, type, step.place), isChecked, step.place)
        case .arithmetic(let function, let sources):
            var numbers: [Operator.Value] = []
            for argument in try arguments(sources, values, type, step.place) {
                switch argument {
                case .int(let value): numbers.append(.int(value))
                case .double(let value): numbers.append(.double(value))
                case .bool(let value): numbers.append(.bool(value))
                default: throw .graph(file: file, reason: "\(step.place) is given something that is no number")
                }
            }
            guard let value = function(numbers) else {
                throw .failed(file: file, place: step.place, reason: "it has no value for \(numbers)")
            }
            results = [value]
        }
        guard results.count >= step.results.count else {
            throw .graph(
                file: file, reason: "\(step.place) gives \(results.count) results, not \(step.results.count)")
        }
        for (place, result) in zip(step.results, results) { values[place] = result }
    }

    private func call(
        _ operation: Operator, _ arguments: [Operator.Argument], _ isChecked: Bool, _ place: ProgramError.Place
    ) throws(ProgramError) -> [Operator.Value] {
        do {
            return try operation.values(arguments, checked: isChecked)
        } catch {
            throw .failed(file: file, place: place, reason: error.reason)
        }
    }

    private func arguments(
        _ sources: [ProgramGraph.Source], _ values: [Operator.Value?], _ type: ScalarType, _ place: ProgramError.Place
    ) throws(ProgramError) -> [Operator.Argument] {
        func value(_ index: Int) throws(ProgramError) -> Operator.Value {
            guard let value = values[index] else {
                throw .graph(file: file, reason: "\(place) uses a value that no node has given")
            }
            return value
        }
        var arguments: [Operator.Argument] = []
        arguments.reserveCapacity(sources.count)
        for source in sources {
            switch source {
            case .fixed(let argument): arguments.append(argument)
            case .workingType: arguments.append(.type(type))
            case .place(let index):
                switch try value(index) {
                case .none: arguments.append(.none)
                case .tensor(let tensor): arguments.append(.tensor(tensor))
                case .int(let number): arguments.append(.int(number))
                case .double(let number): arguments.append(.double(number))
                case .bool(let flag): arguments.append(.bool(flag))
                }
            case .tensors(let places):
                var tensors: [Tensor?] = []
                for index in places {
                    if let index, case .tensor(let tensor) = try value(index) {
                        tensors.append(tensor)
                    } else {
                        tensors.append(nil)
                    }
                }
                arguments.append(.optionals(tensors))
            case .numbers(let numbers):
                var whole: [Int] = [], real: [Double] = []
                for number in numbers {
                    let found: Operator.Value
                    switch number {
                    case .fixed(let value): found = value
                    case .place(let index): found = try value(index)
                    }
                    switch found {
                    case .int(let number):
                        whole.append(number)
                        real.append(Double(number))
                    case .bool(let flag):
                        whole.append(flag ? 1 : 0)
                        real.append(flag ? 1 : 0)
                    case .double(let number): real.append(number)
                    case .none, .tensor:
                        throw .graph(file: file, reason: "\(place) is given something that is no number")
                    }
                }
                arguments.append(whole.count == real.count ? .ints(whole) : .doubles(real))
            }
        }
        return arguments
    }

    // MARK: Derivatives

    /// The first node whose own second derivative LibTorch does not have. Each node is differentiated twice by itself.
    public func placeWithoutSecondDerivative(_ theta: [Tensor], _ inputs: [Tensor?]) throws(ProgramError)
        -> ProgramError?
    {
        let type = theta.first?.scalarType ?? .float32
        let result = recording { () -> Result<ProgramError?, ProgramError> in
            do throws(ProgramError) {
                var values = try filled(theta, inputs)
                for step in graph.steps {
                    if case .operation(let operation, let sources) = step.work {
                        let arguments = try arguments(sources, values, type, step.place)
                        if let reason = try obstacle(operation, arguments, step.place) {
                            return .success(.notTwiceDifferentiable(file: file, place: step.place, reason: reason))
                        }
                    }
                    try perform(step, &values, type, false)
                    for place in step.releases { values[place] = nil }
                }
                return .success(nil)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Why a call can't be differentiated twice with respect to the tensors that depend on the parameters; nil where it can.
    private func obstacle(_ operation: Operator, _ arguments: [Operator.Argument], _ place: ProgramError.Place)
        throws(ProgramError) -> String?
    {
        var leaves: [Tensor] = []
        func leaf(_ tensor: Tensor) -> Tensor {
            guard tensor.isFloating, tensor.isRecorded else { return tensor }
            let variable = tensor.asVariable()
            leaves.append(variable)
            // What is written into can be no leaf.
            return operation.writesArguments ? variable.cloned() : variable
        }
        let own = arguments.map { argument -> Operator.Argument in
            switch argument {
            case .tensor(let tensor): .tensor(leaf(tensor))
            case .optionals(let tensors): .optionals(tensors.map { $0.map(leaf) })
            default: argument
            }
        }
        guard !leaves.isEmpty else { return nil }
        let outputs = try call(operation, own, false, place).compactMap { value -> Tensor? in
            if case .tensor(let tensor) = value, tensor.isFloating, tensor.isRecorded { tensor } else { nil }
        }
        guard !outputs.isEmpty else { return nil }
        return obstacleToSecondDerivative(of: outputs, with: leaves)
    }
}

/// Why ⟨u, outputs⟩ can't be differentiated twice with respect to the leaves and to u; nil where it can.
func obstacleToSecondDerivative(of outputs: [Tensor], with leaves: [Tensor]) -> String? {
    let seeds = outputs.map { Tensor.full($0.shape, 1, $0.scalarType).asVariable() }
    let slopes: [Tensor]
    switch attemptGradients(of: outputs, seeds: seeds, with: leaves, recording: true) {
    case .success(let found): slopes = found.filter(\.isRecorded)
    case .failure(.operatorFailed(_, let reason)): return reason
    }
    guard !slopes.isEmpty else { return nil }
    let ones = slopes.map { Tensor.full($0.shape, 1, $0.scalarType) }
    if case .failure(.operatorFailed(_, let reason)) = attemptGradients(of: slopes, seeds: ones, with: leaves + seeds) {
        return reason
    }
    return nil
}
