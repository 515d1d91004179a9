import Foundation
import Support

/// The arrays of a `.npz` file, as `numpy.savez` and `numpy.savez_compressed` write them: a zip archive of `.npy` members,
/// each stored or deflated.
///
/// Nothing is unpacked but the arrays that are asked for, and those only as far as the archive's directory says (see
/// `ZipArchive`). Each member's CRC-32 is checked.
public struct NumPyArchive: Sendable {
    public var file: String { archive.file }
    /// The arrays' names, in the archive's order, without `.npy`.
    public let names: [String]
    private let archive: ZipArchive

    /// Reads the archive's directory.
    ///
    /// - Throws: ``ColumnsError/archive(file:reason:)``; `FileError` where the file can't be read.
    public init(contentsOf path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError.cannotRead(path: path) }
        try self.init(data, file: path)
    }

    /// As ``init(contentsOf:)``, from the bytes of a file; `file` is what errors call it.
    public init(_ data: Data, file: String) throws(ColumnsError) {
        do {
            archive = try ZipArchive(data, file: file)
        } catch {
            throw ColumnsError(error)
        }
        names = archive.entries.map(\.name).filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
    }

    /// The header of each array. Cost: the first bytes of each are unpacked.
    func header(of name: String) throws(ColumnsError) -> NumPyHeader {
        try NumPyHeader(bytes(of: name, atMost: 12 + NumPyHeader.longest), file: "\(file): \(name)")
    }

    /// The array of that name. Cost: memory of the array.
    ///
    /// - Throws: ``ColumnsError``.
    public func array(_ name: String) throws(ColumnsError) -> NumPyArray {
        try NumPyArray(bytes(of: name), file: "\(file): \(name)")
    }

    private func bytes(of name: String, atMost limit: Int = .max) throws(ColumnsError) -> Data {
        guard let entry = archive["\(name).npy"] else {
            throw .missingColumn(file: file, column: name, columns: names)
        }
        do {
            // Indices from 0.
            return Data(try archive.bytes(of: entry, atMost: limit))
        } catch {
            throw ColumnsError(error)
        }
    }
}

extension ColumnsError {
    fileprivate init(_ error: ZipError) {
        switch error {
        case .unreadable(let file): self = .archive(file: file, reason: "it can't be read")
        case .noArchive(let file):
            self = .archive(file: file, reason: "the directory at its end is missing: it was cut short")
        case .damaged(let file, let reason): self = .archive(file: file, reason: reason)
        }
    }
}
