import CHDF5
import Foundation

/// Writes an HDF5 file under a temporary name and gives it its own name when ``close()`` has succeeded, so that a reader
/// never meets half a file. Without `close()` nothing remains. Equal content gives equal bytes: no times are stored.
public final class HDF5Writer: @unchecked Sendable {
    /// The path of the finished file.
    public let path: String
    private let temporary: String
    // Guarded by the library's lock.
    private var handle: Handle?
    private var datasets: [Handle] = []

    /// Creates the file, and its folder where that is missing.
    ///
    /// - Throws: ``HDF5Error/cannotWrite(file:dataset:reason:)``.
    public init(path: String) throws {
        self.path = path
        temporary = "\(path).part-\(ProcessInfo.processInfo.processIdentifier)"
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw HDF5Error.cannotWrite(file: path, dataset: "the file", reason: error.localizedDescription)
            }
        }
        handle = try Library.locked {
            try Library.handle {
                H5Fcreate(temporary, goldstone_truncate(), goldstone_default(), goldstone_default())
            } orThrow: {
                .cannotWrite(file: path, dataset: "the file", reason: $0)
            }
        }
    }

    deinit {
        Library.locked { discard() }
    }

    /// Adds a dataset of numbers with no rows yet, of shape [0, rowShape…], that grows along its first axis.
    ///
    /// - Parameters:
    ///   - rowShape: the shape of one row; empty for one number a row
    ///   - chunkRows: rows that are compressed together
    ///   - deflate: 0 for none (no shuffling either) to 9 for the smallest
    /// - Throws: ``HDF5Error/cannotWrite(file:dataset:reason:)``.
    public func addDataset<Number: HDF5Number>(
        _ name: String, of type: Number.Type, rowShape: [Int] = [], chunkRows: Int = 256, deflate: Int = 4
    ) throws -> DatasetWriter<Number> {
        let cannotWrite = { (reason: String) in HDF5Error.cannotWrite(file: self.path, dataset: name, reason: reason) }
        return try Library.locked {
            let lengths = ([0] + rowShape).map { hsize_t($0) }
            let limits = [goldstone_unlimited()] + lengths.dropFirst()
            let space = try Library.handle(
                { H5Screate_simple(Int32(lengths.count), lengths, limits) }, orThrow: cannotWrite)
            let creation = try creationProperties(cannotWrite)
            let chunk = [hsize_t(max(chunkRows, 1))] + lengths.dropFirst()
            try Library.check({ H5Pset_chunk(creation.id, Int32(chunk.count), chunk) }, orThrow: cannotWrite)
            if deflate > 0 {
                try Library.check({ H5Pset_shuffle(creation.id) }, orThrow: cannotWrite)
                try Library.check({ H5Pset_deflate(creation.id, UInt32(deflate)) }, orThrow: cannotWrite)
            }
            let dataset = try Library.handle {
                H5Dcreate2(
                    file.id, name, Number.elementType.inFile, space.id, goldstone_default(), creation.id,
                    goldstone_default())
            } orThrow: {
                cannotWrite($0)
            }
            datasets.append(dataset)
            return DatasetWriter(file: self, index: datasets.count - 1, name: name, rowShape: rowShape)
        }
    }

    /// Adds a dataset [strings.count] of fixed-length byte strings in UTF-8, padded with zeros.
    ///
    /// - Throws: ``HDF5Error/cannotWrite(file:dataset:reason:)``.
    public func addStrings(_ name: String, _ strings: [String]) throws {
        let cannotWrite = { (reason: String) in HDF5Error.cannotWrite(file: self.path, dataset: name, reason: reason) }
        try Library.locked {
            let (bytes, width) = Strings.packed(strings)
            let type = Strings.fixedType(bytes: width)
            let space = try Library.handle(
                { H5Screate_simple(1, [hsize_t(strings.count)], nil) }, orThrow: cannotWrite)
            let creation = try creationProperties(cannotWrite)
            let dataset = try Library.handle {
                H5Dcreate2(file.id, name, type.id, space.id, goldstone_default(), creation.id, goldstone_default())
            } orThrow: {
                cannotWrite($0)
            }
            if !strings.isEmpty {
                try Library.check {
                    H5Dwrite(dataset.id, type.id, goldstone_all(), goldstone_all(), goldstone_default(), bytes)
                } orThrow: {
                    cannotWrite($0)
                }
            }
        }
    }

    /// Sets an attribute of the file itself. Each name once.
    ///
    /// - Throws: ``HDF5Error/cannotWrite(file:dataset:reason:)``.
    public func setAttribute(_ attribute: String, _ value: AttributeValue) throws {
        try Library.locked { try Attributes.write(value, as: attribute, of: file.id, object: "/", file: path) }
    }

    /// Flushes everything to disk, closes the file and gives it its name. To be called once, after the last write.
    ///
    /// - Throws: ``HDF5Error/cannotWrite(file:dataset:reason:)``, for a full disk above all; then nothing remains.
    public func close() throws {
        let cannotWrite = { (reason: String) in
            HDF5Error.cannotWrite(file: self.path, dataset: "the file", reason: reason)
        }
        try Library.locked {
            let id = file.id
            do {
                try Library.check({ H5Fflush(id, H5F_SCOPE_GLOBAL) }, orThrow: cannotWrite)
            } catch {
                discard()
                throw error
            }
            datasets = []
            handle = nil
        }
        let descriptor = open(temporary, O_RDONLY)
        let synced = descriptor >= 0 && fsync(descriptor) == 0
        if descriptor >= 0 { _ = Foundation.close(descriptor) }
        guard synced, rename(temporary, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(temporary)
            throw cannotWrite(reason)
        }
    }

    /// Gives up a file that is not finished. Inside the lock only.
    ///
    /// HDF5 can't let go of a file whose last writes fail: it keeps it open, tries again as the program ends, and crashes.
    /// So what it still wants to write goes to memory, where it succeeds and is forgotten.
    private func discard() {
        guard let handle else { return }
        unlink(temporary)
        var place: UnsafeMutableRawPointer?
        if H5Fget_vfd_handle(handle.id, goldstone_default(), &place) >= 0, let place {
            let memory = goldstone_memory_file()
            if memory >= 0 {
                dup2(memory, place.assumingMemoryBound(to: Int32.self).pointee)
                _ = Foundation.close(memory)
            }
        }
        datasets = []
        self.handle = nil
    }

    private var file: Handle {
        guard let handle else { preconditionFailure("\(path) is written to after close()") }
        return handle
    }

    private func creationProperties(_ cannotWrite: (String) -> HDF5Error) throws -> Handle {
        let creation = try Library.handle({ H5Pcreate(goldstone_dataset_create()) }, orThrow: cannotWrite)
        try Library.check({ H5Pset_obj_track_times(creation.id, false) }, orThrow: cannotWrite)
        return creation
    }

    /// Inside the lock only.
    func dataset(_ index: Int) -> Handle {
        _ = file
        return datasets[index]
    }
}
