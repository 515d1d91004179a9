/// What can be wrong with a safetensors file, or with what is to be written as one.
public enum SafetensorsError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The file ends before the 8 bytes of the header's length do.
    case tooShort(file: String, bytes: Int)
    /// The header's stated length is more than the file, or the format, allows.
    case headerLength(file: String, length: UInt64, allowed: Int)
    /// The header is not what the format asks for.
    case header(file: String, reason: String)
    /// A name stands twice: a tensor's, or a field's in a tensor's entry.
    case repeated(file: String, name: String)
    /// A tensor's entry lacks a field or has one of the wrong kind.
    case entry(file: String, tensor: String, reason: String)
    /// A data type that the format, or this reader, does not know.
    case dataType(file: String, tensor: String, value: String)
    /// The shape and the data type ask for another number of bytes than there are.
    case size(file: String, tensor: String, shape: [Int], dataType: String, bytes: Int)
    /// A tensor's bytes do not begin where those before it end.
    case offset(file: String, tensor: String, begin: Int, expected: Int)
    /// A tensor's bytes end behind the file's: it was cut off.
    case outOfBounds(file: String, tensor: String, end: Int, available: Int)
    /// Bytes at the end that no tensor owns.
    case uncovered(file: String, used: Int, available: Int)
    /// The numbers were asked for as a type that can't hold the tensor's.
    case wrongType(tensor: String, dataType: String, asked: String)
    /// Other tensors than the network has: one line a difference.
    case unlike(file: String, differences: [String])

    public var description: String {
        let again = "copy or write the file again"
        switch self {
        case .tooShort(let file, let bytes):
            return
                "\(file) is no safetensors file: it has \(bytes) bytes, fewer than the 8 of a header's length; \(again)"
        case .headerLength(let file, let length, let allowed):
            return "\(file) is damaged or no safetensors file: its header claims \(length) bytes, where at most "
                + "\(allowed) are possible; \(again)"
        case .header(let file, let reason):
            return "\(file): the header is damaged: \(reason); \(again)"
        case .repeated(let file, let name):
            return "\(file): the name “\(name)” stands twice in one place; rename one of the two"
        case .entry(let file, let tensor, let reason):
            return "\(file): tensor “\(tensor)”: \(reason); \(again)"
        case .dataType(let file, let tensor, let value):
            let known = SafetensorsDataType.allCases.map(\.rawValue).joined(separator: ", ")
            return "\(file): tensor “\(tensor)” has the data type “\(value)”; convert it to one of \(known)"
        case .size(let file, let tensor, let shape, let dataType, let bytes):
            return
                "\(file): tensor “\(tensor)” of shape \(shape) and type \(dataType) can't have \(bytes) bytes; \(again)"
        case .offset(let file, let tensor, let begin, let expected):
            return "\(file): tensor “\(tensor)” begins at byte \(begin) of the data, not at \(expected) where the one "
                + "before it ends; \(again)"
        case .outOfBounds(let file, let tensor, let end, let available):
            return "\(file): tensor “\(tensor)” ends at byte \(end) of the data, but there are only \(available): the "
                + "file was cut off; \(again)"
        case .uncovered(let file, let used, let available):
            return "\(file): the tensors use \(used) of \(available) bytes of data; the rest belongs to none; \(again)"
        case .wrongType(let tensor, let dataType, let asked):
            return "tensor “\(tensor)” holds \(dataType), which \(asked) can't hold without loss; ask for another type"
        case .unlike(let file, let differences):
            let rest = differences.count > 30 ? "\n  and \(differences.count - 30) more" : ""
            return "\(file) does not fit the network:\n  " + differences.prefix(30).joined(separator: "\n  ") + rest
        }
    }
}
