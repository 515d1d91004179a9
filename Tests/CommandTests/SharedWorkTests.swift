import Foundation
import Testing

/// Training and curvature shared by several processes on this machine.
@Suite("Several processes", .serialized) struct SharedWorkTests {
    private static let study = """
        preset: smoke
        seeds: [1]
        measures: [evaluation]
        data: {trainingJets: 800, validationJets: 200, testJets: 200}
        network: {width: 8, heads: 2, feedForward: 8, head: [8]}
        training: {epochs: 2, batchSize: 128}
        """

    /// One of the processes that work together.
    private struct Member {
        let process: Process
        let errors: String

        init(_ arguments: [String], rank: Int, of count: Int, port: Int, _ scratch: Scratch) throws {
            errors = scratch.path("errors-\(port)-\(rank)")
            _ = FileManager.default.createFile(atPath: errors, contents: nil)
            process = Process()
            process.executableURL = URL(fileURLWithPath: RunningGoldstone.path)
            process.arguments = arguments + ["--threads", "1"]
            process.currentDirectoryURL = URL(fileURLWithPath: RunningGoldstone.package)
            process.environment = ProcessInfo.processInfo.environment.merging([
                "RANK": "\(rank)", "WORLD_SIZE": "\(count)", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)",
            ]) { $1 }
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle(forWritingAtPath: errors)
            try RunningGoldstone.start(process)
        }

        func end() throws -> (status: Int32, errors: String) {
            process.waitUntilExit()
            return (process.terminationStatus, try String(contentsOfFile: errors, encoding: .utf8))
        }
    }

    private func port() -> Int { 40_000 + Int.random(in: 0..<20_000) }

    private func share(_ arguments: [String], among count: Int, _ scratch: Scratch) throws {
        let port = port()
        let members = try (0..<count).map { try Member(arguments, rank: $0, of: count, port: port, scratch) }
        for (rank, member) in members.enumerated() {
            let (status, errors) = try member.end()
            try #require(status == 0, "process \(rank) of \(count): \(errors)")
            if rank > 0 { #expect(errors.isEmpty, "\(errors)") }
        }
    }

    /// The last validation loss of a training.
    private func losses(_ run: String) throws -> [Double] {
        let record = try object(try bytes("\(run)/unconstrained/seed-1/result.json"))
        let history = (record["run"] as? [String: Any])?["history"] as? [String: Any]
        return try #require(history?["epochs"] as? [[String: Any]]).compactMap { $0["validation"] as? Double }
    }

    @Test("Two and four processes train to the weights of one but for rounding, and to the same bits each time")
    func training() throws {
        let scratch = try Scratch(), file = try scratch.write(Self.study, to: "study.yaml")
        func train(_ name: String) -> [String] { ["train", file, "--output", scratch.path(name)] }
        let alone = try RunningGoldstone.run(train("one"))
        try #require(alone.status == 0, "\(alone.errors)")
        for (name, count) in [("two", 2), ("again", 2), ("four", 4)] {
            try share(train(name), among: count, scratch)
            for (ours, theirs) in zip(try losses(scratch.path(name)), try losses(scratch.path("one"))) {
                #expect(abs(ours - theirs) < 1e-5 * theirs, "\(count): \(ours), not \(theirs)")
            }
        }
        let weights = "unconstrained/seed-1/weights.safetensors"
        #expect(try bytes(scratch.path("two/\(weights)")) == bytes(scratch.path("again/\(weights)")))
    }

    @Test("Curvature of two processes is that of one")
    func curvature() throws {
        let scratch = try Scratch(), file = try scratch.write(Self.study, to: "study.yaml"), run = scratch.path("run")
        let trained = try RunningGoldstone.run(["train", file, "--output", run])
        try #require(trained.status == 0, "\(trained.errors)")
        func measure(_ name: String) -> [String] {
            [
                "curvature", "\(run)/unconstrained/seed-1/weights.safetensors", "--study", file, "--jets", "150",
                "--probes", "1", "--steps", "6", "--trace-products", "24", "--output", scratch.path(name),
            ]
        }
        let alone = try RunningGoldstone.run(measure("one"))
        try #require(alone.status == 0, "\(alone.errors)")
        try share(measure("two"), among: 2, scratch)
        func result(_ name: String) throws -> [String: Any] {
            let all = try object(try bytes(scratch.path("\(name)/curvature.json")))
            return try #require((all["taggers"] as? [[String: Any]])?.first)
        }
        let one = try result("one"), two = try result("two")
        let ours = try #require(two["eigenvalues"] as? [Double]), theirs = try #require(one["eigenvalues"] as? [Double])
        for (a, b) in zip(ours, theirs) { #expect(abs(a - b) < 2e-4 * abs(b), "\(ours) \(theirs)") }
        for key in ["trace", "loss", "gradientNorm", "traceSamplingError"] {
            let a = try #require(two[key] as? Double), b = try #require(one[key] as? Double)
            #expect(abs(a - b) < 1e-4 * abs(b), "\(key): \(a), not \(b)")
        }
    }

    @Test("A process that is lost ends the others with its number, and the same command goes on to the same bits")
    func loss() throws {
        let scratch = try Scratch()
        let long = Self.study.replacing("epochs: 2", with: "epochs: 12")
        let file = try scratch.write(long, to: "study.yaml"), run = scratch.path("run")
        let arguments = ["train", file, "--output", run]
        let port = port(), checkpoint = "\(run)/unconstrained/seed-1/checkpoint.safetensors"
        let members = try (0..<2).map { try Member(arguments, rank: $0, of: 2, port: port, scratch) }
        for _ in 0..<600 where !exists(checkpoint) { usleep(100_000) }
        try #require(exists(checkpoint))
        kill(members[1].process.processIdentifier, SIGKILL)
        let (status, errors) = try members[0].end()
        #expect(status == 75 && errors.contains("process 1 of 2 is lost"), "\(status) \(errors)")
        #expect(!exists("\(run)/unconstrained/seed-1/weights.safetensors"))
        try share(arguments, among: 2, scratch)
        try share(["train", file, "--output", scratch.path("whole")], among: 2, scratch)
        let weights = "unconstrained/seed-1/weights.safetensors"
        #expect(try bytes("\(run)/\(weights)") == bytes(scratch.path("whole/\(weights)")))
    }

    @Test("Ctrl-C in one stops all with the state saved; other commands say that they don't share work")
    func others() throws {
        let scratch = try Scratch()
        let file = try scratch.write(Self.study.replacing("epochs: 2", with: "epochs: 40"), to: "study.yaml")
        let run = scratch.path("run"), port = port()
        let members = try (0..<2).map {
            try Member(["train", file, "--output", run], rank: $0, of: 2, port: port, scratch)
        }
        let checkpoint = "\(run)/unconstrained/seed-1/checkpoint.safetensors"
        for _ in 0..<600 where !exists(checkpoint) { usleep(100_000) }
        kill(members[1].process.processIdentifier, SIGTERM)
        let ends = try members.map { try $0.end() }
        #expect(ends[1].status == 143 && ends[0].errors.contains("the same command goes on"), "\(ends)")
        let refused = try RunningGoldstone.run(
            RunningGoldstone.path, ["study", file, "--output", scratch.path("study")],
            environment: ["RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)"])
        #expect(refused.status != 0 && refused.errors.contains("only `train` and `curvature` share their work"))
    }
}
