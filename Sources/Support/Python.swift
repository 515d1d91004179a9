import Foundation

/// Runs programs in Python, in a process of their own.
public struct Python: Sendable {
    /// The interpreter: its path, or a name that is looked for on the PATH.
    public let interpreter: String
    /// A folder with packages that is searched before Python's own; nil for none.
    public let packages: String?

    public init(_ interpreter: String = "python3", packages: String? = nil) {
        self.interpreter = interpreter
        self.packages = packages
    }

    /// How a program ended.
    public struct Outcome: Sendable, Equatable {
        /// The exit status; 127 where there is no such interpreter, nil where the program can't be started at all.
        public let status: Int32?
        /// What it printed, messages of errors among it.
        public let lines: [String]
    }

    /// Runs a program, given as its text, to its end.
    public func run(_ program: String, _ arguments: [String] = []) -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [interpreter, "-c", program] + arguments
        process.environment = environment(of: ProcessInfo.processInfo.environment)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return Outcome(status: nil, lines: [error.localizedDescription])
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, lines: text.split(separator: "\n").map(String.init))
    }

    /// The environment of programs in Python, where this program's own is `environment`.
    package func environment(of environment: [String: String]) -> [String: String] {
        var environment = environment
        if let packages {
            environment["PYTHONPATH"] = environment["PYTHONPATH"].map { "\(packages):\($0)" } ?? packages
        }
        // A release archive's script adds LibTorch to the libraries' path; Python may have another one of its own.
        if let own = environment["GOLDSTONE_LIBRARY_PATH"] {
            environment["LD_LIBRARY_PATH"] = own.isEmpty ? nil : own
        }
        return environment
    }

    /// `relative` in the working folder, in the executable's, or in the nearest folder above either; nil where it is in
    /// none.
    public static func nearest(_ relative: String) -> String? {
        let executable = URL(fileURLWithPath: Program.path).deletingLastPathComponent()
        for start in [URL(fileURLWithPath: FileManager.default.currentDirectoryPath), executable] {
            var folder = start
            while true {
                let candidate = folder.appendingPathComponent(relative).path
                if FileManager.default.fileExists(atPath: candidate) { return candidate }
                if folder.path == "/" { break }
                folder.deleteLastPathComponent()
            }
        }
        return nil
    }
}
