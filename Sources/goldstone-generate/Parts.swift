import Foundation
import Support

/// The folder of the finished chunks of a run, beside its output. It remembers the run's settings, and one run at a time
/// may use it.
struct Parts {
    let folder: String
    private let lock: Int32

    /// Makes the folder, or opens that of a run which was stopped.
    ///
    /// - Parameter overwrite: throw the chunks of other settings away
    /// - Throws: ``GenerateError`` where the chunks are of other settings, another run is at work, or the folder can't be
    ///   written.
    init(of output: String, record: [String: String], overwrite: Bool) throws {
        folder = "\(output).parts"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw GenerateError.cannotWrite(path: folder, reason: error.localizedDescription)
        }
        lock = open("\(folder)/lock", O_RDWR | O_CREAT, 0o644)
        guard lock >= 0 else {
            throw GenerateError.cannotWrite(path: "\(folder)/lock", reason: String(cString: strerror(errno)))
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw GenerateError.anotherRun(folder: folder) }

        let settings = "\(folder)/settings.json"
        if let old = try? readJSON([String: String].self, from: settings),
            let difference = difference(of: old, from: record)
        {
            guard overwrite else { throw GenerateError.otherParts(folder: folder, difference: difference) }
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name != "lock" {
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
        }
        try writeJSON(record, to: settings)
    }

    /// Removes the folder, when all of it is in the output.
    func remove() throws {
        try FileManager.default.removeItem(atPath: folder)
        close(lock)
    }
}
