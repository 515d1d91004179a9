import CHDF5

/// A dataset that is open for reading: its shape, and parts of it as numbers or strings.
public struct HDF5Dataset: Sendable {
    /// The file's name, as in ``HDF5File/name``.
    public let file: String
    public let name: String
    /// The length of each axis; empty for a single value.
    public let shape: [Int]
    /// What an element is in the file.
    public let type: ElementType
    /// The shape of the pieces that are compressed one by one, or nil where the dataset is stored in one piece. Reading
    /// whole pieces avoids unpacking one twice.
    public let chunkShape: [Int]?
    /// What an element is made of, where it is a record of several fields (a compound); else nothing.
    public let members: [Member]
    let handle: Handle

    /// One field of a record.
    public struct Member: Sendable, Equatable {
        public let name: String
        /// What it is, or what the elements of its array are.
        public let type: ElementType
        /// The shape of the array that the field is; empty for a single value.
        public let shape: [Int]
    }

    /// Inside the lock only.
    init(_ handle: Handle, file: String, name: String) throws {
        self.handle = handle
        self.file = file
        self.name = name
        let unreadable = { (reason: String) in HDF5Error.unreadable(file: file, dataset: name, reason: reason) }
        let space = try Library.handle({ H5Dget_space(handle.id) }, orThrow: unreadable)
        shape = dimensions(of: space.id)
        let type = try Library.handle({ H5Dget_type(handle.id) }, orThrow: unreadable)
        self.type = ElementType(of: type.id)
        members = Member.all(of: type.id)
        let creation = try Library.handle({ H5Dget_create_plist(handle.id) }, orThrow: unreadable)
        if H5Pget_layout(creation.id) == H5D_CHUNKED {
            var chunk = [hsize_t](repeating: 0, count: shape.count)
            H5Pget_chunk(creation.id, Int32(shape.count), &chunk)
            chunkShape = chunk.map { Int(clamping: $0) }
        } else {
            chunkShape = nil
        }
    }

    /// Reads a box of the dataset, row-major.
    ///
    /// - Parameters:
    ///   - type: the type that the numbers are wanted in; HDF5 converts
    ///   - selection: one range an axis; nil reads everything
    /// - Complexity: memory is the box; every piece that it touches is unpacked.
    /// - Throws: ``HDF5Error`` where the elements are no numbers, the box lies outside, or storage is damaged.
    public func read<Number: HDF5Number>(_ type: Number.Type, _ selection: [Range<Int>]? = nil) throws -> [Number] {
        guard self.type.isNumber else {
            throw HDF5Error.wrongType(file: file, dataset: name, found: "\(self.type)", wanted: "numbers")
        }
        let selection = selection ?? shape.map { 0..<$0 }
        return try Library.locked {
            let count = try plausible(selection.map(\.count))
            return try withSpaces(selection) { memory, space in
                // Empty on damage: never hand out memory that nothing was read into.
                try [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
                    if count > 0 {
                        try Library.check {
                            H5Dread(
                                handle.id, Number.elementType.inMemory, memory, space, goldstone_default(),
                                buffer.baseAddress)
                        } orThrow: {
                            unreadable($0)
                        }
                    }
                    initialized = count
                }
            }
        }
    }

    /// Reads chosen columns (indices along the last axis) of a box, row-major, in the order given: the shape is the
    /// box's, with `columns.count` for the last axis.
    ///
    /// - Parameters:
    ///   - selection: one range for each axis but the last
    ///   - columns: indices along the last axis, in any order
    /// - Complexity: the span from the first to the last column is read and the rest dropped, as HDF5 takes far longer
    ///   over scattered columns than over a block.
    /// - Throws: as ``read(_:_:)``.
    public func read<Number: HDF5Number>(
        _ type: Number.Type, _ selection: [Range<Int>], columns: [Int]
    ) throws -> [Number] {
        guard let first = columns.min(), let last = columns.max() else { return [] }
        let block = try read(type, selection + [first..<last + 1])
        let width = last - first + 1
        let offsets = columns.map { $0 - first }
        if offsets == Array(0..<width) { return block }
        let rows = block.count / width
        return [Number](unsafeUninitializedCapacity: rows * columns.count) { buffer, initialized in
            block.withUnsafeBufferPointer { block in
                for row in 0..<rows {
                    for (column, offset) in offsets.enumerated() {
                        buffer[row * offsets.count + column] = block[row * width + offset]
                    }
                }
            }
            initialized = rows * columns.count
        }
    }

