import Foundation

/// What `models/model.json` of a `torch.export.save` archive says, as far as it is needed: PyTorch's
/// `torch/_export/serde/schema.py`, version 8.
enum ExportSchema {
    struct Program: Decodable {
        let graph_module: GraphModule
        let schema_version: Version
        let torch_version: String?
        let range_constraints: [String: Range]?
    }

    struct Version: Decodable { let major: Int }
    struct Range: Decodable { let min_val: Int?, max_val: Int? }
    struct GraphModule: Decodable {
        let graph: Graph
        let signature: Signature
    }

    struct Graph: Decodable {
        let inputs: [Argument]
        let outputs: [Argument]
        let nodes: [Node]
        let tensor_values: [String: TensorMeta]
    }

    struct Signature: Decodable {
        let input_specs: [InputSpec]
        let output_specs: [OutputSpec]
    }

    struct Node: Decodable {
        let target: String
        let inputs: [NamedArgument]
        let outputs: [Argument]
        let metadata: [String: String]?
        let name: String?
    }

    struct NamedArgument: Decodable {
        let name: String
        let arg: Argument
        /// 1 positional, 2 by keyword.
        let kind: Int?
    }

    struct TensorMeta: Decodable {
        let dtype: Int
        let sizes: [Size]
        let requires_grad: Bool?
        let strides: [Size]?
        let storage_offset: Size?
    }

    /// A number, or a symbol for one that is free.
    enum Size: Decodable {
        case fixed(Int)
        case symbol(String)

        init(from decoder: any Decoder) throws {
            let (key, container) = try union(decoder)
            switch key.stringValue {
            case "as_int": self = .fixed(try container.decode(Int.self, forKey: key))
            case "as_expr":
                struct Expression: Decodable { let expr_str: String }
                self = .symbol(try container.decode(Expression.self, forKey: key).expr_str)
            default: throw unknown(key, container)
            }
        }
    }

    struct Name: Decodable { let name: String }

