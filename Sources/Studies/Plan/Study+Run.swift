import Foundation
import Report
import Support
import Torch

extension Study {
    /// What came of a run.
    public struct Result: Sendable {
        /// The trainings' table; nil where there is none yet.
        public let table: Table?
        /// The verdicts on the claims, a line each.
        public let readings: [String]
        public let warnings: [String]
        /// Steps that failed, and why; steps that wait for them are not among these.
        public let failures: [(step: String, error: String)]
    }

    /// Does the steps that are missing, changed, or have failed before. A step that fails is recorded, and everything that
    /// does not build on it goes on.
    ///
    /// - Parameters:
    ///   - only: the steps wanted, by their names; nil for all
    ///   - log: hears a line for each thing that is done
    /// - Throws: ``StudyError`` where the folder is another version's or in use; `JetsError`, `HDF5Error` and
    ///   ``SettingsError`` where the jets can't be read; `FileError`; `Interrupted` on Ctrl-C, with the state saved.
    public func run(only: Set<String>? = nil, log: @escaping @Sendable (String) -> Void) throws -> Result {
        let plan = try plan(), work = StudyWork(settings, folder: folder, threads: threads, log: log)
        try checkVersion()
        var survey = StudyPlan.Survey(folder: folder)
        // Not before the jets are read: a study that can't begin leaves nothing behind.
        if case .done = survey.look(at: plan.steps[0]).0 {} else { _ = try work.data() }
        let lock = Processes.isFollowing ? nil : try FolderLock(folder)
        defer { lock?.release() }
        try prepareFiles()
        log("\(settings.networkDescription); \(plan.steps.count) steps in \(folder)")
        let forecast = StudyForecast(plan, only: only) { try StudyCost(self.settings, try work.data(), work.reducer) }
        let (findings, failures) = try plan.perform(only: only, work, forecast)
        return Result(
            table: findings[StudyStep.name(.evaluation)]?.tables.last, readings: try readings(findings),
            warnings: plan.steps.flatMap { findings[$0.name]?.warnings ?? [] } + overBudget(plan), failures: failures)
    }

    /// Does one step, beside other programs that do others in the same folder: the job of a batch system.
    ///
    /// - Parameter name: `training/constrained/seed-1`, as `goldstone status --all` lists them
    /// - Throws: ``StudyError`` where there is no such step, it or the whole folder is in use, it waits for another, it
    ///   fails, or the folder is another version's or of other settings; `Interrupted` on Ctrl-C, with the state saved.
    public func perform(step name: String, log: @escaping @Sendable (String) -> Void) throws {
        let plan = try plan()
        guard plan.steps.contains(where: { $0.name == name }) else {
            throw StudyError.noStep(name, nearest: nearestName(to: name, in: plan.steps.map(\.name)))
        }
        try checkVersion()
        let path = "\(folder)/study.yaml", yaml = try settings.yaml()
        if let there = try? String(contentsOfFile: path, encoding: .utf8), there != yaml {
            throw StudyError.otherSettings(folder: folder)
        }
        let shared = try FolderLock(folder, exclusive: false)
        defer { shared.release() }
        let own = try FolderLock("\(folder)/steps", name: ".lock-\(name.replacing("/", with: "-"))")
        defer { own.release() }
        if !FileManager.default.fileExists(atPath: path) { try prepareFiles() }
        let work = StudyWork(settings, folder: folder, threads: threads, log: log)
        let (_, failures) = try plan.perform(only: [name], work)
        guard failures.isEmpty else { throw StudyError.stepsFailed(folder: folder, steps: [name]) }
        if case .waiting(let others) = plan.states().first(where: { $0.step.name == name })!.state {
            throw StudyError.stepWaits(name, for: others)
        }
    }

    /// Makes the run's folder and writes the settings, so that ``perform(step:log:)`` can begin.
    ///
    /// - Throws: ``StudyError`` where the folder is another version's or in use; `FileError`.
    func prepare() throws {
        try checkVersion()
        let lock = try FolderLock(folder)
        defer { lock.release() }
        try prepareFiles()
    }

    private func prepareFiles() throws {
        try writeAtomically(Data(settings.yaml().utf8), to: "\(folder)/study.yaml")
        try writeJSON(Environment(threads: threads), to: "\(folder)/environment.json")
    }

    /// Writes the page and the tables of a run anew, from what its steps have recorded: nothing is measured.
    ///
    /// - Parameter interactive: whether the page holds the program that draws its charts (Vega-Lite's, 0.9 MB), or the
    ///   pictures alone
    /// - Throws: ``StudyError`` where the folder is no run's, another version's or in use; ``SettingsError``; `FileError`.
    public static func writeReport(of folder: String, interactive: Bool = true) throws -> Findings {
        let path = "\(folder)/study.yaml"
        guard FileManager.default.fileExists(atPath: path) else { throw StudyError.notARun(folder: folder) }
        let study = Study(try StudySettings(contentsOf: path), folder: folder, threads: 1)
        try study.checkVersion()
        let lock = try FolderLock(folder)
        defer { lock.release() }
        let steps = try study.plan().steps.filter { $0.kind != .report }
        return try StudyReport(study.settings, folder: folder, steps: steps).write(interactive: interactive)
    }