    /// Reads all of a dataset of strings, fixed-length or variable-length, row-major. Padding is dropped.
    ///
    /// - Throws: ``HDF5Error`` where the elements are no strings or storage is damaged.
    public func readStrings() throws -> [String] {
        guard type.isString else {
            throw HDF5Error.wrongType(file: file, dataset: name, found: "\(type)", wanted: "strings")
        }
        return try Library.locked {
            let fileType = try Library.handle({ H5Dget_type(handle.id) }, orThrow: unreadable)
            let space = try Library.handle({ H5Dget_space(handle.id) }, orThrow: unreadable)
            return try Strings.read(count: plausible(shape), fileType: fileType.id, space: space.id) { type, buffer in
                try Library.check {
                    H5Dread(handle.id, type, goldstone_all(), goldstone_all(), goldstone_default(), buffer)
                } orThrow: {
                    unreadable($0)
                }
            }
        }
    }

    /// An attribute of the dataset.
    ///
    /// - Throws: ``HDF5Error`` where there is none of that name or it can't be read.
    public func attribute(_ attribute: String) throws -> AttributeValue {
        try Library.locked { try Attributes.read(attribute, of: handle.id, object: name, file: file) }
    }

    /// The error for a read that failed. Inside the lock only.
    func unreadable(_ reason: String) -> HDF5Error {
        if let filter = Filters.missing(of: handle.id) {
            return .missingFilter(file: file, dataset: name, filter: filter)
        }
        return .unreadable(file: file, dataset: name, reason: reason)
    }

    /// The number of elements of a box; an error where a file of this size can't hold them, so that a damaged or hostile
    /// header can't make us ask for any amount of memory. Deflate packs 1,032 bytes into one at the most. Inside the lock
    /// only.
    func plausible(_ lengths: [Int]) throws -> Int {
        var count = 1, overflows = false
        for length in lengths where !overflows { (count, overflows) = count.multipliedReportingOverflow(by: length) }
        var fileBytes: hsize_t = 0
        let fileHandle = Handle(H5Iget_file_id(handle.id))
        H5Fget_filesize(fileHandle.id, &fileBytes)
        let type = Handle(H5Dget_type(handle.id))
        let (bytes, tooMany) = count.multipliedReportingOverflow(by: max(H5Tget_size(type.id), 1))
        let allowed = max(1 << 26, Int(clamping: min(fileBytes, 1 << 50)) * 1032)
        guard !overflows, !tooMany, bytes <= allowed else {
            throw HDF5Error.implausible(file: file, dataset: name, shape: shape, bytes: Int(clamping: fileBytes))
        }
        return count
    }

    /// Calls `body` with a memory space of the box's shape and the dataset's space with the box selected.
    func withSpaces<Result>(
        _ selection: [Range<Int>], _ body: (_ memory: hid_t, _ file: hid_t) throws -> Result
    ) throws -> Result {
        let inside = zip(selection, shape).allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= $1 }
        guard selection.count == shape.count, inside else {
            throw HDF5Error.outside(file: file, dataset: name, selection: selection, shape: shape)
        }
        if shape.isEmpty { return try body(goldstone_all(), goldstone_all()) }
        let space = try Library.handle({ H5Dget_space(handle.id) }, orThrow: unreadable)
        let start = selection.map { hsize_t($0.lowerBound) }
        let count = selection.map { hsize_t($0.count) }
        try Library.check(
            { H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil) }, orThrow: unreadable)
        let memory = try Library.handle({ H5Screate_simple(Int32(count.count), count, nil) }, orThrow: unreadable)
        return try body(memory.id, space.id)
    }
}

/// The length of each axis of a dataspace. Inside the lock only.
func dimensions(of space: hid_t) -> [Int] {
    let rank = H5Sget_simple_extent_ndims(space)
    guard rank > 0 else { return [] }
    var lengths = [hsize_t](repeating: 0, count: Int(rank))
    H5Sget_simple_extent_dims(space, &lengths, nil)
    return lengths.map { Int(clamping: $0) }
}
