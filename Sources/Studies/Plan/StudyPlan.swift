import Foundation
import Support

/// The steps of a study in an order in which they can be done, and how far a run's folder is with them.
package struct StudyPlan {
    package let steps: [StudyStep]
    package let folder: String

    /// How it stands with a step.
    package enum State: Equatable {
        /// Its results are there, and are of these settings.
        case done
        /// It is to be done; `changed` where there are results of other settings or inputs.
        case missing(changed: Bool)
        case failed(String)
        /// Steps that it needs are not done.
        case waiting(for: [String])
    }

    /// - Precondition: every step comes after those that it builds on.
    package init(_ steps: [StudyStep], folder: String) {
        var names = Set<String>()
        for step in steps {
            precondition(names.isSuperset(of: step.needs + step.joins), "\(step.name) comes before what it needs")
            precondition(names.insert(step.name).inserted, "\(step.name) is there twice")
        }
        self.steps = steps
        self.folder = folder
    }

    /// The state of every step by what lies in the folder. Cost: reads the steps' records.
    package func states() -> [(step: StudyStep, state: State, record: StepRecord?)] {
        var survey = Survey(folder: folder)
        return steps.map { step in
            let (state, record) = survey.look(at: step)
            return (step, state, record)
        }
    }

    /// Looks at steps in their order, remembering the digests of those that are done.
    struct Survey {
        let folder: String
        /// Of the steps that are done.
        private(set) var digests: [String: String] = [:]
        /// Of the steps that have failed.
        private var failures: [String: String] = [:]

        init(folder: String) { self.folder = folder }

        /// What decides a step's result, those that it joins being the ones that are done; nil where it can't begin.
        func identity(of step: StudyStep) -> String? {
            guard step.needs.allSatisfy({ digests[$0] != nil }) else { return nil }
            let joined = step.joins.filter { digests[$0] != nil }
            guard step.joins.isEmpty || !joined.isEmpty else { return nil }
            return Digest.of(
                [Environment.version, step.name, step.settings] + (step.needs + joined).map { "\($0) \(digests[$0]!)" }
                    // The report tells of them.
                    + (step.kind == .report ? failures.map { "\($0) \($1)" }.sorted() : []))
        }

        /// Takes a step as done.
        mutating func note(_ step: StudyStep, _ record: StepRecord) {
            digests[step.name] = record.digest
            failures[step.name] = nil
        }

        /// Takes a step as failed.
        mutating func noteFailure(_ step: StudyStep, _ record: StepRecord) {
            failures[step.name] = record.error ?? ""
        }

        mutating func look(at step: StudyStep) -> (State, StepRecord?) {
            let record = StepRecord(of: step.name, in: folder)
            guard let identity = identity(of: step) else {
                return (.waiting(for: (step.needs + step.joins).filter { digests[$0] == nil }), record)
            }
            guard let record, record.identity == identity else { return (.missing(changed: record != nil), record) }
            if record.outcome == .failed {
                noteFailure(step, record)
                return (.failed(record.error ?? ""), record)
            }
            let isThere = step.outputs.allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
            guard isThere else { return (.missing(changed: false), record) }
            note(step, record)
            return (.done, record)
        }
    }
}
