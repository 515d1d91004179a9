import ArgumentParser
import CPythia
import Foundation
import HDF5
import Support

@main
struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "goldstone-generate",
        abstract: "Jets from Pythia 8 and FastJet, in the layout of the hls4ml LHC jets.",
        discussion: """
            Example: goldstone-generate --output jets.h5 --jets 100000

            A run that was stopped goes on where it was when the same command is given again.
            """,
        version: goldstone_pythia_version() == nil
            ? "built without Pythia" : Citations.versions(Settings.versions))

    @Option(help: "The HDF5 file to write.")
    var output: String
    @Flag(help: "Replace the output and the chunks of another run.")
    var overwrite = false
    @Option(help: "Processes that generate. None: one for each core.")
    var workers: Int?
    @OptionGroup var settings: Settings

    func run() throws {
        let commands = try settings.commandsText()
        try settings.check()
        if let workers, workers < 1 {
            throw GenerateError.badSetting(flag: "--workers", value: "\(workers)", wanted: "must be 1 or more")
        }
        guard goldstone_pythia_version() != nil else { throw GenerateError.missingPythia }
        let record = settings.record(commands: commands)
        if try isComplete(record) { return }

        let parts = try Parts(of: output, record: record, overwrite: overwrite)
        let chunks = Chunk.plan(settings.counts.byClass)
        let pool = Workers(
            settings: settings, commands: commands, count: workers ?? ProcessInfo.processInfo.activeProcessorCount,
            folder: parts.folder)
        try pool.run(chunks)

        let start = clock()
        let yields = try Joining(settings: settings, record: record, output: output, folder: parts.folder).run(chunks)
        try parts.remove()
        print(Summary(output: output, yields: yields, secondsJoining: Double(clock() - start) / Double(CLOCKS_PER_SEC)))
    }

    /// Whether the output is there already and of these settings, which is then said.
    private func isComplete(_ record: [String: String]) throws -> Bool {
        guard !overwrite, FileManager.default.fileExists(atPath: output) else { return false }
        guard let file = try? HDF5File(path: output), case .string(let text)? = try? file.attribute("settings"),
            let old = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        else { throw GenerateError.outputExists(path: output, difference: "was not written by this program") }
        if let difference = difference(of: old, from: record) {
            throw GenerateError.outputExists(path: output, difference: "its \(difference)")
        }
        print("\(output) is complete, with these settings")
        return true
    }
}
