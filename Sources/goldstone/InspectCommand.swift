import ArgumentParser
import Foundation
import Jets
import Report
import Studies
import Support

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Say what jet files hold, class by class, and whatever is wrong with them.",
        discussion: """
            Everything is read once; each kind of problem is counted, and its first place is named.

            Exit codes: 0 where a study can read the files; 1 where it can't, because of any problem that is listed or \
            for want of jets; 64 where the command itself is wrong.
            """)

    @Argument(
        help: "HDF5 files, folders of them, quoted patterns, .tar.gz archives; `sample` for the jets of the project.")
    var files: [String]

    @Flag(help: "Everything as JSON, with histograms and images, instead of tables.")
    var json = false

    @Option(help: "A folder for inspection.json and the figures.")
    var output: String?

    func run() throws {
        let paths = try files.map(Sample.resolve)
        let progress = ProgressLine(
            "inspecting", total: try JetSources(paths).fileCount.map(Double.init), unit: "files")
        let inspection = try JetInspector().inspect(paths) { file, jets in
            progress.advance(by: 1, note: "\((file as NSString).lastPathComponent), \(jets) jets so far")
        }
        progress.finish()
        if json {
            print(String(decoding: try Support.json(inspection), as: UTF8.self))
        } else {
            print(inspection.text)
        }
        if let output { try write(inspection, to: output) }
        guard inspection.isUsable else { throw ExitCode(1) }
    }

    private func write(_ inspection: JetInspection, to folder: String) throws {
        try writeJSON(inspection, to: "\(folder)/inspection.json")
        let outcome = try FigureRenderer().write(inspection.figures, to: folder)
        for warning in outcome.warnings { log("warning: \(warning)") }
        log("written to \(folder): inspection.json, " + inspection.figures.map(\.name).joined(separator: ", "))
    }
}
