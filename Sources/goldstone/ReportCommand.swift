import ArgumentParser
import Studies

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write a run's page and tables anew, from what its steps have recorded.",
        discussion: "Nothing is measured. What is missing or has failed is said at the head of the page.")

    @Argument(help: "The run's folder.")
    var folder: String

    @Flag(help: "Pictures alone, without the program that draws interactive charts.")
    var still = false

    func run() throws {
        for warning in try Study.writeReport(of: folder, interactive: !still).warnings { log("warning: \(warning)") }
        print("report   \(folder)/report.html\ntables   \(folder)/tables.md, tables.tex")
    }
}
