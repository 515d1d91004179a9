import Foundation
import Support
import Torch

/// The tensors of an archive, by name.
struct Payloads {
    let archive: ZipArchive
    /// The folder that all entries lie in.
    private let root: String
    /// The path of the graph.
    let model: String
    private let weights: ExportSchema.Payloads, constants: ExportSchema.Payloads

    /// Finds the one model of an archive and its tables.
    init(_ archive: ZipArchive) throws(ProgramError) {
        self.archive = archive
        let models = archive.names.filter {
            $0.hasSuffix(".json") && $0.split(separator: "/").dropFirst().first == "models"
        }
        guard models.count == 1, let path = models.first else {
            throw .damaged(
                file: archive.file,
                reason: models.isEmpty
                    ? "it has no models/*.json" : "it holds \(models.count) models; save the one to measure by itself")
        }
        let parts = path.split(separator: "/").map(String.init)
        root = parts[0]
        model = path
        let name = String(parts[parts.count - 1].dropLast(5))
        weights = try ExportedProgram.json("\(root)/data/weights/\(name)_weights_config.json", in: archive)
        constants = try ExportedProgram.json("\(root)/data/constants/\(name)_constants_config.json", in: archive)
        let order = "\(root)/byteorder"
        if archive.has(order), try archive.bytes(of: order, limit: 64) != Data("little".utf8) {
            throw .damaged(
                file: archive.file, reason: "its numbers are big-endian; save it on the machine that is measured on")
        }
    }

    /// A tensor with what tells it from others: two names with one key are one tensor.
    struct Found {
        let tensor: Tensor
        let key: String
        let requiresGrad: Bool
        let type: Int
    }

    func weight(_ name: String) throws(ProgramError) -> Found {
        guard let payload = weights.config[name] else {
            throw .graph(file: archive.file, reason: "the weights of `\(name)` are missing")
        }
        return try read(name, payload, in: "data/weights")
    }

    func constant(_ name: String) throws(ProgramError) -> Found {
        guard let payload = constants.config[name] else {
            throw .graph(file: archive.file, reason: "the constant `\(name)` is missing")
        }
        return try read(name, payload, in: "data/constants")
    }

    private func read(_ name: String, _ payload: ExportSchema.Payload, in folder: String) throws(ProgramError) -> Found
    {
        let file = archive.file
        guard payload.use_pickle != true, let meta = payload.tensor_meta else {
            throw .refused(
                file: file, place: .whole("`\(name)`"),
                reason: "it is pickled (a tensor subclass or an object), which is not read",
                advice: "make it a plain tensor before the export")
        }
        guard let number = ProgramGraph.scalarType(meta.dtype), let type = ScalarType(rawValue: Int32(number)) else {
            throw .refused(
                file: file, place: .whole("`\(name)`"),
                reason: "its numbers have type \(meta.dtype), which is not read",
                advice: "use float32")
        }
        func fixed(_ sizes: [ExportSchema.Size]) throws(ProgramError) -> [Int] {
            var found: [Int] = []
            for size in sizes {
                guard case .fixed(let value) = size, value >= 0 else {
                    throw .graph(file: file, reason: "`\(name)` has no fixed shape")
                }
                found.append(value)
            }
            return found
        }
        let sizes = try fixed(meta.sizes)
        var count = 1
        for size in sizes {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { throw .graph(file: file, reason: "`\(name)` has the impossible shape \(sizes)") }
            count = product
        }
        let path = "\(root)/\(folder)/\(payload.path_name)"
        guard let stored = archive.size(of: path), stored % type.size == 0 else {
            throw .damaged(file: file, reason: "the numbers of `\(name)` are missing or cut off")
        }
        // A few bytes may not be spread over many numbers: no parameter is.
        guard count <= stored / type.size else {
            throw .damaged(
                file: file,
                reason: "`\(name)` of shape \(sizes) needs \(count) numbers, but \(stored / type.size) are there")
        }
        let storage = try archive.bytes(of: path).withUnsafeBytes {
            Tensor(bytes: $0, count: stored / type.size, type)
        }
        let strides = try meta.strides.map(fixed) ?? []
        let offset = try meta.storage_offset.map { size throws(ProgramError) in try fixed([size])[0] } ?? 0
        guard strides.count == sizes.count else { throw .graph(file: file, reason: "`\(name)` has no strides") }
        do {
            let tensor = count == 0 ? Tensor.zeros(sizes, type) : try storage.strided(sizes, strides, offset: offset)
            return Found(
                tensor: tensor.copied(), key: "\(path) \(sizes) \(strides) \(offset)",
                requiresGrad: meta.requires_grad ?? false, type: meta.dtype)
        } catch {
            throw .damaged(file: file, reason: "the numbers of `\(name)` do not lie where it says: \(error.reason)")
        }
    }
}

extension ExportedProgram {
    /// Puts a graph and its tensors together.
    struct Builder {
        private(set) var graph: ProgramGraph
        private(set) var parameters = ParameterTable()
        private(set) var values: [Tensor] = []
        private(set) var parameterPlaces: [[Int]] = []
        private(set) var constants: [Tensor] = []
        private(set) var constantPlaces: [Int] = []
        private(set) var inputs: [ProgramInput] = []
        private(set) var inputPlaces: [Int] = []
        private(set) var output = 0
        private let file: String

