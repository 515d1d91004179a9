import Foundation
import Support

extension Safetensors {
    /// Writes the file under a temporary name and renames it. Equal contents give equal bytes.
    ///
    /// - Throws: ``SafetensorsError`` where ``data(file:)`` does; `FileError` where the file can't be written.
    public func write(to path: String) throws {
        try writeAtomically(data(file: path), to: path)
    }

    /// The bytes of the file; `file` is the name that errors give. Cost: one copy of the data.
    ///
    /// Tensors with wider numbers come first, otherwise in their order: together with a header padded by spaces to a
    /// multiple of 8 bytes, every tensor then begins at a multiple of its numbers' size, which some readers need.
    ///
    /// - Throws: ``SafetensorsError`` where a name is used twice or is `__metadata__`, or a tensor's bytes are not as
    ///   many as its shape and type ask for.
    public func data(file: String) throws(SafetensorsError) -> Data {
        let ordered = tensors.enumerated().sorted {
            ($1.element.dataType.byteCount, $0.offset) < ($0.element.dataType.byteCount, $1.offset)
        }.map(\.element)
        var names: Set = ["__metadata__"]
        var fields = [String]()
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var begin = 0
        for tensor in ordered {
            guard names.insert(tensor.name).inserted else { throw .repeated(file: file, name: tensor.name) }
            let dataType = tensor.dataType.rawValue
            let bytes = tensor.bytes.count
            guard SafetensorsEntry.byteCount(shape: tensor.shape, dataType: tensor.dataType) == bytes else {
                throw .size(
                    file: file, tensor: tensor.name, shape: tensor.shape, dataType: dataType, bytes: bytes)
            }
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            fields.append(
                "\(quoted(tensor.name)):{\"dtype\":\"\(dataType)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(begin),\(begin + bytes)]}")
            begin += bytes
        }
        var header = Data("{\(fields.joined(separator: ","))}".utf8)
        header.append(Data(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        var data = Data(capacity: 8 + header.count + begin)
        for shift in stride(from: 0, to: 64, by: 8) { data.append(UInt8(UInt64(header.count) >> shift & 255)) }
        data.append(header)
        for tensor in ordered { data.append(tensor.bytes) }
        return data
    }
}

/// A string as JSON.
private func quoted(_ string: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // Every String is valid Unicode, so encoding it can't fail.
    return String(decoding: try! encoder.encode(string), as: UTF8.self)
}