    /// Does the trainings alone, and shows what they came to.
    ///
    /// - Throws: as ``run(only:log:)``; ``StudyError/stepsFailed(folder:steps:)`` where one fails.
    public func train(log: @escaping @Sendable (String) -> Void) throws -> Table {
        let trainings = settings.trainings.map { TrainingName($0.variant.name, $0.seed) }
        let result = try run(only: Set(names(.training, trainings) + [StudyStep.name(.jets)]), log: log)
        guard result.failures.isEmpty else {
            throw StudyError.stepsFailed(folder: folder, steps: result.failures.map(\.step))
        }
        for warning in result.warnings { log("warning: \(warning)") }
        let runs = try trainings.map { try TaggerStep.finished(in: "\(folder)/\($0.path)") }
        return Outcome(
            study: settings.name, network: settings.networkDescription, jets: settings.dataDescription,
            data: try readJSON(from: "\(folder)/results/jets.json"), runs: runs, warnings: []
        ).table
    }

    /// What the trainings that are done came to: `results/training.json`.
    ///
    /// - Throws: `FileError` where they have not been evaluated.
    public func outcome() throws -> Outcome { try readJSON(from: "\(folder)/results/training.json") }

    /// The kinds of steps that took longer than they should.
    private func overBudget(_ plan: StudyPlan) -> [String] {
        settings.budgets.sorted { $0.key < $1.key }.compactMap { kind, budget in
            let own = plan.steps.filter { $0.kind.rawValue == kind }
            let seconds = own.compactMap { StepRecord(of: $0.name, in: folder)?.seconds }.reduce(0, +)
            guard seconds > budget else { return nil }
            return
                "\(kind) took \(ProgressLine.duration(seconds)), more than its budget of \(ProgressLine.duration(budget))"
        }
    }

    /// What is said of the claims; nothing where the file that is there is of other settings.
    private func readings(_ findings: [String: Findings]) throws -> [String] {
        guard findings[StudyStep.name(.claims)] != nil else { return [] }
        let verdicts: ClaimVerdicts = try readJSON(from: "\(folder)/results/claims.json")
        return verdicts.readings
    }

    /// A folder that another version wrote is left alone.
    private func checkVersion() throws {
        let path = "\(folder)/environment.json"
        guard FileManager.default.fileExists(atPath: path) else { return }
        let found: Version = try readJSON(from: path)
        guard found.goldstone == Environment.version else {
            throw StudyError.otherVersion(folder: folder, version: found.goldstone)
        }
    }

    private struct Version: Decodable {
        let goldstone: String
    }
}

/// What can be wrong with a run's folder.
public enum StudyError: Error, CustomStringConvertible, Equatable {
    case otherVersion(folder: String, version: String)
    case inUse(folder: String)
    case notARun(folder: String)
    case stepsFailed(folder: String, steps: [String])
    case noStep(String, nearest: String?)
    case stepWaits(String, for: [String])
    case otherSettings(folder: String)
    case nothingToDo(folder: String)
    case noBatchSystem(command: String, script: String)
    case notSubmitted(script: String, status: Int32, message: String)

    public var description: String {
        switch self {
        case .otherVersion(let folder, let version):
            "\(folder) was written by goldstone \(version), this is \(Environment.version): results of two versions would "
                + "be mixed. Give another --output, or go on with that version"
        case .inUse(let folder):
            "\(folder) is in use by another goldstone: wait for it, or give another --output"
        case .notARun(let folder): "\(folder) is no run's folder: it has no study.yaml"
        case .stepsFailed(let folder, let steps):
            "\(steps.count) step\(steps.count == 1 ? "" : "s") failed: \(steps.joined(separator: ", ")). Everything that "
                + "does not build on them is done; `goldstone status \(folder)` says why they failed, and the same command "
                + "tries them again"
        case .noStep(let name, let nearest):
            "the study has no step \(name)\(nearest.map { "; the nearest is \($0)" } ?? ""): `goldstone status --all` lists "
                + "them"
        case .stepWaits(let name, let others):
            "\(name) can't begin: it builds on \(others.prefix(3).joined(separator: ", "))"
                + "\(others.count > 3 ? ", …" : ""), which \(others.count == 1 ? "is" : "are") not done"
        case .otherSettings(let folder):
            "\(folder)/study.yaml has other settings: a single step must be of the study that is there. Give that file, or "
                + "another --output"
        case .nothingToDo(let folder): "every step of the study in \(folder) is done: there is nothing to hand in"
        case .noBatchSystem(let command, let script):
            "there is no \(command) here. Everything is written; where there is one, run \(script)"
        case .notSubmitted(let script, let status, let message):
            "\(script) ended with status \(status): \(message)"
        }
    }
}

/// Keeps two programs from the same work: a lock on a file, which the system takes back however the program ends.
package final class FolderLock {
    private let descriptor: Int32

    /// - Parameters:
    ///   - exclusive: whether nobody else may hold it, or only nobody who holds it so
    ///   - name: the file's in the folder
    /// - Throws: ``StudyError/inUse(folder:)``; `FileError` where the folder can't be made.
    package init(_ folder: String, name: String = ".lock", exclusive: Bool = true) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError.cannotWrite(path: folder, reason: error.localizedDescription)
        }
        descriptor = open("\(folder)/\(name)", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw FileError.cannotWrite(path: "\(folder)/\(name)", reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 else {
            close(descriptor)
            throw StudyError.inUse(folder: folder)
        }
    }

    package func release() { close(descriptor) }
}