        init(_ module: ExportSchema.GraphModule, _ payloads: Payloads) throws(ProgramError) {
            file = payloads.archive.file
            let found = try Self.tensors(module.signature, payloads)
            let all = found.compactMap { spec, tensor -> Payloads.Found? in
                if case .parameter = spec { tensor } else { nil }
            }
            let isFrozen = all.contains(where: \.requiresGrad)
            graph = ProgramGraph(file: file, workingType: all.first { $0.tensor.isFloating }?.type ?? 7)
            var places: [String: Int] = [:]
            for (spec, tensor) in found {
                switch spec {
                case .parameter(let argument, let name):
                    let tensor = tensor!, place = try graph.define(argument)
                    guard tensor.tensor.isFloating, tensor.requiresGrad || !isFrozen else {
                        constants.append(tensor.tensor.isFloating ? tensor.tensor.to(.float32) : tensor.tensor)
                        constantPlaces.append(place)
                        continue
                    }
                    if let known = places[tensor.key] {
                        parameterPlaces[known].append(place)
                    } else {
                        places[tensor.key] = values.count
                        parameters.append(name, tensor.tensor.shape, .constant(0))
                        values.append(tensor.tensor)
                        parameterPlaces.append([place])
                    }
                case .buffer(let argument, _, _), .constant(let argument, _):
                    constantPlaces.append(try graph.define(argument))
                    constants.append(tensor!.tensor.isFloating ? tensor!.tensor.to(.float32) : tensor!.tensor)
                case .user(let argument): try add(argument, module.graph)
                case .fixed, .other: break
                }
            }
            guard parameters.count > 0 else {
                throw .refused(
                    file: file, place: .whole("the network"), reason: "it has no parameters",
                    advice: "export the model itself, not a frozen copy of it")
            }
            for node in module.graph.nodes { try graph.append(node) }
            try findOutput(module.signature)
            graph.finish(keeping: output)
        }

        private static func tensors(_ signature: ExportSchema.Signature, _ payloads: Payloads) throws(ProgramError)
            -> [(spec: ExportSchema.InputSpec, tensor: Payloads.Found?)]
        {
            var found: [(spec: ExportSchema.InputSpec, tensor: Payloads.Found?)] = []
            for spec in signature.input_specs {
                switch spec {
                case .parameter(_, let name): found.append((spec, try payloads.weight(name)))
                case .buffer(_, let name, let isPersistent):
                    found.append((spec, isPersistent ? try payloads.weight(name) : try payloads.constant(name)))
                case .constant(_, let name): found.append((spec, try payloads.constant(name)))
                case .user, .fixed: found.append((spec, nil))
                case .other(let kind):
                    throw .refused(
                        file: payloads.archive.file, place: .whole("the graph"),
                        reason: "it has an input of kind `\(kind)`, which can't be given",
                        advice: "write the model with tensors only")
                }
            }
            return found
        }

        private mutating func add(_ argument: ExportSchema.Argument, _ module: ExportSchema.Graph) throws(ProgramError)
        {
            switch argument {
            case .tensor(let name):
                guard let meta = module.tensor_values[name] else {
                    throw .graph(file: file, reason: "nothing is said about the input `\(name)`")
                }
                guard let number = ProgramGraph.scalarType(meta.dtype), let type = ScalarType(rawValue: Int32(number))
                else {
                    throw .input(
                        file: file, name: name, reason: "numbers of type \(meta.dtype) can't be given; use float32")
                }
                let shape = meta.sizes.map { size -> Int? in if case .fixed(let value) = size { value } else { nil } }
                guard shape.first == .some(nil) else {
                    throw .input(
                        file: file, name: name,
                        reason:
                            "its first size is fixed\(shape.isEmpty ? "" : " to \(shape[0]!)"), but samples come in "
                            + "numbers of all kinds; export with dynamic_shapes={\"\(name)\": {0: "
                            + "torch.export.Dim(\"batch\")}, …} for every input")
                }
                inputs.append(ProgramInput(name: name, shape: shape, type: type))
                inputPlaces.append(try graph.define(name))
            // What was a number or none at the export stands in the graph already.
            case .int, .real, .bool, .string, .none: break
            default:
                throw .refused(
                    file: file, place: .whole("the graph"), reason: "it has an input that is no tensor",
                    advice: "give numbers as constants or as tensors")
            }
        }

        private mutating func findOutput(_ signature: ExportSchema.Signature) throws(ProgramError) {
            let advice = "call model.eval() before torch.export.export"
            var found: String?
            for spec in signature.output_specs {
                switch spec {
                case .bufferChange(let name):
                    throw .refused(
                        file: file, place: .whole("buffer `\(name)`"), reason: "the network changes it as it runs",
                        advice: advice)
                case .parameterChange(let name):
                    throw .refused(
                        file: file, place: .whole("parameter `\(name)`"), reason: "the network changes it as it runs",
                        advice: advice)
                case .user(let argument):
                    if found == nil, case .tensor(let name) = argument { found = name }
                case .inputChange: break
                case .other(let kind):
                    throw .refused(
                        file: file, place: .whole("the graph"), reason: "it has an output of kind `\(kind)`",
                        advice: "export the forward pass alone")
                }
            }
            guard let found else { throw .output(file: file, reason: "it gives no tensor") }
            output = try graph.place(of: found, in: "the output")
        }
    }
}
