import CHDF5

/// Attributes of files and datasets. Inside the lock only.
enum Attributes {
    /// The most values of one attribute that are read.
    private static let mostValues = 1 << 20

    static func read(_ attribute: String, of id: hid_t, object: String, file: String) throws -> AttributeValue {
        guard H5Aexists(id, attribute) > 0 else {
            throw HDF5Error.missingAttribute(file: file, object: object, attribute: attribute)
        }
        let label = "attribute \(attribute) of \(object)"
        let unreadable = { (reason: String) in HDF5Error.unreadable(file: file, dataset: label, reason: reason) }
        let handle = try Library.handle({ H5Aopen(id, attribute, goldstone_default()) }, orThrow: unreadable)
        let type = try Library.handle({ H5Aget_type(handle.id) }, orThrow: unreadable)
        let space = try Library.handle({ H5Aget_space(handle.id) }, orThrow: unreadable)
        let shape = dimensions(of: space.id)
        // Larger ones are datasets, or damage.
        guard shape.allSatisfy({ $0 <= mostValues }), shape.count <= 2, shape.reduce(1, *) <= mostValues else {
            throw unreadable("it claims the shape \(shape)")
        }
        let count = shape.reduce(1, *)
        func numbers<Number: HDF5Number>(_: Number.Type) throws -> [Number] {
            var values = [Number](repeating: 0, count: count)
            if count > 0 {
                try Library.check({ H5Aread(handle.id, Number.elementType.inMemory, &values) }, orThrow: unreadable)
            }
            return values
        }
        switch ElementType(of: type.id) {
        case .float:
            let values = try numbers(Double.self)
            return shape.isEmpty ? .number(values[0]) : .numbers(values)
        case .integer, .enumeration:
            let values = try numbers(Int64.self)
            return shape.isEmpty ? .integer(values[0]) : .integers(values)
        case .fixedString, .variableString:
            let values = try Strings.read(count: count, fileType: type.id, space: space.id) { memory, buffer in
                if count > 0 { try Library.check({ H5Aread(handle.id, memory, buffer) }, orThrow: unreadable) }
            }
            return shape.isEmpty ? .string(values[0]) : .strings(values)
        case .other:
            throw HDF5Error.wrongType(
                file: file, dataset: label, found: "\(ElementType.other)", wanted: "numbers or strings")
        }
    }

    static func write(_ value: AttributeValue, as attribute: String, of id: hid_t, object: String, file: String) throws
    {
        let cannotWrite = { (reason: String) in
            HDF5Error.cannotWrite(file: file, dataset: "attribute \(attribute) of \(object)", reason: reason)
        }
        /// - Parameter count: nil for one value, which has no axis
        func write(type: hid_t, memoryType: hid_t, count: Int?, bytes: UnsafeRawBufferPointer) throws {
            let space = try Library.handle {
                count.map { H5Screate_simple(1, [hsize_t($0)], nil) } ?? H5Screate(H5S_SCALAR)
            } orThrow: {
                cannotWrite($0)
            }
            let handle = try Library.handle {
                H5Acreate2(id, attribute, type, space.id, goldstone_default(), goldstone_default())
            } orThrow: {
                cannotWrite($0)
            }
            if count != 0 {
                try Library.check({ H5Awrite(handle.id, memoryType, bytes.baseAddress) }, orThrow: cannotWrite)
            }
        }
        func write<Number: HDF5Number>(_ values: [Number], count: Int?) throws {
            let type = Number.elementType
            try values.withUnsafeBytes {
                try write(type: type.inFile, memoryType: type.inMemory, count: count, bytes: $0)
            }
        }
        func write(_ strings: [String], count: Int?) throws {
            let (bytes, width) = Strings.packed(strings)
            let type = Strings.fixedType(bytes: width)
            try bytes.withUnsafeBytes { try write(type: type.id, memoryType: type.id, count: count, bytes: $0) }
        }
        switch value {
        case .string(let value): try write([value], count: nil)
        case .integer(let value): try write([value], count: nil)
        case .number(let value): try write([value], count: nil)
        case .strings(let values): try write(values, count: values.count)
        case .integers(let values): try write(values, count: values.count)
        case .numbers(let values): try write(values, count: values.count)
        }
    }
}
