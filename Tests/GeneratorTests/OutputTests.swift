import Foundation
import Testing

@Suite(
    "The generator's output file",
    .enabled(if: RunningGenerator.hasPythia, "Pythia is not installed: make generator"))
struct OutputTests {
    private let few = ["--z", "20", "--constituents", "32"]

    @Test("A complete file is left alone, one of other settings is an error, and --overwrite replaces it")
    func existing() throws {
        let scratch = try Scratch()
        let path = scratch.path("jets.h5")
        #expect(try RunningGenerator.run(["--output", path] + few).status == 0)
        let first = try bytes(path)

        let again = try RunningGenerator.run(["--output", path] + few)
        #expect(again.status == 0)
        #expect(again.output.contains("is complete"))

        let other = try RunningGenerator.run(["--output", path, "--seed", "2"] + few)
        #expect(other.status != 0)
        #expect(other.errors.contains("seed is 1, not 2"), "\(other.errors)")
        #expect(try bytes(path) == first)

        #expect(try RunningGenerator.run(["--output", path, "--seed", "2", "--overwrite"] + few).status == 0)
        #expect(try bytes(path) != first)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder) == ["jets.h5"])
    }

    @Test("A file of something else is never replaced by itself")
    func foreign() throws {
        let scratch = try Scratch()
        let path = scratch.path("thesis.h5")
        try "four years".write(toFile: path, atomically: true, encoding: .utf8)
        let result = try RunningGenerator.run(["--output", path] + few)
        #expect(result.status != 0)
        #expect(result.errors.contains("was not written by this program"))
        #expect(try bytes(path) == Data("four years".utf8))
    }

    @Test("The chunks of a run with other settings are an error that names the setting")
    func otherParts() throws {
        let scratch = try Scratch()
        let path = scratch.path("jets.h5")
        try FileManager.default.createDirectory(atPath: "\(path).parts", withIntermediateDirectories: true)
        try #"{"seed": "7"}"#.write(toFile: "\(path).parts/settings.json", atomically: true, encoding: .utf8)
        let result = try RunningGenerator.run(["--output", path] + few)
        #expect(result.status != 0)
        #expect(result.errors.contains("--overwrite"), "\(result.errors)")
        #expect(try RunningGenerator.run(["--output", path, "--overwrite"] + few).status == 0)
    }

    @Test("Where no more can be written, the error says so, finished chunks stay, and the run can go on")
    func noRoom() throws {
        let scratch = try Scratch()
        let path = scratch.path("jets.h5")
        let arguments = "--z 520 --constituents 32 --output '\(path)'"
        // A limit on the size of a file stands in for a full disk: one chunk of 500 jets is over it, one of 20 is not.
        let stopped = try RunningGenerator.shell("trap '' XFSZ; ulimit -f 200; exec \"$0\" \(arguments)")
        #expect(stopped.status != 0)
        #expect(stopped.errors.contains("can't write"), "\(stopped.errors)")
        #expect(!FileManager.default.fileExists(atPath: path))

        let resumed = try RunningGenerator.shell("exec \"$0\" \(arguments)")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try Jets(path).jets.count == 520)
    }
}
