import Foundation
import Studies
import Support
import Testing

/// Plans of invented steps, which write a file each and count how often they are done.
struct StudyPlanTests {
    private let scratch = Scratch()
    private final class Diary: @unchecked Sendable {
        var done: [String] = []
        var lines: [String] = []
    }
    private let diary = Diary()

    private func step(
        _ kind: StudyStep.Kind, _ part: String? = nil, needs: [String] = [], joins: [String] = [], settings: Int = 0,
        failing: Bool = false
    ) throws -> StudyStep {
        let name = StudyStep.name(kind, part), diary = diary
        return try StudyStep(
            kind, part, needs: needs, joins: joins, settings: [settings], outputs: ["\(name).txt"]
        ) { work in
            diary.done.append(name)
            if failing { throw FileError.cannotRead(path: "/invented") }
            try writeAtomically(Data("\(settings)".utf8), to: "\(work.folder)/\(name).txt")
            return Findings(warnings: ["\(name) was here"])
        }
    }

    /// Jets, two trainings, what is measured of each and together, and a report.
    private func plan(grid: Int = 0, training: Int = 0, failing: Set<String> = []) throws -> StudyPlan {
        let names = ["a", "b"]
        let trainings = try names.map {
            try step(
                .training, $0, needs: ["jets"], settings: training, failing: failing.contains("training/\($0)"))
        }
        let curvatures = try names.map { try step(.curvature, $0, needs: ["training/\($0)"]) }
        let smearings = try names.map {
            try step(
                .robustness, $0, needs: ["training/\($0)"], settings: grid,
                failing: failing.contains("robustness/\($0)"))
        }
        let joined = [
            try step(.curvature, joins: curvatures.map(\.name)),
            try step(.robustness, joins: smearings.map(\.name), settings: grid),
        ]
        let measured = [try step(.jets)] + trainings + curvatures + smearings + joined
        return StudyPlan(measured + [try step(.report, joins: measured.map(\.name))], folder: scratch.folder)
    }

    /// The steps that a run does, in order, and those that fail.
    private func run(_ plan: StudyPlan) throws -> (done: [String], failed: [String]) {
        diary.done = []
        let diary = diary
        let work = StudyWork(StudySettings(), folder: scratch.folder, threads: 1) { diary.lines.append($0) }
        let failures = try plan.perform(work).failures
        return (diary.done, failures.map(\.step))
    }

    @Test func `Every step is done once, and a second run does none`() throws {
        let plan = try plan(), (done, failed) = try run(plan)
        #expect(done == plan.steps.map(\.name) && failed.isEmpty)
        #expect(plan.states().allSatisfy { $0.state == .done })
        #expect(try run(plan).done.isEmpty)
        #expect(diary.lines.last == "\(plan.steps.count) of \(plan.steps.count) steps were done before")
    }

    @Test func `A changed setting redoes what depends on it and nothing else`() throws {
        _ = try run(plan())
        #expect(try run(plan(grid: 1)).done == ["robustness/a", "robustness/b", "robustness", "report"])
        let changed = try plan(grid: 1, training: 1).states().filter { $0.state == .missing(changed: true) }
        #expect(changed.map(\.step.name) == ["training/a", "training/b", "report"])
        #expect(try run(plan(grid: 1, training: 1)).done == plan().steps.map(\.name).filter { $0 != "jets" })
        // Back again: records are of the newest settings only.
        #expect(try run(plan(grid: 0, training: 1)).done.count == 4)
    }

    @Test func `A step's time is that of all its sittings, unless its settings have changed since`() throws {
        final class Sitting: @unchecked Sendable { var stops = true }
        let sitting = Sitting()
        func plan(_ setting: Int) throws -> StudyPlan {
            let slow = try StudyStep(.training, "slow", settings: [setting], outputs: ["slow.txt"]) { work in
                Thread.sleep(forTimeInterval: sitting.stops ? 0.3 : 0.05)
                if sitting.stops { throw Interrupted(state: nil) }
                try writeAtomically(Data(), to: "\(work.folder)/slow.txt")
                return Findings()
            }
            return StudyPlan([slow], folder: scratch.folder)
        }
        func seconds() throws -> Double {
            struct Record: Decodable { let seconds: Double }
            let record: Record = try readJSON(from: "\(scratch.folder)/steps/training/slow.json")
            return record.seconds
        }
        for _ in 0..<2 { #expect(throws: Interrupted.self) { _ = try run(plan(0)) } }
        sitting.stops = false
        _ = try run(plan(0))
        #expect(try seconds() >= 0.65)
        sitting.stops = true
        #expect(throws: Interrupted.self) { _ = try run(plan(1)) }
        sitting.stops = false
        _ = try run(plan(2))
        #expect(try seconds() < 0.3)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: "\(scratch.folder)/steps/training") == ["slow.json"])
    }

    @Test func `A step fails alone, its dependents wait, joins and report go on, and it is tried again`() throws {
        let (done, failed) = try run(plan(failing: ["training/b"]))
        #expect(failed == ["training/b"])
        #expect(
            done == [
                "jets", "training/a", "training/b", "curvature/a", "robustness/a", "curvature", "robustness", "report",
            ])
        let states = try plan(failing: ["training/b"]).states()
        let waiting = states.first { $0.step.name == "curvature/b" }
        #expect(waiting?.state == .waiting(for: ["training/b"]))
        guard case .failed(let reason) = states.first(where: { $0.step.name == "training/b" })?.state else {
            Issue.record("training/b should have failed")
            return
        }
        #expect(reason.contains("/invented"))
        // Mended: what it held up is done, and what joins it is done anew.
        #expect(
            try run(plan()).done
                == ["training/b", "curvature/b", "robustness/b", "curvature", "robustness", "report"])
    }

    @Test func `The report is made anew when another step fails, and not when the same does`() throws {
        _ = try run(plan(failing: ["robustness/b"]))
        #expect(try run(plan(failing: ["robustness/b"])).done == ["robustness/b"])
        #expect(try run(plan(failing: ["robustness/a", "robustness/b"])).done == ["robustness/b"])
        #expect(try run(plan()).done == ["robustness/b", "robustness", "report"])
    }

    @Test(arguments: ["robustness/b.txt", "steps/robustness/b.json"])
    func `A result that is missing, or whose record is damaged, is done again alone`(_ file: String) throws {
        _ = try run(plan())
        if file.hasSuffix("json") {
            try Data("{\"step\": ".utf8).write(to: URL(fileURLWithPath: scratch.path(file)))
        } else {
            try FileManager.default.removeItem(atPath: scratch.path(file))
        }
        // Its result is the same, so nothing that builds on it is touched.
        #expect(try run(plan()).done == ["robustness/b"])
    }

    @Test func `Jets that can't be read end the run`() throws {
        let jets = try step(.jets, failing: true)
        let plan = StudyPlan([jets, try step(.training, "a", needs: ["jets"])], folder: scratch.folder)
        #expect(throws: FileError.self) { try run(plan) }
        #expect(diary.done == ["jets"])
    }

    @Test func `A folder is worked in by one program at a time`() throws {
        let lock = try FolderLock(scratch.folder)
        #expect(throws: StudyError.inUse(folder: scratch.folder)) { try FolderLock(scratch.folder) }
        lock.release()
        try FolderLock(scratch.folder).release()
    }
}
