import Foundation
import HDF5
import Networks
import Objectives
import Support
import Torch

/// Samples in a file of someone's own, HDF5 or safetensors: a dataset for each of a network's inputs, named as it is,
/// `target` (or `label`, as `goldstone features` calls it), and `weight` where samples do not count alike. The first axis of
/// each is the samples'.
public struct SampleFile {
    private let path: String
    private let source: Source
    /// `target`, or `label` as `goldstone features` writes it.
    private let target: String

    private enum Source {
        case hdf5(HDF5File)
        case safetensors(Safetensors)
    }

    /// Opens a file; nil where it is none with targets, as files of jets are not.
    ///
    /// - Throws: `HDF5Error`, `SafetensorsError`.
    public init?(ifSamples path: String) throws {
        self.path = path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            return nil
        }
        if path.hasSuffix(".safetensors") {
            source = .safetensors(try Safetensors(contentsOf: path))
        } else if ["h5", "hdf5", "hdf"].contains((path as NSString).pathExtension.lowercased()) {
            source = .hdf5(try HDF5File(path: path))
        } else {
            return nil
        }
        guard let target = ["target", "label"].first(where: Self.names(in: source).contains) else { return nil }
        self.target = target
    }

    private static func names(in source: Source) -> [String] {
        switch source {
        case .hdf5(let file): file.datasets
        case .safetensors(let file): file.tensors.map(\.name)
        }
    }

    /// The first samples.
    ///
    /// - Parameters:
    ///   - program: whose inputs they are given to
    ///   - limit: how many at the most
    /// - Throws: ``SampleError`` naming what is missing or does not go together; `HDF5Error`.
    public func read(for program: any NetworkProgram, first limit: Int) throws -> Samples {
        let names = Self.names(in: source)
        let targets = try read(target, limit)
        let count = targets.shape.first ?? 0
        guard count > 0 else { throw SampleError.empty(file: path) }
        let inputs = try program.inputs.map { input -> Tensor? in
            guard names.contains(input.name) else {
                if input.isOptional { return nil }
                throw SampleError.missing(
                    file: path, input: input.description, names: names, nearest: nearestName(to: input.name, in: names))
            }
            let tensor = try read(input.name, limit)
            guard tensor.shape.first == count else {
                throw SampleError.unequal(
                    file: path, name: input.name, rows: tensor.shape.first ?? 0, targets: count)
            }
            if let shape = input.shape,
                shape.count != tensor.rank || !zip(shape, tensor.shape).allSatisfy({ $0 == nil || $0 == $1 })
            {
                throw SampleError.shape(file: path, input: input.description, shape: tensor.shape)
            }
            return tensor
        }
        var weights: Tensor?
        if names.contains("weight") {
            let read = try self.read("weight", limit)
            guard read.shape == [count] else {
                throw SampleError.unequal(file: path, name: "weight", rows: read.shape.first ?? 0, targets: count)
            }
            let values = read.elements(Double.self)
            guard values.allSatisfy({ $0 >= 0 && $0.isFinite }), values.contains(where: { $0 > 0 }) else {
                throw SampleError.weights(file: path)
            }
            weights = read.to(.float64)
        }
        return Samples(inputs: inputs, targets: targets, weights: weights)
    }

    /// The first rows of a dataset; whole numbers as Int64, others as float, or double where they are such.
    private func read(_ name: String, _ limit: Int) throws -> Tensor {
        switch source {
        case .hdf5(let file):
            let dataset = try file.dataset(name)
            guard let rows = dataset.shape.first else { throw SampleError.empty(file: path) }
            let shape = [min(rows, limit)] + dataset.shape.dropFirst(), box = shape.map { 0..<$0 }
            switch dataset.type {
            case .float(let bytes) where bytes > 4: return Tensor(try dataset.read(Double.self, box), shape: shape)
            case .integer: return Tensor(try dataset.read(Int64.self, box), shape: shape)
            default: return Tensor(try dataset.read(Float.self, box), shape: shape)
            }
        case .safetensors(let file):
            let entry = file[name]!
            let types: [SafetensorsDataType: ScalarType] = [
                .float64: .float64, .float32: .float32, .float16: .float16, .bfloat16: .bfloat16, .int64: .int64,
                .int32: .int32, .int16: .int16, .int8: .int8, .uint8: .uint8, .boolean: .bool,
            ]
            guard let rows = entry.shape.first else { throw SampleError.empty(file: path) }
            let kept = min(rows, limit)
            let tensor = entry.bytes.withUnsafeBytes {
                Tensor(bytes: $0, count: entry.shape.reduce(1, *), types[entry.dataType]!).reshaped(entry.shape)
            }
            return tensor.narrowed(0, from: 0, length: kept).copied()
        }
    }
}

/// What can be wrong with samples of someone's own.
public enum SampleError: Error, CustomStringConvertible, Equatable {
    case missing(file: String, input: String, names: [String], nearest: String?)
    case unequal(file: String, name: String, rows: Int, targets: Int)
    case shape(file: String, input: String, shape: [Int])
    case weights(file: String)
    case empty(file: String)
    case wrongLoss(loss: String)
    case needsJets(part: String)

    public var description: String {
        switch self {
        case .missing(let file, let input, let names, let nearest):
            "\(file) has nothing for the network's input \(input): it has \(names.joined(separator: ", "))"
                + (nearest.map { " (the nearest is \($0))" } ?? "") + "; name a dataset as the input is named"
        case .unequal(let file, let name, let rows, let targets):
            "\(file): `\(name)` has \(rows) rows, `target` \(targets): give one for each sample"
        case .shape(let file, let input, let shape):
            "\(file): its dataset has shape \(shape), which the network's input \(input) does not take"
        case .weights(let file): "\(file): `weight` must hold numbers of 0 and above, not all 0"
        case .empty(let file): "\(file): there are no samples: datasets must have a row for each"
        case .wrongLoss(let loss):
            "--loss \(loss): with samples of one's own the loss is one of "
                + SampleLoss.allCases.map(\.rawValue).joined(separator: ", ")
        case .needsJets(let part):
            "`\(part)` is measured on jets, not on samples of one's own: leave it out, or give --study or files of jets"
        }
    }
}
