import ArgumentParser
import Foundation
import Support

/// Becomes `goldstone-generate`, which alone is linked with Pythia and FastJet (GPL).
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make jets with Pythia 8 and FastJet (needs `make generator`; --help lists its options).",
        helpNames: [])

    @Argument(parsing: .captureForPassthrough, help: "Arguments of goldstone-generate, as they are.")
    var arguments: [String] = []

    /// Where the program lies: beside this one.
    static var path: String {
        URL(fileURLWithPath: Program.path).deletingLastPathComponent().appendingPathComponent("goldstone-generate").path
    }

    /// What the program says of its versions: Pythia's and FastJet's, or that it was built without them; nil where it
    /// can't be run.
    static var version: String? {
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["--version"]
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func run() throws {
        // The process is replaced, not joined by a child: terminal, signals and exit code are the generator's own.
        var words = ([GenerateCommand.path] + arguments).map { strdup($0) }
        words.append(nil)
        execv(GenerateCommand.path, words)
        let reason = String(cString: strerror(errno))
        throw GeneratorIsMissing(path: GenerateCommand.path, reason: reason)
    }
}

/// The program that makes jets can't be started.
struct GeneratorIsMissing: Error, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String {
        "\(path) cannot be started (\(reason)): it is the program that makes jets. Release archives have none, since Pythia "
            + "and FastJet are under the GPL; in Goldstone's sources run `make generator`, and then `make build`"
    }
}
