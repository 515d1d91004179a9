import ArgumentParser
import Foundation
import Studies
import Support

struct InspectNetworkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect-network",
        abstract: "Say what a PyTorch network's file holds, and whether its curvature can be measured.",
        discussion: """
            For files of torch.export.save (.pt2) and torch.jit.save: inputs with what they would be given of jets, output, \
            parameters, operators. It is run on invented inputs to see whether second derivatives work; where they don't, \
            the node, its operator and the line of the model follow, and how to export it instead.

            Exit codes: 0 where it can be measured, or might be on data; 1 where it can't.
            """)

    @Argument(help: "A file of torch.export.save or torch.jit.save.")
    var file: String

    @Flag(help: "As JSON.")
    var json = false

    @Flag(help: .hidden)
    var limited = false

    func run() throws {
        if limited {
            try LimitedOpening.limit(for: file)
        } else {
            try LimitedOpening.tryOut(file)
        }
        let inspection = try ProgramInspection(of: file)
        if limited { return }
        print(json ? String(decoding: try Support.json(inspection), as: UTF8.self) : inspection.text)
        if inspection.isTwiceDifferentiable == false { throw ExitCode(1) }
    }
}

/// Opens a network's file in a process of its own first, with limits on memory and time: what a damaged or hostile file
/// does to LibTorch, it does there.
enum LimitedOpening {
    /// Seconds of the processor's time.
    static let seconds = 300
    /// Bytes of memory beside four times the file.
    static let memory = 8 << 30

    /// Limits this process.
    static func limit(for path: String) throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let size = (attributes?[.size] as? Int) ?? 0
        for (resource, value) in [(RLIMIT_DATA, memory + 4 * size), (RLIMIT_CPU, seconds), (RLIMIT_CORE, 0)] {
            var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
            guard setrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else {
                throw FileError.malformed(path: path, reason: "the limits for opening it can't be set")
            }
        }
    }

    /// Opens and runs the file in a limited process.
    ///
    /// - Throws: ``OpeningFailed`` with what the process says, or with the signal that ended it.
    static func tryOut(_ path: String) throws {
        let process = Process(), errors = Pipe()
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = ["inspect-network", "--limited", path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationReason == .uncaughtSignal {
            throw OpeningFailed(
                description:
                    "\(path) ended a trial process that opened it, with signal \(process.terminationStatus): it is "
                    + "damaged, needs more than \(memory >> 30) GiB or \(seconds) s, or is not for this version of LibTorch"
            )
        }
        guard process.terminationStatus == 0 else {
            let lines = text.split(separator: "\n").map(String.init)
            let first = lines.firstIndex { $0.hasPrefix("Error: ") } ?? 0
            throw OpeningFailed(
                description: String(lines[first...].joined(separator: "\n").trimmingPrefix("Error: ")))
        }
    }
}

/// A network's file could not be opened in a limited process.
struct OpeningFailed: Error, CustomStringConvertible {
    let description: String
}
