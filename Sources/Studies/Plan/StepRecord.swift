import Foundation
import Report
import Support

/// What a run's folder remembers of a step: `steps/<name>.json`.
package struct StepRecord: Sendable, Codable {
    enum Outcome: String, Sendable, Codable {
        case done, failed
    }

    let step: String
    /// The digest of everything that decided its result.
    let identity: String
    let outcome: Outcome
    /// Why it failed.
    let error: String?
    /// What it took, all sittings together but those that were killed.
    let seconds: Double
    /// When it ended.
    let ended: Date
    let findings: Findings

    /// What the report shows of it.
    package var shownTables: [Table] { findings.tables }

    /// What steps that build on it depend on.
    var digest: String { findings.digest ?? identity }

    static func path(_ step: String, in folder: String) -> String { "\(folder)/steps/\(step).json" }

    /// The record of a step; nil where there is none, or none that can be read: then the step is done again.
    init?(of step: String, in folder: String) {
        guard let record: StepRecord = try? readJSON(from: StepRecord.path(step, in: folder)) else { return nil }
        self = record
    }

    init(
        step: String, identity: String, outcome: Outcome, error: String? = nil, seconds: Double,
        findings: Findings = Findings()
    ) {
        self.step = step
        self.identity = identity
        self.outcome = outcome
        self.error = error
        self.seconds = seconds
        self.ended = Date()
        self.findings = findings
    }

    func write(in folder: String) throws { try writeJSON(self, to: StepRecord.path(step, in: folder)) }
}

/// What sittings that were stopped have spent on a step that isn't done: `steps/<name>.spent`.
package struct SpentTime: Codable {
    /// As the step's record has it: what was spent on other settings doesn't count.
    let identity: String
    package let seconds: Double

    init(identity: String, seconds: Double) {
        self.identity = identity
        self.seconds = seconds
    }

    /// None where nothing is known.
    package init(of step: String, _ identity: String, in folder: String) {
        let found: SpentTime? = try? readJSON(from: SpentTime.path(step, in: folder))
        self.identity = identity
        seconds = found?.identity == identity ? found!.seconds : 0
    }

    private static func path(_ step: String, in folder: String) -> String { "\(folder)/steps/\(step).spent" }

    func write(of step: String, in folder: String) throws { try writeJSON(self, to: SpentTime.path(step, in: folder)) }

    static func remove(of step: String, in folder: String) {
        guard !Writing.isLeftToAnother else { return }
        try? FileManager.default.removeItem(atPath: path(step, in: folder))
    }
}
