import Foundation
import HDF5
import Testing

@Suite("generate hands over to goldstone-generate") struct GenerateTests {
    private static let generator = RunningGoldstone.folder.appendingPathComponent("goldstone-generate").path
    private static let hasPythia =
        (try? RunningGoldstone.run(generator, ["--version"]).output.contains("Pythia 8")) ?? false

    @Test(
        "its arguments, its help, its output and its exit code", arguments: [["--help"], ["--version"], ["--jets"], []])
    func passedThrough(_ arguments: [String]) throws {
        let itself = try RunningGoldstone.run(Self.generator, arguments)
        let through = try RunningGoldstone.run(["generate"] + arguments)
        #expect(through.status == itself.status)
        #expect(through.output == itself.output && through.errors == itself.errors)
        #expect((itself.output + itself.errors).contains(arguments == ["--version"] ? "Pythia" : "goldstone-generate"))
    }

    @Test("and jets come out, where Pythia is there; else what to do about it")
    func jets() throws {
        let scratch = try Scratch()
        let path = scratch.path("jets.h5")
        let result = try RunningGoldstone.run(["generate", "--output", path, "--w", "3", "--workers", "1"])
        if Self.hasPythia {
            #expect(result.status == 0)
            #expect(try HDF5File(path: path).dataset("jets").shape[0] == 3)
        } else {
            #expect(result.status != 0 && result.errors.contains("make generator"))
            #expect(!exists(path))
        }
    }

    @Test("and signals reach it", .enabled(if: hasPythia, "Pythia is not installed: make generator"))
    func signals() throws {
        let scratch = try Scratch()
        let process = try RunningGoldstone.start(
            ["generate", "--output", scratch.path("jets.h5"), "--gluon", "1000000", "--workers", "1"])
        let deadline = Date(timeIntervalSinceNow: 60)
        while !exists(scratch.path("jets.h5.parts")), process.isRunning, Date() < deadline { usleep(2000) }
        let running = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/\(process.processIdentifier)/exe")
        #expect(running.hasSuffix("/goldstone-generate"))
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGTERM)
    }

    @Test("Where it is missing, the error says so and what to run")
    func missing() throws {
        let scratch = try Scratch()
        let alone = scratch.path("goldstone")
        try FileManager.default.copyItem(atPath: RunningGoldstone.path, toPath: alone)
        // A copy does not find the libraries that lie relative to where it was built.
        let libraries = "\(RunningGoldstone.package)/.deps/libtorch/lib"
        let result = try RunningGoldstone.run(
            alone, ["generate", "--output", scratch.path("jets.h5")], environment: ["LD_LIBRARY_PATH": libraries])
        #expect(result.status != 0)
        #expect(result.errors.contains(scratch.path("goldstone-generate")))
        #expect(result.errors.contains("make generator"))
    }
}
