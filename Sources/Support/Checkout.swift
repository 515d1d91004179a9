import Foundation

/// The state of the source that a result was made with.
public struct Checkout: Codable, Sendable, Equatable {
    /// The full name of the commit that is checked out.
    public let commit: String
    /// Whether the files are the commit's: nothing changed, nothing added that git does not ignore.
    public let isClean: Bool

    /// The checkout that holds `folder`, or nil where there is none (or no `git`). Cost: two runs of `git`.
    public init?(folder: String) {
        guard let commit = Checkout.git(["rev-parse", "--verify", "HEAD"], in: folder),
            let changes = Checkout.git(["status", "--porcelain"], in: folder)
        else { return nil }
        self.commit = commit
        isClean = changes.isEmpty
    }

    /// The checkout in whose build folder this program lies; nil for a program that was copied elsewhere, since the
    /// checkout around that place, if any, is another project's.
    public static func ofThisProgram() -> Checkout? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        return ofProgram(atPath: program)
    }

    /// The checkout in whose build folder (a name that starts with `.build`) the program at `path` lies, if any.
    public static func ofProgram(atPath path: String) -> Checkout? {
        let names = path.split(separator: "/")
        guard let build = names.lastIndex(where: { $0.hasPrefix(".build") }) else { return nil }
        return Checkout(folder: "/" + names[..<build].joined(separator: "/"))
    }

    /// What `git` prints, or nil where it fails.
    private static func git(_ arguments: [String], in folder: String) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "-C", folder] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
    }
}
