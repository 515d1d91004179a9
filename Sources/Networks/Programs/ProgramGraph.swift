import Foundation
import Torch

/// An exported graph, ready to run: every name is a place, every operator is found, every use comes after its definition.
struct ProgramGraph: Sendable {
    /// Where an argument comes from.
    enum Source: Sendable {
        case fixed(Operator.Argument)
        /// What another node or an input gave.
        case place(Int)
        /// Tensors, and none among them.
        case tensors([Int?])
        /// Whole numbers, some of which nodes give.
        case numbers([Number])
        /// The type of the program's parameters, whichever it is run in.
        case workingType

        enum Number: Sendable {
            case fixed(Operator.Value)
            case place(Int)
        }
    }

    enum Work: Sendable {
        case operation(Operator, [Source])
        case arithmetic(SymbolicArithmetic, [Source])
    }

    struct Step: Sendable {
        let place: ProgramError.Place
        let work: Work
        /// Where its results go, flat.
        let results: [Int]
        /// What no later step uses.
        var releases: [Int] = []
    }

    let file: String
    private(set) var steps: [Step] = []
    private(set) var placeCount = 0
    private(set) var writesArguments = false
    private var places: [String: Int] = [:]
    /// PyTorch's number for the type of the parameters.
    private let workingType: Int?

    init(file: String, workingType: Int?) {
        self.file = file
        self.workingType = workingType
    }

    /// Gives a name a place.
    ///
    /// - Throws: `ProgramError` where the name has one.
    mutating func define(_ name: String) throws(ProgramError) -> Int {
        guard places.updateValue(placeCount, forKey: name) == nil else {
            throw .graph(file: file, reason: "`\(name)` is defined twice")
        }
        placeCount += 1
        return placeCount - 1
    }

    /// The place of a name that is defined.
    func place(of name: String, in node: String) throws(ProgramError) -> Int {
        guard let place = places[name] else {
            throw .graph(file: file, reason: "`\(node)` uses `\(name)`, which nothing before it defines")
        }
        return place
    }

    /// Appends a node.
    mutating func append(_ node: ExportSchema.Node) throws(ProgramError) {
        let name = node.name ?? node.outputs.first.flatMap { Self.names($0)?.first } ?? node.target
        let place = ProgramError.Place(node: name, operation: Self.operation(node.target), source: Self.source(node))
        if Self.isAssertion(node.target) { return }
        let work: Work
        if let function = SymbolicArithmetic(node.target) {
            var sources: [Source] = []
            for input in node.inputs { sources.append(try source(input.arg, place)) }
            work = .arithmetic(function, sources)
        } else {
            work = try operation(node, place)
        }
        var results: [Int] = []
        for output in node.outputs {
            if case .none = output {
                // A result that is none has a place, but no name.
                results.append(placeCount)
                placeCount += 1
                continue
            }
            guard let names = Self.names(output) else {
                throw refused(place, "it gives something other than tensors and numbers", "leave it out of the model")
            }
            for name in names { results.append(try define(name)) }
        }
        steps.append(Step(place: place, work: work, results: results))
    }

    private func refused(_ place: ProgramError.Place, _ reason: String, _ advice: String) -> ProgramError {
        .refused(file: file, place: place, reason: reason, advice: advice)
    }

