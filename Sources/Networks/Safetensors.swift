import Foundation
import Support

/// The contents of a safetensors file: named tensors and a table of strings.
///
/// The format (huggingface/safetensors, “Format”): 8 bytes with the header's length N, little-endian; N bytes of
/// JSON, `{"name": {"dtype": …, "shape": […], "data_offsets": [begin, end]}, …, "__metadata__": {…}}`; then the
/// tensors' bytes, little-endian and row-major, without gaps. No code is run on reading, unlike pickled weights.
public struct Safetensors: Sendable, Equatable {
    /// The tensors, in the order of their bytes.
    public var tensors: [SafetensorsEntry]
    /// `__metadata__`: strings by name.
    public var metadata: [String: String]

    /// Tensors in the order given, and metadata.
    public init(tensors: [SafetensorsEntry], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The tensor of this name, or nil. Cost: O(tensors).
    public subscript(name: String) -> SafetensorsEntry? { tensors.first { $0.name == name } }

    /// Compares names and shapes with those that a network expects, whatever their order.
    ///
    /// - Parameters:
    ///   - expected: each tensor's name and shape
    ///   - file: the name that an error gives
    /// - Throws: ``SafetensorsError/unlike(file:differences:)`` with every missing, unexpected and differently shaped
    ///   tensor; a missing one with the nearest unexpected name beside it.
    public func check(_ expected: [(name: String, shape: [Int])], file: String) throws(SafetensorsError) {
        let found = Dictionary(tensors.map { ($0.name, $0.shape) }) { first, _ in first }
        let names = Set(expected.map(\.name))
        let unexpected = tensors.map(\.name).filter { !names.contains($0) }
        var differences = [String]()
        for (name, shape) in expected {
            if let actual = found[name] {
                if actual != shape { differences.append("“\(name)” has shape \(actual), not \(shape)") }
            } else {
                let hint = nearestName(to: name, in: unexpected).map { " (the nearest in the file is “\($0)”)" } ?? ""
                differences.append("“\(name)” \(shape) is missing\(hint)")
            }
        }
        differences += unexpected.map { "“\($0)” is not a tensor of the network" }
        guard differences.isEmpty else { throw .unlike(file: file, differences: differences) }
    }
}

/// The number formats of the safetensors format that a trained tagger meets.
public enum SafetensorsDataType: String, Sendable, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint8 = "U8"
    case boolean = "BOOL"

    /// Bytes a number.
    public var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16, .int16: 2
        case .int8, .uint8, .boolean: 1
        }
    }
}

/// One named tensor as it lies in a file.
public struct SafetensorsEntry: Sendable, Equatable {
    public let name: String
    public let dataType: SafetensorsDataType
    /// Sizes, the last one's index running fastest; empty for a single number.
    public let shape: [Int]
    /// The numbers, little-endian and row-major.
    public let bytes: Data

    /// A tensor of given bytes; that shape, type and bytes agree is checked on writing.
    public init(name: String, dataType: SafetensorsDataType, shape: [Int], bytes: Data) {
        self.name = name
        self.dataType = dataType
        self.shape = shape
        self.bytes = bytes
    }

    /// A tensor of type F32.
    public init(name: String, shape: [Int], values: [Float]) {
        self.init(name: name, dataType: .float32, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }

    /// A tensor of type F64.
    public init(name: String, shape: [Int], values: [Double]) {
        self.init(name: name, dataType: .float64, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }

    /// A tensor of type I64.
    public init(name: String, shape: [Int], values: [Int64]) {
        self.init(name: name, dataType: .int64, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }

    /// The numbers of an F32 or BF16 tensor, exactly.
    ///
    /// - Throws: ``SafetensorsError/wrongType(tensor:dataType:asked:)`` for any other type.
    public func floats() throws(SafetensorsError) -> [Float] {
        switch dataType {
        case .float32: return numbers()
        // The upper half of a Float's bits.
        case .bfloat16: return numbers().map { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
        default: throw .wrongType(tensor: name, dataType: dataType.rawValue, asked: "Float")
        }
    }

    /// The numbers of an F64, F32 or BF16 tensor, exactly.
    ///
    /// - Throws: ``SafetensorsError/wrongType(tensor:dataType:asked:)`` for any other type.
    public func doubles() throws(SafetensorsError) -> [Double] {
        switch dataType {
        case .float64: return numbers()
        case .float32, .bfloat16: return try floats().map(Double.init)
        default: throw .wrongType(tensor: name, dataType: dataType.rawValue, asked: "Double")
        }
    }

    /// The numbers of a tensor of any floating-point type, rounded to Float.
    ///
    /// - Throws: ``SafetensorsError/wrongType(tensor:dataType:asked:)`` for any other type.
    public func roundedFloats() throws(SafetensorsError) -> [Float] {
        switch dataType {
        case .float64: return numbers().map { (number: Double) in Float(number) }
        case .float16: return numbers().map { (number: Float16) in Float(number) }
        default: return try floats()
        }
    }

    /// The numbers of an I64 tensor.
    ///
    /// - Throws: ``SafetensorsError/wrongType(tensor:dataType:asked:)`` for any other type.
    public func integers() throws(SafetensorsError) -> [Int64] {
        guard dataType == .int64 else {
            throw .wrongType(tensor: name, dataType: dataType.rawValue, asked: "Int64")
        }
        return numbers()
    }

    /// The bytes read as numbers of one type. The processors that Swift runs on under Linux are little-endian.
    private func numbers<Number: BitwiseCopyable>() -> [Number] {
        [Number](unsafeUninitializedCapacity: bytes.count / MemoryLayout<Number>.size) { buffer, count in
            count = bytes.copyBytes(to: buffer) / MemoryLayout<Number>.size
        }
    }

    /// The bytes that shape and type ask for; nil where that overflows or a size is negative.
    static func byteCount(shape: [Int], dataType: SafetensorsDataType) -> Int? {
        var count = dataType.byteCount
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }
}
