import Foundation
import HDF5
import Testing

/// `goldstone-generate`, run as a user runs it.
struct RunningGenerator {
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The program that was built with these tests, in the same folder.
    static let path: String = {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        var folder = tests.deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent("goldstone-generate").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        return "goldstone-generate"
    }()

    /// Whether the program was built with Pythia. Tests of jets are skipped where it was not.
    static let hasPythia: Bool = (try? run(["--version"]).output.contains("FastJet")) ?? false

    static let heavy = ProcessInfo.processInfo.environment["GOLDSTONE_HEAVY"] == "1"

    /// Runs the program to its end.
    static func run(_ arguments: [String]) throws -> Result {
        try run(path, arguments)
    }

    /// Runs a line of shell, in which `$0` is the program.
    static func shell(_ line: String) throws -> Result {
        try run("/bin/sh", ["-c", line, path])
    }

    /// Starts the program and returns at once.
    static func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private static func run(_ executable: String, _ arguments: [String]) throws -> Result {
        // Into files, because a pipe that nobody reads fills up.
        let scratch = try Scratch()
        let names = ["output", "errors"].map { scratch.path($0) }
        for name in names { _ = FileManager.default.createFile(atPath: name, contents: nil) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardOutput = FileHandle(forWritingAtPath: names[0])
        process.standardError = FileHandle(forWritingAtPath: names[1])
        try process.run()
        process.waitUntilExit()
        let texts = try names.map { try String(contentsOfFile: $0, encoding: .utf8) }
        return Result(status: process.terminationStatus, output: texts[0], errors: texts[1])
    }
}

/// A folder that goes when the test ends.
final class Scratch {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "goldstone-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }
}

/// A file of jets, read whole.
struct Jets {
    let constituentNames, jetNames: [String]
    /// [jets][constituents][columns], without the empty slots.
    let constituents: [[[Double]]]
    let jets: [[Double]]
    let events: [Int64]
    let contained: [UInt8]
    let file: HDF5File

    init(_ path: String) throws {
        file = try HDF5File(path: path)
        constituentNames = try file.dataset("particleFeatureNames").readStrings()
        jetNames = try file.dataset("jetFeatureNames").readStrings()
        let list = try file.dataset("jetConstituentList")
        let (slots, columns) = (list.shape[1], list.shape[2])
        let energy = constituentNames.firstIndex(of: "j1_e")!
        let values = try list.read(Double.self)
        constituents = (0..<list.shape[0]).map { jet in
            (0..<slots).map { slot in
                let start = (jet * slots + slot) * columns
                return Array(values[start..<start + columns])
            }.filter { $0[energy] != 0 }
        }
        let width = jetNames.count
        let observables = try file.dataset("jets").read(Double.self)
        jets = stride(from: 0, to: observables.count, by: width).map { Array(observables[$0..<$0 + width]) }
        events = try file.dataset("eventIndex").read(Int64.self)
        contained = try file.dataset("contained").read(UInt8.self)
    }

    func observable(_ name: String) -> [Double] {
        let column = jetNames.firstIndex(of: name)!
        return jets.map { $0[column] }
    }
}

func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