    private mutating func operation(_ node: ExportSchema.Node, _ place: ProgramError.Place) throws(ProgramError) -> Work
    {
        let parts = node.target.split(separator: ".").map(String.init)
        if node.target.hasPrefix("torch.ops.higher_order.") {
            throw refused(
                place,
                "blocks of their own (torch.no_grad, autocast, cond, map, checkpoint) can't be differentiated here",
                "leave them out of the model's forward")
        }
        guard parts.count == 5, parts[0] == "torch", parts[1] == "ops" else {
            throw refused(
                place, "a graph can't hold this function",
                "export the model with torch.export.export of PyTorch 2.6 or later")
        }
        guard parts[2] == "aten",
            let operation = Operator(ifThere: "aten::\(parts[3])", parts[4] == "default" ? "" : parts[4])
        else {
            throw refused(
                place,
                parts[2] == "aten" ? "LibTorch \(LibTorch.version) has no such operator" : "it is not PyTorch's own",
                "write it in PyTorch's own operators, or export with the version that Goldstone is built with")
        }
        let names = operation.argumentNames
        // Nothing that a network computes needs a file.
        if names.contains("filename") {
            throw refused(place, "it opens files", "leave it out of the model")
        }
        var sources = [Source?](repeating: nil, count: names.count), given: [String: ExportSchema.Argument] = [:]
        for input in node.inputs {
            guard let index = names.firstIndex(of: input.name), sources[index] == nil else {
                throw .graph(file: file, reason: "\(place) has no argument `\(input.name)`, or has it twice")
            }
            sources[index] = try source(input.arg, place)
            given[input.name] = input.arg
        }
        try refuseTraining(operation, given, place)
        writesArguments = writesArguments || operation.writesArguments
        let last = sources.lastIndex { $0 != nil } ?? -1
        return .operation(operation, sources.prefix(last + 1).map { $0 ?? .fixed(.standard) })
    }

    /// Dropout and batch norms as they are in training draw random numbers and change their buffers.
    private func refuseTraining(
        _ operation: Operator, _ given: [String: ExportSchema.Argument], _ place: ProgramError.Place
    ) throws(ProgramError) {
        func flag(_ names: String...) -> Bool? {
            for name in names { if case .bool(let flag)? = given[name] { return flag } }
            return nil
        }
        let advice = "call model.eval() before torch.export.export"
        // A dropout with probability 0 is none.
        let neverDrops = ["p", "dropout_p", "dropout"].contains { name in
            switch given[name] {
            case .real(0)?, .int(0)?: true
            default: false
            }
        }
        if flag("training", "train") == true, !(operation.drawsRandomNumbers && neverDrops) {
            throw refused(place, "it is in training mode", advice)
        }
        if flag("use_input_stats") == true, case .tensor? = given["running_mean"] {
            throw refused(place, "it is in training mode", advice)
        }
        guard operation.drawsRandomNumbers, flag("training", "train") == nil, !neverDrops else { return }
        // Attention is given no probability where it drops nothing.
        if operation.argumentNames.contains("dropout_p"), given["dropout_p"] == nil { return }
        throw refused(place, "it draws random numbers", advice)
    }

