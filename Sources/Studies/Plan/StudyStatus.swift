import Foundation
import Report
import Support

/// How far a run's folder is with its study.
public struct StudyStatus {
    private let steps: [(step: StudyStep, state: StudyPlan.State, record: StepRecord?)]
    private let folder: String

    /// Reads a run's folder: the settings in its `study.yaml`, and what its steps have recorded.
    ///
    /// - Throws: ``StudyError/notARun(folder:)``; ``SettingsError``; `JetsError` where the study's jets are missing.
    public init(folder: String) throws {
        let path = "\(folder)/study.yaml"
        guard FileManager.default.fileExists(atPath: path) else { throw StudyError.notARun(folder: folder) }
        self.init(try Study(StudySettings(contentsOf: path), folder: folder, threads: 1).plan())
    }

    init(_ plan: StudyPlan) {
        steps = plan.states()
        folder = plan.folder
    }

    /// The steps that failed, and why.
    public var failures: [(step: String, error: String)] {
        steps.compactMap { if case .failed(let error) = $0.state { ($0.step.name, error) } else { nil } }
    }

    /// A row for each kind of step.
    public var table: Table {
        let kinds = StudyStep.Kind.allCases.filter { kind in steps.contains { $0.step.kind == kind } }
        return Table(
            caption: "The study in \(folder), by kinds of steps.", label: "status",
            columns: ["step", "steps", "done", "to do", "changed", "failed", "waiting", "time"].map { .init($0) },
            rows: kinds.map { kind in
                let own = steps.filter { $0.step.kind == kind }
                func count(_ isOne: (StudyPlan.State) -> Bool) -> Table.Cell { .count(own.count { isOne($0.state) }) }
                return [
                    .text(kind.rawValue), .count(own.count), count { $0 == .done },
                    count { $0 == .missing(changed: false) }, count { $0 == .missing(changed: true) },
                    count { if case .failed = $0 { true } else { false } },
                    count { if case .waiting = $0 { true } else { false } },
                    .text(StudyStatus.time(own.compactMap(\.record))),
                ]
            })
    }

    /// A row for each step.
    public var stepTable: Table {
        Table(
            caption: "The study in \(folder).", label: "status",
            columns: ["step", "state", "time"].map { .init($0) },
            rows: steps.map { step, state, record in
                [.text(step.name), .text(state.words), .text(StudyStatus.time([record].compactMap(\.self)))]
            })
    }

    private static func time(_ records: [StepRecord]) -> String {
        records.isEmpty ? "–" : ProgressLine.duration(records.reduce(0) { $0 + $1.seconds })
    }
}

extension StudyPlan.State {
    /// For tables.
    var words: String {
        switch self {
        case .done: "done"
        case .missing(changed: false): "to do"
        case .missing(changed: true): "to do again: settings or inputs have changed"
        case .failed: "failed"
        case .waiting(let names): "waits for \(names.prefix(3).joined(separator: ", "))\(names.count > 3 ? ", …" : "")"
        }
    }
}
