import CHDF5

/// Appends rows to one dataset of a file that is being written. Made by ``HDF5Writer/addDataset(_:of:rowShape:chunkRows:deflate:)``.
public struct DatasetWriter<Number: HDF5Number>: Sendable {
    let file: HDF5Writer
    let index: Int
    /// The dataset's name.
    public let name: String
    /// The shape of one row.
    public let rowShape: [Int]

    /// Appends whole rows, row-major: `values.count` is a multiple of the number of values a row has.
    ///
    /// - Complexity: memory is one piece of `chunkRows` rows beside the values; a piece that is filled by several calls
    ///   stays in HDF5's cache only if it is under 1 MB, else it is packed anew each time.
    /// - Throws: ``HDF5Error/cannotWrite(file:dataset:reason:)``, for a full disk above all.
    public func append(_ values: [Number]) throws {
        let rowLength = rowShape.reduce(1, *)
        precondition(values.count % rowLength == 0, "\(values.count) values are no whole rows of \(rowLength)")
        guard !values.isEmpty else { return }
        let cannotWrite = { (reason: String) in HDF5Error.cannotWrite(file: file.path, dataset: name, reason: reason) }
        try Library.locked {
            let dataset = file.dataset(index).id
            let before = try Library.handle({ H5Dget_space(dataset) }, orThrow: cannotWrite)
            let old = dimensions(of: before.id).map { hsize_t($0) }
            let rows = hsize_t(values.count / rowLength)
            let grown = [old[0] + rows] + old.dropFirst()
            try Library.check({ H5Dset_extent(dataset, grown) }, orThrow: cannotWrite)
            let space = try Library.handle({ H5Dget_space(dataset) }, orThrow: cannotWrite)
            let start = [old[0]] + [hsize_t](repeating: 0, count: rowShape.count)
            let count = [rows] + old.dropFirst()
            try Library.check(
                { H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil) }, orThrow: cannotWrite)
            let memory = try Library.handle({ H5Screate_simple(Int32(count.count), count, nil) }, orThrow: cannotWrite)
            try Library.check {
                H5Dwrite(dataset, Number.elementType.inMemory, memory.id, space.id, goldstone_default(), values)
            } orThrow: {
                cannotWrite($0)
            }
        }
    }

    /// Sets an attribute of the dataset. Each name once.
    ///
    /// - Throws: ``HDF5Error/cannotWrite(file:dataset:reason:)``.
    public func setAttribute(_ attribute: String, _ value: AttributeValue) throws {
        try Library.locked {
            try Attributes.write(value, as: attribute, of: file.dataset(index).id, object: name, file: file.path)
        }
    }
}
