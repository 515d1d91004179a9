/// What can be wrong with an HDF5 file. `file` is the path, or the name given to an image in memory.
public enum HDF5Error: Error, CustomStringConvertible, Equatable, Sendable {
    /// There is no such file, or it may not be read.
    case missingFile(file: String)
    /// The file lacks HDF5's signature.
    case notHDF5(file: String)
    /// The signature is there, the rest isn't: mostly a download or a copy that was cut short.
    case damaged(file: String, reason: String)
    /// No dataset of that name; `datasets` are those that there are.
    case missingDataset(file: String, dataset: String, datasets: [String])
    /// No attribute of that name; `object` is a dataset, or `/` for the file itself.
    case missingAttribute(file: String, object: String, attribute: String)
    /// The dataset or attribute holds another kind of value than the one asked for.
    case wrongType(file: String, dataset: String, found: String, wanted: String)
    /// A selection that reaches outside of the dataset or has another number of axes.
    case outside(file: String, dataset: String, selection: [Range<Int>], shape: [Int])
    /// The dataset is there, but its values can't be read: damaged storage or a filter that this HDF5 lacks.
    case unreadable(file: String, dataset: String, reason: String)
    /// The dataset is compressed in a way that this HDF5 knows nothing of.
    case missingFilter(file: String, dataset: String, filter: String)
    /// The dataset claims more than can be packed into the file.
    case implausible(file: String, dataset: String, shape: [Int], bytes: Int)
    /// The file, a dataset or an attribute can't be written: no such folder, no permission, a full disk.
    case cannotWrite(file: String, dataset: String, reason: String)

    public var description: String {
        switch self {
        case .missingFile(let file):
            "\(file): there is no such file, or it may not be read; check the path and its permissions"
        case .notHDF5(let file):
            "\(file): this is no HDF5 file (the signature is missing); check that it is what its name says"
        case .damaged(let file, let reason):
            "\(file): the HDF5 file is truncated or damaged (\(reason)); fetch or make it again"
        case .missingDataset(let file, let dataset, let datasets):
            "\(file): there is no dataset \(dataset); the file has "
                + (datasets.isEmpty ? "none at all" : datasets.joined(separator: ", "))
        case .missingAttribute(let file, let object, let attribute):
            "\(file): \(object) has no attribute \(attribute)"
        case .wrongType(let file, let dataset, let found, let wanted):
            "\(file): \(dataset) holds \(found), not \(wanted)"
        case .outside(let file, let dataset, let selection, let shape):
            "\(file): the selection \(selection) lies outside of dataset \(dataset), whose shape is \(shape)"
        case .unreadable(let file, let dataset, let reason):
            "\(file): dataset \(dataset) can't be read (\(reason)); fetch or make the file again"
        case .missingFilter(let file, let dataset, let filter):
            "\(file): \(dataset) is compressed with \(filter), which this HDF5 library can't unpack; repack the file, for "
                + "example by `ptrepack --complib zlib --complevel 5 \(file):/ NEW.h5:/`, which comes with PyTables "
                + "(pip install tables)"
        case .implausible(let file, let dataset, let shape, let bytes):
            "\(file): \(dataset) claims the shape \(shape), which a file of \(bytes) bytes can't hold; fetch or make the "
                + "file again"
        case .cannotWrite(let file, let dataset, let reason):
            "\(file): can't write \(dataset) (\(reason)); check the folder, its permissions and the space left on the disk"
        }
    }
}
