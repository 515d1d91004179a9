import Foundation
import Testing

@Suite("Settings of the generator")
struct SettingsTests {
    @Test(
        "A setting that makes no sense is an error that names the flag and the value",
        arguments: [
            (["--jets", "-5"], "--jets -5"),
            (["--jets", "0"], "nothing to generate"),
            (["--w", "10", "--radius", "0"], "--radius 0.0"),
            (["--w", "10", "--radius", "nan"], "--radius nan"),
            (["--w", "10", "--parton-minimum", "900", "--parton-maximum", "800"], "--parton-maximum 800.0"),
            (["--w", "10", "--parton-minimum", "7000", "--parton-maximum", "7100"], "--parton-minimum 7000.0"),
            (["--w", "10", "--jet-minimum", "500", "--jet-maximum", "400"], "--jet-maximum 400.0"),
            (["--w", "10", "--hadronic-cell", "0"], "--hadronic-cell 0.0"),
            (["--w", "10", "--smearing", "-1"], "--smearing -1.0"),
            (["--w", "10", "--mantissa-bits", "24"], "--mantissa-bits 24"),
            (["--w", "10", "--constituents", "0"], "--constituents 0"),
            (["--w", "10", "--deflate", "10"], "--deflate 10"),
            (["--w", "10", "--seed", "-1"], "--seed -1"),
            (["--w", "10", "--workers", "0"], "--workers 0"),
            (["--other", "10"], "--other 10: needs the processes in a file"),
            (["--w", "10", "--commands", "/nowhere/at-all.cmnd"], "--commands /nowhere/at-all.cmnd"),
        ])
    func nonsense(arguments: [String], message: String) throws {
        let scratch = try Scratch()
        let equals = arguments.reduce(into: [String]()) { joined, argument in
            // `--jets=-5`, since a value that begins with a dash would be taken for a flag.
            if argument.hasPrefix("--") { joined.append(argument) } else { joined[joined.count - 1] += "=\(argument)" }
        }
        let result = try RunningGenerator.run(["--output", scratch.path("jets.h5")] + equals)
        #expect(result.status != 0)
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder).isEmpty)
    }

    @Test("Without Pythia the program says how to get it", .enabled(if: !RunningGenerator.hasPythia))
    func withoutPythia() throws {
        let scratch = try Scratch()
        let result = try RunningGenerator.run(["--output", scratch.path("jets.h5"), "--w", "1"])
        #expect(result.status != 0)
        #expect(result.errors.contains("make generator"))
    }

    @Test(
        "A line that Pythia refuses is named",
        .enabled(if: RunningGenerator.hasPythia, "Pythia is not installed: make generator"))
    func refusedCommand() throws {
        let scratch = try Scratch()
        try "Tune:pp = 14\nPartonLevel:MPY = off\n".write(
            toFile: scratch.path("my.cmnd"), atomically: true, encoding: .utf8)
        let result = try RunningGenerator.run(
            ["--output", scratch.path("jets.h5"), "--w", "1", "--commands", scratch.path("my.cmnd")])
        #expect(result.status != 0)
        #expect(result.errors.contains("PartonLevel:MPY = off"), "\(result.errors)")
    }

    @Test(
        "Cuts that no jet passes are an error, not an endless run",
        .enabled(if: RunningGenerator.hasPythia && RunningGenerator.heavy, "needs Pythia and GOLDSTONE_HEAVY=1"))
    func impossibleCuts() throws {
        let scratch = try Scratch()
        let result = try RunningGenerator.run([
            "--output", scratch.path("jets.h5"), "--z", "1", "--jet-minimum", "6000",
        ])
        #expect(result.status != 0)
        #expect(result.errors.contains("passes the cuts"), "\(result.errors)")
    }
}
