import ArgumentParser
import Foundation
import Studies

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How far a study is: which of its steps are done, missing, changed or failed.",
        discussion: "Reads the run's folder only: nothing is done, and a study that is at work there is not disturbed.")

    @Argument(help: "The run's folder.")
    var folder: String

    @Flag(help: "A row for every step, instead of one for each kind.")
    var all = false

    func run() throws {
        let status = try StudyStatus(folder: folder)
        print((all ? status.stepTable : status.table).plain)
        for (step, error) in status.failures { print("\(step) failed: \(error)") }
    }
}
