import Foundation
import Testing

@Suite(
    "The same settings give the same file", .serialized,
    .enabled(if: RunningGenerator.hasPythia, "Pythia is not installed: make generator"))
struct ReproducibilityTests {
    /// Three chunks of one class and one of another.
    private let arguments = ["--z", "1100", "--w", "100", "--constituents", "32"]

    @Test("for one process and for two, and another one for another seed")
    func workers() throws {
        let scratch = try Scratch()
        let (one, two, other) = (scratch.path("one.h5"), scratch.path("two.h5"), scratch.path("other.h5"))
        #expect(try RunningGenerator.run(["--output", one, "--workers", "1"] + arguments).status == 0)
        #expect(try RunningGenerator.run(["--output", two, "--workers", "2"] + arguments).status == 0)
        #expect(try bytes(one) == bytes(two))
        let few = ["--z", "20", "--constituents", "32", "--output"]
        #expect(try RunningGenerator.run(few + [other, "--seed", "2"]).status == 0)
        let (first, second) = (try Jets(one), try Jets(other))
        #expect(!first.observable("j_pt").contains(second.observable("j_pt")[0]))
    }

    @Test("for a run that was killed and started again, which redoes no finished chunk")
    func killed() throws {
        let scratch = try Scratch()
        let (whole, broken) = (scratch.path("whole.h5"), scratch.path("broken.h5"))
        #expect(try RunningGenerator.run(["--output", whole] + arguments).status == 0)

        let process = try RunningGenerator.start(["--output", broken] + arguments)
        let finished = "\(broken).parts/w-0.h5"
        let deadline = Date(timeIntervalSinceNow: 60)
        while !FileManager.default.fileExists(atPath: finished), process.isRunning, Date() < deadline { usleep(2000) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try #require(!FileManager.default.fileExists(atPath: broken), "the run was over before it could be killed")
        let written = try FileManager.default.attributesOfItem(atPath: finished)[.modificationDate] as? Date

        // Mark the finished chunk: if it were redone, it would get another time.
        let resumed = try RunningGenerator.start(["--output", broken] + arguments)
        usleep(200_000)
        let now = try? FileManager.default.attributesOfItem(atPath: finished)[.modificationDate] as? Date
        if let now { #expect(now == written) }
        resumed.waitUntilExit()
        #expect(resumed.terminationStatus == 0)
        #expect(try bytes(whole) == bytes(broken))
        #expect(!FileManager.default.fileExists(atPath: "\(broken).parts"))
    }

    @Test(
        "for runs that are killed again and again, at any moment",
        .enabled(if: RunningGenerator.heavy, "needs GOLDSTONE_HEAVY=1"))
    func killedOften() throws {
        let scratch = try Scratch()
        let (whole, broken) = (scratch.path("whole.h5"), scratch.path("broken.h5"))
        #expect(try RunningGenerator.run(["--output", whole] + arguments).status == 0)
        var kills = 0
        for attempt in 0..<200 where !FileManager.default.fileExists(atPath: broken) {
            let process = try RunningGenerator.start(["--output", broken] + arguments)
            // Lengths that do not repeat, growing so that it ends.
            usleep(UInt32(100_000 + (attempt * 7919) % 13 * 50_000 + attempt * 100_000))
            if process.isRunning { kills += 1 }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        #expect(kills >= 3)
        #expect(try bytes(whole) == bytes(broken))
    }
}
