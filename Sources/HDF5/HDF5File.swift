import CHDF5
import Foundation

/// An HDF5 file that is open for reading, on disk or as an image in memory. May be used from any thread; calls wait for
/// one another, because the C library allows one at a time.
public final class HDF5File: Sendable {
    /// The path, or the name that the image was given: what errors call the file.
    public let name: String
    private let handle: Handle

    /// Opens a file on disk. Nothing but its header is read.
    ///
    /// - Throws: ``HDF5Error`` where the file is missing, is no HDF5 file, or is truncated or damaged.
    public init(path: String) throws {
        guard FileManager.default.isReadableFile(atPath: path) else { throw HDF5Error.missingFile(file: path) }
        name = path
        handle = try Library.locked {
            guard H5Fis_hdf5(path) > 0 else { throw HDF5Error.notHDF5(file: path) }
            return try Library.handle {
                H5Fopen(path, goldstone_read_only(), goldstone_default())
            } orThrow: {
                .damaged(file: path, reason: $0)
            }
        }
    }

    /// Opens the bytes of a file in memory. HDF5 takes a copy of them: memory is the size of the file until this value
    /// goes, and twice that while opening.
    ///
    /// - Parameter name: what errors call the file
    /// - Throws: ``HDF5Error`` where the bytes are no HDF5 file or are truncated or damaged.
    public init(bytes: Data, name: String) throws {
        self.name = name
        guard bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) else {
            throw HDF5Error.notHDF5(file: name)
        }
        handle = try Library.locked {
            let access = try Library.handle {
                H5Pcreate(goldstone_file_access())
            } orThrow: {
                .damaged(file: name, reason: $0)
            }
            try Library.check {
                H5Pset_fapl_core(access.id, 1 << 20, false)
            } orThrow: {
                .damaged(file: name, reason: $0)
            }
            try bytes.withUnsafeBytes { buffer in
                let image = UnsafeMutableRawPointer(mutating: buffer.baseAddress!)
                try Library.check {
                    H5Pset_file_image(access.id, image, buffer.count)
                } orThrow: {
                    .damaged(file: name, reason: $0)
                }
            }
            // HDF5 takes two images of one name for the same file, so each gets a label of its own.
            return try Library.handle {
                H5Fopen("\(name) \(UUID())", goldstone_read_only(), access.id)
            } orThrow: {
                .damaged(file: name, reason: $0)
            }
        }
    }

    /// The paths of all datasets, in groups too, in the order of their names.
    public var datasets: [String] {
        Library.locked { HDF5File.datasets(in: handle.id, prefix: "") }
    }

    private static func datasets(in group: hid_t, prefix: String) -> [String] {
        var info = H5G_info_t()
        guard H5Gget_info(group, &info) >= 0 else { return [] }
        var found: [String] = []
        for index in 0..<info.nlinks {
            var name = [CChar](repeating: 0, count: 1024)
            let length = H5Lget_name_by_idx(
                group, ".", H5_INDEX_NAME, H5_ITER_INC, index, &name, name.count, goldstone_default())
            guard length > 0, length < name.count else { continue }
            let link = String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let id = H5Oopen(group, link, goldstone_default())
            guard id >= 0 else { continue }
            let object = Handle(id)
            switch H5Iget_type(object.id) {
            case H5I_DATASET: found.append(prefix + link)
            case H5I_GROUP: found += datasets(in: object.id, prefix: "\(prefix)\(link)/")
            default: break
            }
        }
        return found
    }

    /// The dataset of that name.
    ///
    /// - Throws: ``HDF5Error/missingDataset(file:dataset:datasets:)`` or, where its header is damaged,
    ///   ``HDF5Error/unreadable(file:dataset:reason:)``.
    public func dataset(_ dataset: String) throws -> HDF5Dataset {
        try Library.locked {
            guard H5Lexists(handle.id, dataset, goldstone_default()) > 0 else {
                throw HDF5Error.missingDataset(file: name, dataset: dataset, datasets: datasets)
            }
            let opened = try Library.handle {
                H5Dopen2(handle.id, dataset, goldstone_default())
            } orThrow: {
                .unreadable(file: name, dataset: dataset, reason: $0)
            }
            return try HDF5Dataset(opened, file: name, name: dataset)
        }
    }

    /// Whether the file has a dataset of that name.
    public func has(_ dataset: String) -> Bool {
        Library.locked { H5Lexists(handle.id, dataset, goldstone_default()) > 0 }
    }

    /// An attribute of the file.
    ///
    /// - Throws: ``HDF5Error`` where there is none of that name or it can't be read.
    public func attribute(_ attribute: String) throws -> AttributeValue {
        try Library.locked { try Attributes.read(attribute, of: handle.id, object: "/", file: name) }
    }
}
