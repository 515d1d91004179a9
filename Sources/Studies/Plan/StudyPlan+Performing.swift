import Foundation
import Support

extension StudyPlan {
    /// Does the steps that are missing, changed, or have failed before. A step that fails is recorded, and everything that
    /// does not build on it goes on.
    ///
    /// - Parameter only: the steps wanted; nil for all
    /// - Returns: what the steps that are done have found, those done before among them, and the steps that failed.
    /// - Throws: what the step that reads the jets throws; `FileError` where nothing can be recorded; `Interrupted`.
    package func perform(
        only: Set<String>? = nil, _ work: StudyWork, _ forecast: StudyForecast? = nil
    ) throws -> (findings: [String: Findings], failures: [(step: String, error: String)]) {
        var survey = Survey(folder: folder), forecast = forecast
        var ahead: [String: StepRecord] = [:]
        var findings: [String: Findings] = [:], failures: [(step: String, error: String)] = [], before = 0
        for (place, step) in steps.enumerated() {
            if Interruption.isRequested { throw Interrupted(state: folder) }
            let (state, record) = survey.look(at: step)
            if case .done = state {
                work.done.insert(step.name)
                findings[step.name] = record?.findings
                before += 1
                continue
            }
            guard only?.contains(step.name) ?? true else { continue }
            if case .waiting(let names) = state {
                work.log("\(step.name) waits for \(names.prefix(3).joined(separator: ", "))")
                continue
            }
            if ahead[step.name] == nil, step.kind == .training, let count = work.settings.sideBySide, count > 1 {
                let group = steps[place...].lazy.filter {
                    guard $0.kind == .training, only?.contains($0.name) ?? true else { return false }
                    if case .done = survey.look(at: $0).0 { return false }
                    return true
                }.prefix(count)
                ahead = try performSideBySide(group.map { ($0, survey.identity(of: $0)!) }, work)
            }
            forecast?.begin(step, log: work.log)
            work.log("[\(place + 1)/\(steps.count)] \(step.name)\(forecast?.words(step) ?? "")")
            let done = try ahead.removeValue(forKey: step.name) ?? perform(step, survey.identity(of: step)!, work)
            forecast?.end(step, done)
            if done.outcome == .failed {
                failures.append((step.name, done.error!))
                survey.noteFailure(step, done)
                work.log("\(step.name) failed: \(done.error!)")
            } else {
                work.done.insert(step.name)
                findings[step.name] = done.findings
                survey.note(step, done)
            }
        }
        if before > 0 { work.log("\(before) of \(steps.count) steps were done before") }
        return (findings, failures)
    }

    /// Does several steps that need the jets alone, each on a thread of its own.
    private func performSideBySide(_ group: [(step: StudyStep, identity: String)], _ work: StudyWork) throws
        -> [String: StepRecord]
    {
        _ = try work.data()
        work.log("side by side: \(group.map(\.step.name).joined(separator: ", "))")
        work.isSideBySide = true
        defer { work.isSideBySide = false }
        let results = Slots<Swift.Result<StepRecord, any Error>>(group.count)
        // The steps share the jets, which nobody changes any more, and write into folders of their own.
        nonisolated(unsafe) let work = work, steps = group, plan = self
        parallel(group.count, threads: group.count) { index in
            results[index] = Swift.Result {
                try plan.perform(steps[index].step, steps[index].identity, work)
            }
        }
        let records = try results.all.map { try $0.get() }
        return Dictionary(uniqueKeysWithValues: zip(group.map(\.step.name), records))
    }

    /// Does a step and records what came of it.
    private func perform(_ step: StudyStep, _ identity: String, _ work: StudyWork) throws -> StepRecord {
        let start = Date(), before = SpentTime(of: step.name, identity, in: folder)
        var seconds: Double { before.seconds - start.timeIntervalSinceNow }
        let record: StepRecord
        do {
            let findings = try step.work(work)
            record = StepRecord(
                step: step.name, identity: identity, outcome: .done, seconds: seconds, findings: findings)
        } catch let interrupted as Interrupted {
            try SpentTime(identity: identity, seconds: seconds).write(of: step.name, in: folder)
            throw interrupted
        } catch let done as SharedWorkDone {
            throw done
        } catch  where step.kind != .jets {
            // Without jets there is nothing that could go on.
            record = StepRecord(
                step: step.name, identity: identity, outcome: .failed, error: "\(error)", seconds: seconds)
        }
        try record.write(in: folder)
        SpentTime.remove(of: step.name, in: folder)
        return record
    }
}
