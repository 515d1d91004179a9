import Foundation
import Testing

/// A study as the jobs of a batch system.
@Suite("Batch systems") struct BatchTests {
    private static let study = """
        preset: smoke
        seeds: [1]
        measures: [evaluation, invariance]
        data: {trainingJets: 200, validationJets: 100, testJets: 100}
        network: {width: 8, heads: 2, feedForward: 8, head: [8]}
        training: {epochs: 1}
        """

    /// Does at once what `sbatch` would hand to nodes; remembers what it was asked.
    private static let sbatch = """
        #!/bin/bash
        set -eu
        echo "$@" >> "$(dirname "$0")/asked"
        for argument in "$@"; do
            case $argument in --array=1-*) last=${argument#--array=1-} ;; esac
        done
        n=$(wc -l < "$(dirname "$0")/asked")
        for ((task = 1; task <= last; task++)); do
            SLURM_ARRAY_TASK_ID=$task SLURM_CPUS_PER_TASK=1 bash "${@: -2:1}" "${@: -1}" >> "$(dirname "$0")/log" 2>&1 || true
        done
        echo "$((100 + n));cluster"
        """

    private func pretend(_ scratch: Scratch, _ name: String, _ text: String) throws -> [String: String] {
        let folder = scratch.path("bin")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(name)")
        return ["PATH": "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"]
    }

    @Test("Slurm's jobs do the study, to the same bits; then there is nothing to hand in")
    func slurm() throws {
        let scratch = try Scratch(), file = try scratch.write(Self.study, to: "study.yaml")
        let environment = try pretend(scratch, "sbatch", Self.sbatch)
        let arguments = ["study", file, "--output", scratch.path("farm"), "--threads", "1", "--submit", "slurm"]
        let handed = try RunningGoldstone.run(
            RunningGoldstone.path, arguments + ["--batch-option=--partition=short"], environment: environment)
        let jobLog = (try? String(contentsOfFile: scratch.path("bin/log"), encoding: .utf8)) ?? ""
        try #require(handed.status == 0, "\(handed.errors) \(jobLog)")
        let asked = try String(contentsOfFile: scratch.path("bin/asked"), encoding: .utf8).split(separator: "\n")
        #expect(asked.count >= 4 && !asked[0].contains("dependency"))
        #expect(asked[1].contains("--dependency=afterany:101 ") && asked[2].contains("--dependency=afterany:102 "))
        #expect(asked.allSatisfy { $0.contains("--mem=") && $0.contains("--time=") })
        let script = try String(contentsOfFile: scratch.path("farm/batch/step.sh"), encoding: .utf8)
        #expect(script.contains("#SBATCH --partition=short\n") && script.contains("#SBATCH --cpus-per-task=1\n"))

        let plain = try RunningGoldstone.run(["study", file, "--output", scratch.path("one")])
        try #require(plain.status == 0, "\(plain.errors)")
        for result in [
            "unconstrained/seed-1/weights.safetensors", "constrained/seed-1/scores.h5",
            "invariance/invariance/constrained-seed-1.json", "results/training.json", "evaluation.md",
        ] {
            #expect(try bytes(scratch.path("farm/\(result)")) == bytes(scratch.path("one/\(result)")), "\(result)")
        }
        let again = try RunningGoldstone.run(RunningGoldstone.path, arguments, environment: environment)
        #expect(again.status != 0 && again.errors.contains("nothing to hand in"))
    }

    @Test("HTCondor's workflow has every step once, after those that it builds on")
    func condor() throws {
        let scratch = try Scratch(), file = try scratch.write(Self.study, to: "study.yaml")
        let arguments = [
            "study", file, "--output", scratch.path("run"), "--submit", "htcondor", "--batch-option",
            "accounting_group = cms", "--threads", "1",
        ]
        // No batch system here: all is written, and the status says that nothing was handed in.
        let result = try RunningGoldstone.run(
            RunningGoldstone.path, arguments, environment: ["PATH": "/usr/bin:/bin"])
        #expect(result.status != 0 && result.errors.contains("no condor_submit_dag here"))
        let dry = try RunningGoldstone.run(arguments + ["--dry-run"])
        #expect(dry.status == 0, "\(dry.errors)")
        let workflow = try String(contentsOfFile: scratch.path("run/batch/study.dag"), encoding: .utf8)
        var seen = Set<Substring>(), children = Set<Substring>()
        for line in workflow.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            switch words[0] {
            case "JOB": #expect(seen.insert(words[1]).inserted && words[2] == "step.sub")
            case "VARS": #expect(seen.contains(words[1]) && words[2].hasPrefix("step=\""))
            case "PARENT":
                let child = try #require(words.firstIndex(of: "CHILD"))
                #expect(words[1..<child].allSatisfy(seen.contains) && words.count == child + 2)
                children.insert(words[child + 1])
            default: #expect(line == "SCRIPT POST ALL_NODES /bin/true")
            }
        }
        #expect(seen.contains("training--constrained--seed-1") && seen.subtracting(children) == ["jets"])
        let job = try String(contentsOfFile: scratch.path("run/batch/step.sub"), encoding: .utf8)
        #expect(job.contains("--step $(step) --threads 1\"") && job.contains("accounting_group = cms\nqueue"))
    }

    @Test("A step alone: unknown, too early, or of other settings is an error that says so")
    func steps() throws {
        let scratch = try Scratch(), file = try scratch.write(Self.study, to: "study.yaml"), run = scratch.path("run")
        func step(_ name: String, _ file: String) throws -> RunningGoldstone.Result {
            try RunningGoldstone.run(["study", file, "--output", run, "--step", name])
        }
        #expect(
            try step("trainin/unconstrained/seed-1", file).errors.contains("nearest is training/unconstrained/seed-1"))
        let early = try step("training/unconstrained/seed-1", file)
        #expect(early.status != 0 && early.errors.contains("it builds on jets, which is not done"))
        #expect(try step("jets", file).status == 0)
        #expect(exists("\(run)/results/jets.json") && !exists("\(run)/unconstrained/seed-1/weights.safetensors"))
        let other = try scratch.write(Self.study.replacing("epochs: 1", with: "epochs: 2"), to: "other.yaml")
        #expect(try step("training/unconstrained/seed-1", other).errors.contains("has other settings"))
    }
}
