import Foundation
import Objectives
import Support

/// A study's missing steps as jobs of a batch system, each one `goldstone study --step`: files in the run's folder, under
/// `batch`, and a script that hands them in.
///
/// A step is a job, so that a farm works on as many at once as do not build on each other. What a job records in the run's
/// folder is what `goldstone study` records on one machine, and it goes on the same way: status, resume, the report.
/// A step that fails stops those alone that build on it.
public struct StudyBatch {
    /// What jobs are handed to.
    public enum System: String, Sendable, CaseIterable {
        /// Job arrays, one for steps that do not build on each other; each array waits for the one before it.
        case slurm
        /// A DAGMan workflow with the steps' own dependencies.
        case htcondor

        /// The program that takes the jobs.
        var command: String { self == .slurm ? "sbatch" : "condor_submit_dag" }
    }

    /// What a job asks for.
    struct Request: Equatable {
        /// Bytes at the most, and a limit in seconds: generous, since what outgrows either is killed.
        var memory: Int, seconds: Double
    }

    let system: System
    let study: Study
    /// The program that jobs run, and the folder that they run in, absolute.
    let program: String, workingFolder: String
    /// Further lines of the batch system's own: `--partition=short`, `+JobFlavour = "workday"`.
    let options: [String]
    /// The steps that are not done, with what each asks for, in an order in which they can be done.
    let jobs: [(step: StudyStep, request: Request)]

    /// Calibrates to know what jobs will need. Cost: reads the jets, and a few seconds.
    ///
    /// - Throws: as `Study.run` before it begins.
    public init(
        _ study: Study, on system: System, program: String, workingFolder: String, options: [String],
        log: @escaping @Sendable (String) -> Void
    ) throws {
        let plan = try study.plan(), data = try StudyData(study.settings.data, log: log)
        log("calibrating")
        let cost = try StudyCost(study.settings, data, Reducer(threads: study.threads))
        let missing = plan.states().filter { $0.state != .done }.map(\.step)
        self.init(
            study, on: system, program: program, workingFolder: workingFolder, options: options,
            jobs: missing.map { step in
                (step, Request(memory: 1_000_000_000 + 2 * cost.memory(step), seconds: 900 + 4 * cost.seconds(step)))
            })
    }

    init(
        _ study: Study, on system: System, program: String, workingFolder: String, options: [String],
        jobs: [(step: StudyStep, request: Request)]
    ) {
        (self.study, self.system, self.program, self.workingFolder) = (study, system, program, workingFolder)
        (self.options, self.jobs) = (options, jobs)
    }

    /// The missing steps in waves: none builds on another of its own or a later wave.
    var waves: [[(step: StudyStep, request: Request)]] {
        var level: [String: Int] = [:], waves: [[(step: StudyStep, request: Request)]] = []
        for job in jobs {
            let own = (job.step.needs + job.step.joins).compactMap { level[$0] }.max().map { $0 + 1 } ?? 0
            level[job.step.name] = own
            if own == waves.count { waves.append([]) }
            waves[own].append(job)
        }
        return waves
    }

