import CHDF5

/// A number that can be read from and written to a dataset. HDF5 converts between the type in the file and this one.
public protocol HDF5Number: Sendable, BitwiseCopyable, Numeric {
    /// The type that a dataset of these numbers has in a file.
    static var elementType: ElementType { get }
}

extension Float: HDF5Number { public static var elementType: ElementType { .float(bytes: 4) } }
extension Double: HDF5Number { public static var elementType: ElementType { .float(bytes: 8) } }
extension Int32: HDF5Number { public static var elementType: ElementType { .integer(bytes: 4, signed: true) } }
extension Int64: HDF5Number { public static var elementType: ElementType { .integer(bytes: 8, signed: true) } }
extension UInt8: HDF5Number { public static var elementType: ElementType { .integer(bytes: 1, signed: false) } }

/// What one element of a dataset or an attribute is in the file.
public enum ElementType: Sendable, Equatable, CustomStringConvertible {
    case float(bytes: Int)
    case integer(bytes: Int, signed: Bool)
    /// Whole numbers with names, such as h5py's booleans.
    case enumeration(bytes: Int)
    /// Byte strings of one length, shorter ones padded.
    case fixedString(bytes: Int)
    case variableString
    /// A compound (see ``HDF5Dataset/members``), a reference: nothing that this module reads as a whole.
    case other

    public var description: String {
        switch self {
        case .float(let bytes): "float\(8 * bytes)"
        case .integer(let bytes, let signed): "\(signed ? "int" : "uint")\(8 * bytes)"
        case .enumeration(let bytes): "an enumeration of int\(8 * bytes)"
        case .fixedString(let bytes): "strings of \(bytes) bytes"
        case .variableString: "strings of any length"
        case .other: "values of a kind that is not read here"
        }
    }

    /// Whether the elements are numbers.
    public var isNumber: Bool {
        switch self {
        case .float, .integer, .enumeration: true
        default: false
        }
    }

    /// Whether the elements are numbers with fractions.
    public var isFloat: Bool {
        if case .float = self { true } else { false }
    }

    /// Whether the elements are strings.
    public var isString: Bool {
        switch self {
        case .fixedString, .variableString: true
        default: false
        }
    }

    init(of type: hid_t) {
        let bytes = H5Tget_size(type)
        switch H5Tget_class(type) {
        case H5T_FLOAT: self = .float(bytes: bytes)
        case H5T_INTEGER: self = .integer(bytes: bytes, signed: H5Tget_sign(type) == H5T_SGN_2)
        case H5T_ENUM: self = .enumeration(bytes: bytes)
        case H5T_STRING: self = H5Tis_variable_str(type) > 0 ? .variableString : .fixedString(bytes: bytes)
        default: self = .other
        }
    }

    /// HDF5's type of such numbers in this machine's memory.
    var inMemory: hid_t {
        switch self {
        case .float(bytes: 4): goldstone_native_float()
        case .float: goldstone_native_double()
        case .integer(bytes: 1, _): goldstone_native_uint8()
        case .integer(bytes: 4, _): goldstone_native_int32()
        case .integer: goldstone_native_int64()
        default: preconditionFailure("\(self) have no numeric type")
        }
    }

    /// HDF5's type of such numbers in a file.
    var inFile: hid_t {
        switch self {
        case .float(bytes: 4): goldstone_file_float()
        case .float: goldstone_file_double()
        case .integer(bytes: 1, _): goldstone_file_uint8()
        case .integer(bytes: 4, _): goldstone_file_int32()
        case .integer: goldstone_file_int64()
        default: preconditionFailure("\(self) have no numeric type")
        }
    }
}

/// The value of an attribute: one value or a list.
public enum AttributeValue: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case number(Double)
    case strings([String])
    case integers([Int64])
    case numbers([Double])
}