    /// A real number; infinities and NaN are written as strings.
    struct Real: Decodable {
        let value: Double

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                switch text {
                case "Infinity": value = .infinity
                case "-Infinity": value = -.infinity
                case "NaN": value = .nan
                default:
                    throw DecodingError.dataCorruptedError(in: container, debugDescription: "`\(text)` is no number")
                }
            } else {
                value = try container.decode(Double.self)
            }
        }
    }

    /// A value, or the name of one that a node gives.
    enum Symbolic: Decodable {
        case name(String)
        case int(Int), real(Double), bool(Bool)

        init(from decoder: any Decoder) throws {
            let (key, container) = try union(decoder)
            switch key.stringValue {
            case "as_name": self = .name(try container.decode(String.self, forKey: key))
            case "as_int": self = .int(try container.decode(Int.self, forKey: key))
            case "as_float": self = .real(try container.decode(Real.self, forKey: key).value)
            case "as_bool": self = .bool(try container.decode(Bool.self, forKey: key))
            default: throw unknown(key, container)
            }
        }
    }

    struct Device: Decodable { let type: String }

    /// Every kind of argument that the schema has.
    enum Argument: Decodable {
        case none
        case tensor(String)
        case tensors([String])
        case optionalTensors([String?])
        case int(Int), ints([Int])
        case real(Double), reals([Double])
        case bool(Bool), bools([Bool])
        case string(String)
        case symbolic(Symbolic)
        case symbolics([Symbolic])
        case scalarType(Int), memoryFormat(Int), layout(Int), device(String)
        /// A kind that inference on numbers has no use for: graphs, objects, dictionaries.
        case other(String)

        init(from decoder: any Decoder) throws {
            let (key, container) = try union(decoder)
            func value<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
                try container.decode(type, forKey: key)
            }
            switch key.stringValue {
            case "as_none": self = .none
            case "as_tensor": self = .tensor(try value(Name.self).name)
            case "as_tensors": self = .tensors(try value([Name].self).map(\.name))
            case "as_optional_tensors": self = .optionalTensors(try value([OptionalTensor].self).map(\.name))
            case "as_optional_tensor":
                self = try value(OptionalTensor.self).name.map { .tensor($0) } ?? .none
            case "as_int": self = .int(try value())
            case "as_ints": self = .ints(try value())
            case "as_float": self = .real(try value(Real.self).value)
            case "as_floats": self = .reals(try value([Real].self).map(\.value))
            case "as_bool": self = .bool(try value())
            case "as_bools": self = .bools(try value())
            case "as_string": self = .string(try value())
            case "as_sym_int", "as_sym_float", "as_sym_bool": self = .symbolic(try value())
            case "as_sym_ints", "as_sym_floats", "as_sym_bools": self = .symbolics(try value())
            case "as_scalar_type": self = .scalarType(try value())
            case "as_memory_format": self = .memoryFormat(try value())
            case "as_layout": self = .layout(try value())
            case "as_device": self = .device(try value(Device.self).type)
            default: self = .other(String(key.stringValue.dropFirst(3)))
            }
        }
    }

    struct OptionalTensor: Decodable {
        let name: String?

        init(from decoder: any Decoder) throws {
            let (key, container) = try union(decoder)
            name = key.stringValue == "as_tensor" ? try container.decode(Name.self, forKey: key).name : nil
        }
    }

    enum InputSpec: Decodable {
        case user(Argument)
        case parameter(argument: String, name: String)
        case buffer(argument: String, name: String, persistent: Bool)
        case constant(argument: String, name: String)
        /// A number or a word that was given at export: it stands in the graph already.
        case fixed
        case other(String)

        init(from decoder: any Decoder) throws {
            struct User: Decodable { let arg: Argument }
            struct Parameter: Decodable { let arg: Name, parameter_name: String }
            struct Buffer: Decodable { let arg: Name, buffer_name: String, persistent: Bool }
            struct Constant: Decodable { let arg: Name, tensor_constant_name: String }
            let (key, container) = try union(decoder)
            switch key.stringValue {
            case "user_input": self = .user(try container.decode(User.self, forKey: key).arg)
            case "parameter":
                let found = try container.decode(Parameter.self, forKey: key)
                self = .parameter(argument: found.arg.name, name: found.parameter_name)
            case "buffer":
                let found = try container.decode(Buffer.self, forKey: key)
                self = .buffer(argument: found.arg.name, name: found.buffer_name, persistent: found.persistent)
            case "tensor_constant":
                let found = try container.decode(Constant.self, forKey: key)
                self = .constant(argument: found.arg.name, name: found.tensor_constant_name)
            case "constant_input": self = .fixed
            default: self = .other(key.stringValue)
            }
        }
    }

    enum OutputSpec: Decodable {
        case user(Argument)
        case bufferChange(buffer: String)
        case parameterChange(parameter: String)
        /// What an input becomes where the network changes it in place: of no use afterwards.
        case inputChange
        case other(String)

        init(from decoder: any Decoder) throws {
            struct User: Decodable { let arg: Argument }
            struct BufferChange: Decodable { let buffer_name: String }
            struct ParameterChange: Decodable { let parameter_name: String }
            let (key, container) = try union(decoder)
            switch key.stringValue {
            case "user_output", "loss_output": self = .user(try container.decode(User.self, forKey: key).arg)
            case "buffer_mutation":
                self = .bufferChange(buffer: try container.decode(BufferChange.self, forKey: key).buffer_name)
            case "parameter_mutation":
                self = .parameterChange(
                    parameter: try container.decode(ParameterChange.self, forKey: key).parameter_name)
            case "user_input_mutation": self = .inputChange
            default: self = .other(key.stringValue)
            }
        }
    }

    /// `model_weights_config.json` and `model_constants_config.json`: where each tensor's bytes lie.
    struct Payloads: Decodable {
        let config: [String: Payload]
    }

    struct Payload: Decodable {
        let path_name: String
        let is_param: Bool?
        let use_pickle: Bool?
        let tensor_meta: TensorMeta?
    }
}

/// A key of any name.
struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// The one key of a union, `{"as_int": 3}`. Fields that are null are as good as missing.
private func union(_ decoder: any Decoder) throws -> (AnyKey, KeyedDecodingContainer<AnyKey>) {
    let container = try decoder.container(keyedBy: AnyKey.self)
    let keys = try container.allKeys.filter { try !container.decodeNil(forKey: $0) }
    guard keys.count == 1 else {
        throw DecodingError.dataCorrupted(
            .init(codingPath: decoder.codingPath, debugDescription: "a value of one kind has \(keys.count) kinds"))
    }
    return (keys[0], container)
}

private func unknown(_ key: AnyKey, _ container: KeyedDecodingContainer<AnyKey>) -> DecodingError {
    .dataCorruptedError(forKey: key, in: container, debugDescription: "`\(key.stringValue)` is no kind of number")
}