    private var folder: String { absolute(study.folder) }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(workingFolder)/\(path)"
    }

    /// Writes the study's settings and the jobs' files.
    ///
    /// - Returns: the script that hands the jobs in
    /// - Throws: ``StudyError/nothingToDo(folder:)``; ``StudyError`` where the folder is another version's or in use;
    ///   `FileError`.
    public func write() throws -> String {
        guard !jobs.isEmpty else { throw StudyError.nothingToDo(folder: study.folder) }
        try study.prepare()
        let batch = "\(study.folder)/batch"
        try FileManager.default.createDirectory(atPath: "\(batch)/log", withIntermediateDirectories: true)
        for (name, text) in system == .slurm ? slurmFiles : condorFiles {
            try writeAtomically(Data(text.utf8), to: "\(batch)/\(name)")
        }
        return "\(batch)/submit.sh"
    }

    /// Hands the jobs in.
    ///
    /// - Parameter script: what ``write()`` returned
    /// - Returns: what the batch system said
    /// - Throws: ``StudyError/noBatchSystem(command:script:)``; ``StudyError/notSubmitted(script:status:message:)``.
    public func submit(_ script: String) throws -> String {
        let found = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(system.command)")
        }
        guard found else { throw StudyError.noBatchSystem(command: system.command, script: script) }
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [script]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw StudyError.notSubmitted(script: script, status: process.terminationStatus, message: text)
        }
        return text
    }

    /// A word for the shell.
    private func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }

    private func most(_ jobs: [(step: StudyStep, request: Request)]) -> Request {
        Request(memory: jobs.map(\.request.memory).max()!, seconds: jobs.map(\.request.seconds).max()!)
    }

    private var jobName: String {
        "goldstone-" + String(study.settings.name.map { $0.isLetter || $0.isNumber ? $0 : "-" })
    }

    // MARK: Slurm

    private var slurmFiles: [(name: String, text: String)] {
        let waves = self.waves
        let lists = waves.enumerated().map { number, wave in
            ("wave-\(number + 1).txt", wave.map { "\($0.step.name)\n" }.joined())
        }
        let job = """
            #!/bin/bash
            #SBATCH --job-name=\(jobName)
            #SBATCH --cpus-per-task=\(study.threads)
            #SBATCH --output=\(folder)/batch/log/%A-%a.txt
            \(options.map { "#SBATCH \($0)\n" }.joined())# One step of the study: the line of the list $1 that the array's index names.
            step=$(sed -n "${SLURM_ARRAY_TASK_ID}p" "$1")
            cd \(quoted(workingFolder))
            exec \(quoted(program)) study \(quoted("\(folder)/study.yaml")) --output \(quoted(folder)) \\
                --step "$step" --threads "${SLURM_CPUS_PER_TASK:-\(study.threads)}"

            """
        var submit = """
            #!/bin/bash
            # Hands the study's steps to Slurm: an array for each wave, which waits for the end of the wave before it.
            set -eu -o pipefail
            cd \(quoted("\(folder)/batch"))

            """
        for (number, wave) in waves.enumerated() {
            let request = most(wave)
            let after = number == 0 ? "" : " --dependency=afterany:\"$wave\""
            submit += """
                wave=$(sbatch --parsable\(after) --array=1-\(wave.count) --mem=\(request.memory / 1_000_000)M \
                --time=\(Int(request.seconds / 60) + 1) step.sh "$PWD/wave-\(number + 1).txt")
                wave=${wave%%;*}
                echo "job $wave: \(wave.count) step\(wave.count == 1 ? "" : "s"), \(wave[0].step.name)\(wave.count > 1 ? ", …" : "")"

                """
        }
        return lists + [("step.sh", job), ("submit.sh", submit)]
    }

    // MARK: HTCondor

    private var condorFiles: [(name: String, text: String)] {
        // DAGMan's names have no slashes.
        let node = { (step: String) in step.replacing("/", with: "--") }
        let missing = Set(jobs.map(\.step.name))
        var workflow = """
            # The study's steps and what each builds on. A step that has failed has recorded that; those that can do
            # without it go on.
            SCRIPT POST ALL_NODES /bin/true

            """
        for (step, request) in jobs {
            workflow += "JOB \(node(step.name)) step.sub\n"
            workflow += "VARS \(node(step.name)) step=\"\(step.name)\" megabytes=\"\(request.memory / 1_000_000)\" "
            workflow += "seconds=\"\(Int(request.seconds))\"\n"
            let parents = (step.needs + step.joins).filter { missing.contains($0) }.map(node)
            if !parents.isEmpty { workflow += "PARENT \(parents.joined(separator: " ")) CHILD \(node(step.name))\n" }
        }
        // Within the quotes of HTCondor's own: a single quote is two.
        let word = { (text: String) in "'\(text.replacing("'", with: "''").replacing("\"", with: "\"\""))'" }
        let arguments =
            "study \(word("\(folder)/study.yaml")) --output \(word(folder)) --step $(step) --threads \(study.threads)"
        let job = """
            # One step of the study.
            universe = vanilla
            executable = \(program)
            arguments = "\(arguments)"
            initialdir = \(workingFolder)
            request_cpus = \(study.threads)
            request_memory = $(megabytes)
            +MaxRuntime = $(seconds)
            should_transfer_files = no
            getenv = true
            output = \(folder)/batch/log/$(Cluster).txt
            error = \(folder)/batch/log/$(Cluster).txt
            log = \(folder)/batch/log/condor.log
            \(options.map { "\($0)\n" }.joined())queue

            """
        let submit = """
            #!/bin/bash
            # Hands the study's steps to HTCondor's DAGMan.
            set -eu -o pipefail
            cd \(quoted("\(folder)/batch"))
            condor_submit_dag -force study.dag

            """
        return [("step.sub", job), ("study.dag", workflow), ("submit.sh", submit)]
    }
}
