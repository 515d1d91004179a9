import Foundation
import HDF5

/// Where jets are read from: files, folders of them, patterns, and `.tar.gz` archives, in the order given.
public struct JetSources: Sendable {
    enum Source {
        case file(String)
        case archive(String)
    }
    let sources: [Source]

    /// Finds the files that the paths stand for. Nothing is read yet.
    ///
    /// - Parameter paths: each an HDF5 file (whatever its name), a folder (its files that end in `.h5` or `.hdf5`, in
    ///   natural order: `jetImage_2` before `jetImage_10`), a pattern as a shell's (`train/*.h5`, natural order), or an
    ///   archive (`.tar.gz`, `.tgz`, `.tar`)
    /// - Throws: ``JetsError/missingFile(path:)`` or ``JetsError/noFiles(path:)``.
    public init(_ paths: [String]) throws {
        sources = try paths.flatMap { path -> [Source] in
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
                guard isFolder.boolValue else { return [JetSources.source(path)] }
                let names = try FileManager.default.contentsOfDirectory(atPath: path).filter(JetSources.isHDF5Name)
                guard !names.isEmpty else { throw JetsError.noFiles(path: path) }
                return names.sorted(by: naturallyBefore).map { .file((path as NSString).appendingPathComponent($0)) }
            }
            guard path.contains(where: { "*?[".contains($0) }) else { throw JetsError.missingFile(path: path) }
            var matches = glob_t()
            defer { globfree(&matches) }
            guard glob(path, 0, nil, &matches) == 0 else { throw JetsError.noFiles(path: path) }
            let found = (0..<Int(matches.gl_pathc)).compactMap { matches.gl_pathv[$0].map { String(cString: $0) } }
            return found.sorted(by: naturallyBefore).map(JetSources.source)
        }
    }

    /// How many files they are; nil where an archive is among them, whose files are known only once it is read.
    public var fileCount: Int? {
        let archives = sources.count { if case .archive = $0 { true } else { false } }
        return archives == 0 ? sources.count : nil
    }

    /// Path, size in bytes and time of the last change of each file or archive: what tells that jets must be read anew,
    /// without reading them.
    public var stamps: [String] {
        sources.map { source in
            let path =
                switch source {
                case .file(let path), .archive(let path): path
                }
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return "\(path) \(attributes?[.size] as? Int ?? 0) \(changed)"
        }
    }

    private static func source(_ path: String) -> Source {
        [".tar.gz", ".tgz", ".tar"].contains { path.hasSuffix($0) } ? .archive(path) : .file(path)
    }

    static func isHDF5Name(_ name: String) -> Bool {
        // Archives that were packed on some systems hold a hidden companion ._name of each file.
        (name.hasSuffix(".h5") || name.hasSuffix(".hdf5")) && !(name as NSString).lastPathComponent.hasPrefix(".")
    }

    /// One HDF5 file that is about to be opened.
    struct Candidate {
        /// What errors call it: its path, or `archive: member`.
        let name: String
        let record: JetFileRecord
        let open: () throws -> HDF5File
    }

    /// Calls `body` with each file of one of ``sources`` in turn: those of an archive in the order of the archive.
    func forEachFile(of source: Int, _ body: (Candidate) throws -> Void) throws {
        switch sources[source] {
        case .file(let path):
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            let record = JetFileRecord(
                name: (path as NSString).lastPathComponent, bytes: attributes?[.size] as? Int ?? 0)
            try body(Candidate(name: path, record: record) { try HDF5File(path: path) })
        case .archive(let path):
            var members = 0
            try TarArchive(path: path).forEachMember(where: JetSources.isHDF5Name) { member, content in
                members += 1
                let name = "\(path): \(member)"
                let record = JetFileRecord(name: (member as NSString).lastPathComponent, bytes: content.count)
                try body(Candidate(name: name, record: record) { try HDF5File(bytes: content, name: name) })
            }
            if members == 0 { throw JetsError.noMembers(archive: path) }
        }
    }
}

/// Whether `first` comes before `second` where runs of digits count as numbers.
func naturallyBefore(_ first: String, _ second: String) -> Bool {
    switch first.compare(second, options: .numeric) {
    case .orderedAscending: true
    case .orderedDescending: false
    // Equal but for leading zeros: any fixed order will do.
    case .orderedSame: first < second
    }
}
