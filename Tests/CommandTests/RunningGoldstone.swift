import Foundation
import Testing

/// `goldstone`, run as a user runs it.
struct RunningGoldstone {
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The programs that were built with these tests: in the same folder.
    static let folder: URL = {
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        // The tests may lie in a bundle, which is a folder beside the programs.
        while folder.path != "/", !isProgram(folder.appendingPathComponent("goldstone").path) {
            folder.deleteLastPathComponent()
        }
        return folder
    }()
    static let path = folder.appendingPathComponent("goldstone").path

    static func isProgram(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }

    /// The project's folder.
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let sample = "\(package)/Data/sample/jets.h5"
    static let heavy = ProcessInfo.processInfo.environment["GOLDSTONE_HEAVY"] == "1"

    /// Runs it to its end.
    static func run(_ arguments: [String]) throws -> Result {
        try run(path, arguments)
    }

    /// Runs a program to its end, with more in its environment.
    static func run(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Result {
        // Into files, because a pipe that nobody reads fills up.
        let scratch = try Scratch()
        let names = ["output", "errors"].map { scratch.path($0) }
        for name in names { _ = FileManager.default.createFile(atPath: name, contents: nil) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: package)
        process.standardOutput = FileHandle(forWritingAtPath: names[0])
        process.standardError = FileHandle(forWritingAtPath: names[1])
        try process.run()
        process.waitUntilExit()
        let texts = try names.map { try String(contentsOfFile: $0, encoding: .utf8) }
        return Result(status: process.terminationStatus, output: texts[0], errors: texts[1])
    }

    /// Starts it and returns at once; what it says is thrown away.
    static func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: package)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try start(process)
        return process
    }

    /// Starts a process that hears signals: a test's thread blocks them, and a program inherits that; a shell's command starts
    /// without.
    static func start(_ process: Process) throws {
        var none = sigset_t()
        var own = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &own)
        defer { pthread_sigmask(SIG_SETMASK, &own, nil) }
        try process.run()
    }
}

/// A folder that goes when the test ends.
final class Scratch: Sendable {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "goldstone-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Writes a text file and returns its path.
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }
}

func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

/// A JSON file or text as dictionaries and lists.
func object(_ json: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
}