    private func source(_ argument: ExportSchema.Argument, _ place: ProgramError.Place) throws(ProgramError) -> Source {
        switch argument {
        case .none: return .fixed(.none)
        case .tensor(let name): return .place(try self.place(of: name, in: place.node))
        case .tensors(let names):
            var found: [Int?] = []
            for name in names { found.append(try self.place(of: name, in: place.node)) }
            return .tensors(found)
        case .optionalTensors(let names):
            var found: [Int?] = []
            for name in names {
                if let name { found.append(try self.place(of: name, in: place.node)) } else { found.append(nil) }
            }
            return .tensors(found)
        case .int(let value): return .fixed(.int(value))
        case .ints(let values): return .fixed(.ints(values))
        case .real(let value): return .fixed(.double(value))
        case .reals(let values): return .fixed(.doubles(values))
        case .bool(let value): return .fixed(.bool(value))
        case .bools(let values): return .fixed(.bools(values))
        case .string(let text): return .fixed(.string(text))
        case .symbolic(let value):
            switch value {
            case .name(let name): return .place(try self.place(of: name, in: place.node))
            case .int(let value): return .fixed(.int(value))
            case .real(let value): return .fixed(.double(value))
            case .bool(let value): return .fixed(.bool(value))
            }
        case .symbolics(let values):
            var numbers: [Source.Number] = []
            for value in values {
                switch value {
                case .name(let name): numbers.append(.place(try self.place(of: name, in: place.node)))
                case .int(let value): numbers.append(.fixed(.int(value)))
                case .real(let value): numbers.append(.fixed(.double(value)))
                case .bool(let value): numbers.append(.fixed(.bool(value)))
                }
            }
            return .numbers(numbers)
        case .scalarType(let type):
            if type == workingType { return .workingType }
            guard let number = Self.scalarType(type) else {
                throw refused(place, "numbers of type \(type) can't be used", "use float32 in the model")
            }
            return .fixed(.int(number))
        // PyTorch's own numbers of memory formats: contiguous 0, preserve 1, channels last 2 and 3.
        case .memoryFormat(let format):
            guard let number = [1: 0, 4: 1, 2: 2, 3: 3][format] else {
                throw .graph(file: file, reason: "\(place) names memory format \(format)")
            }
            return .fixed(.int(number))
        case .layout(let layout):
            guard layout == 7 else {
                throw refused(place, "sparse tensors can't be used", "use dense ones in the model")
            }
            return .fixed(.int(0))
        // A network that was trained on another device runs here all the same.
        case .device: return .fixed(.device(.cpu))
        case .other(let kind):
            throw refused(place, "an argument of kind `\(kind)` can't be used", "leave it out of the model's forward")
        }
    }

    /// LibTorch's number of a type for PyTorch's number of it in the file.
    static func scalarType(_ number: Int) -> Int? {
        switch number {
        case 1...12: number - 1
        case 13: 15
        default: nil
        }
    }

    /// Notes where each place is used last, so that memory is freed there.
    mutating func finish(keeping output: Int) {
        var last: [Int: Int] = [:]
        for (index, step) in steps.enumerated() {
            for place in step.results + step.used { last[place] = index }
        }
        for (place, index) in last where place != output { steps[index].releases.append(place) }
    }

    // MARK: Names

    private static func names(_ output: ExportSchema.Argument) -> [String]? {
        switch output {
        case .tensor(let name): [name]
        case .tensors(let names): names
        case .symbolic(.name(let name)): [name]
        default: nil
        }
    }

    /// `aten.linear.default` of `torch.ops.aten.linear.default`.
    private static func operation(_ target: String) -> String {
        target.hasPrefix("torch.ops.") ? String(target.dropFirst("torch.ops.".count)) : target
    }

    /// Nodes that only check what was known at the export.
    private static func isAssertion(_ target: String) -> Bool {
        let names = ["_assert_scalar", "_assert_async", "_assert_tensor_metadata", "sym_constrain_range"]
        return names.contains { target.hasPrefix("torch.ops.aten.\($0)") }
    }

    /// The last line of the stack trace that is the user's: not one of PyTorch's own files.
    private static func source(_ node: ExportSchema.Node) -> String? {
        guard let trace = node.metadata?["stack_trace"] else { return nil }
        let lines = trace.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let frames = lines.indices.filter { lines[$0].hasPrefix("File ") }
        guard let frame = frames.last(where: { !lines[$0].contains("/torch/") && !lines[$0].contains("\"torch/") })
        else {
            return nil
        }
        let code = frame + 1 < lines.count && !lines[frame + 1].hasPrefix("File ") ? ": `\(lines[frame + 1])`" : ""
        return lines[frame] + code
    }
}

extension ProgramGraph.Step {
    /// The places that it reads.
    var used: [Int] {
        let sources =
            switch work {
            case .operation(_, let sources), .arithmetic(_, let sources): sources
            }
        return sources.flatMap { source -> [Int] in
            switch source {
            case .place(let place): [place]
            case .tensors(let places): places.compactMap(\.self)
            case .numbers(let numbers):
                numbers.compactMap { if case .place(let place) = $0 { place } else { nil } }
            case .fixed, .workingType: []
            }
        }
    }
}
