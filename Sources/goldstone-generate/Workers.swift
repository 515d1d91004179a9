import CPythia
import Foundation
import Support

/// Generates chunks in processes of their own, several at a time. A process starts as a copy of this one with Pythia
/// ready, so that its chunk depends on nothing that was generated before, and starting costs next to nothing.
struct Workers {
    let settings: Settings
    let commands: String
    let count: Int
    /// Where the chunks' files go.
    let folder: String

    /// Generates the chunks that are missing in ``folder``.
    ///
    /// - Throws: ``GenerateError`` where Pythia does not start or a process ends without its chunk; the others are then
    ///   stopped, and what is finished stays.
    func run(_ chunks: [Chunk]) throws {
        let missing = chunks.filter { !FileManager.default.fileExists(atPath: path(of: $0)) }
        let total = chunks.reduce(0) { $0 + $1.count }
        let left = missing.reduce(0) { $0 + $1.count }
        guard left > 0 else { return }
        if left < total { say("going on: \(total - left) of \(total) jets are there") }
        let progress = ProgressLine("generating", total: Double(total), done: Double(total - left), unit: "jets")

        var running: [pid_t: Chunk] = [:]
        defer {
            for process in running.keys { kill(process, SIGKILL) }
            for process in running.keys { waitpid(process, nil, 0) }
        }
        func finishOne() throws {
            var status: Int32 = 0
            let process = waitpid(-1, &status, 0)
            guard let chunk = running.removeValue(forKey: process) else { return }
            guard status == 0 else {
                let signal = status & 0x7F
                throw GenerateError.workerFailed(
                    chunk: chunk.name, status: signal == 0 ? "status \(status >> 8)" : "killed by signal \(signal)",
                    folder: folder)
            }
            progress.advance(by: Double(chunk.count), note: chunk.jetClass.rawValue)
        }

        // One generator at a time: chunks come class by class.
        var generator: (jetClass: JetClass, generator: Generator)?
        for chunk in missing {
            if generator?.jetClass != chunk.jetClass {
                generator = (chunk.jetClass, try Generator(chunk.jetClass, settings, commands: commands))
            }
            while running.count >= count { try finishOne() }
            running[try start(chunk, generator!.generator)] = chunk
        }
        while !running.isEmpty { try finishOne() }
        progress.finish()
    }

    func path(of chunk: Chunk) -> String { "\(folder)/\(chunk.fileName)" }

    private func start(_ chunk: Chunk, _ generator: Generator) throws -> pid_t {
        let process = goldstone_fork()
        if process < 0 {
            throw GenerateError.workerFailed(
                chunk: chunk.name, status: "cannot start a process: \(String(cString: strerror(errno)))", folder: folder
            )
        }
        guard process == 0 else { return process }
        do {
            try generator.generate(chunk, settings, to: path(of: chunk))
            _exit(0)
        } catch {
            say("\(error)")
            _exit(1)
        }
    }
}

/// A line for the user, on standard error.
func say(_ text: String) {
    FileHandle.standardError.write(Data("goldstone-generate: \(text)\n".utf8))
}
