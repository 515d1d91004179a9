import Foundation
import Support

/// The archive of one of PyTorch's files, whose entries are stored as they are.
extension ZipArchive {
    /// The archive of a file.
    ///
    /// - Throws: `ProgramError` where it is no zip archive, or damaged.
    static func ofProgram(contentsOf path: String) throws(ProgramError) -> ZipArchive {
        do {
            return try ZipArchive(contentsOf: path)
        } catch {
            throw ProgramError(error)
        }
    }

    /// As ``ofProgram(contentsOf:)``, from bytes; `file` is what errors call them.
    static func ofProgram(_ data: Data, file: String) throws(ProgramError) -> ZipArchive {
        do {
            return try ZipArchive(data, file: file)
        } catch {
            throw ProgramError(error)
        }
    }

    /// The names of all entries.
    var names: [String] { entries.map(\.name).sorted() }

    /// Whether there is an entry of that name.
    func has(_ name: String) -> Bool { self[name] != nil }

    /// The size of an entry in bytes, or nil where there is none.
    func size(of name: String) -> Int? { self[name]?.size }

    /// The bytes of an entry. Cost: a pass over them, to check their sum.
    ///
    /// - Parameter limit: the most bytes that make sense
    /// - Throws: `ProgramError` where it is missing, packed, too large or damaged.
    func bytes(of name: String, limit: Int = .max) throws(ProgramError) -> Data {
        guard let entry = self[name] else { throw .damaged(file: file, reason: "“\(name)” is missing") }
        guard !entry.isDeflated else {
            throw .damaged(
                file: file,
                reason: "“\(name)” is packed, which torch.export.save never does: write the file with it again")
        }
        guard entry.size <= limit else {
            throw .damaged(
                file: file, reason: "“\(name)” has \(entry.size) bytes, where at most \(limit) make sense")
        }
        do {
            return try bytes(of: entry)
        } catch {
            throw ProgramError(error)
        }
    }
}

extension ProgramError {
    fileprivate init(_ error: ZipError) {
        switch error {
        case .unreadable(let file): self = .unreadable(file: file)
        case .noArchive(let file): self = .noArchive(file: file)
        case .damaged(let file, let reason): self = .damaged(file: file, reason: reason)
        }
    }
}
