import CHDF5

/// Strings between HDF5's fixed-length or variable-length storage and Swift. Inside the lock only.
enum Strings {
    /// HDF5's type of byte strings of `bytes` bytes in UTF-8, shorter ones padded with zeros.
    static func fixedType(bytes: Int) -> Handle {
        let type = Handle(H5Tcopy(goldstone_c_string()))
        H5Tset_size(type.id, max(bytes, 1))
        H5Tset_strpad(type.id, H5T_STR_NULLPAD)
        H5Tset_cset(type.id, H5T_CSET_UTF8)
        return type
    }

    /// The strings one after the other, each padded with zeros to the longest: what ``fixedType(bytes:)`` describes.
    static func packed(_ strings: [String]) -> (bytes: [UInt8], width: Int) {
        let width = max(strings.map(\.utf8.count).max() ?? 1, 1)
        return (strings.flatMap { Array($0.utf8) + [UInt8](repeating: 0, count: width - $0.utf8.count) }, width)
    }

    /// Reads `count` strings of a dataset or an attribute.
    ///
    /// - Parameters:
    ///   - fileType: the type in the file
    ///   - space: the dataspace that is read, for giving variable-length strings back
    ///   - read: `H5Dread` or `H5Aread` into the buffer with the memory type given
    static func read(
        count: Int, fileType: hid_t, space: hid_t,
        read: (_ memoryType: hid_t, _ buffer: UnsafeMutableRawPointer) throws -> Void
    ) throws -> [String] {
        // A copy of the file's own type keeps character set and padding, which HDF5 refuses to convert.
        let memoryType = Handle(H5Tcopy(fileType))
        if H5Tis_variable_str(fileType) > 0 {
            var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
            try pointers.withUnsafeMutableBytes { try read(memoryType.id, $0.baseAddress!) }
            defer {
                _ = pointers.withUnsafeMutableBytes {
                    H5Dvlen_reclaim(memoryType.id, space, goldstone_default(), $0.baseAddress!)
                }
            }
            return pointers.map { $0.map { String(cString: $0) } ?? "" }
        }
        let width = H5Tget_size(fileType)
        var bytes = [UInt8](repeating: 0, count: max(width * count, 1))
        try bytes.withUnsafeMutableBytes { try read(memoryType.id, $0.baseAddress!) }
        let paddedWithSpaces = H5Tget_strpad(fileType) == H5T_STR_SPACEPAD
        return (0..<count).map { index in
            var text = bytes[index * width..<(index + 1) * width].prefix { $0 != 0 }
            while paddedWithSpaces, text.last == UInt8(ascii: " ") { text.removeLast() }
            return String(decoding: text, as: UTF8.self)
        }
    }
}
