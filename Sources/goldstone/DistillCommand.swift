import ArgumentParser
import Foundation
import Studies
import Support

struct DistillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distill",
        abstract: "Train smaller networks on trained weights' logits: how simple is what they have learnt?",
        discussion: """
            Every student learns from every teacher, once for each student seed. First weights and the order of the jets \
            are the same for all teachers. Students: \
            \(StudentSettings.known.map(\.name).joined(separator: ", ")), and those that the study file defines.

            Run again, the same command goes on where it stopped.
            """)

    @Argument(help: "weights.safetensors of one or more trainings, the teachers.")
    var teachers: [String]

    @Option(
        help: "A study file (study.yaml in a run's folder): its jets, split as there, and its distillation settings.")
    var study: String?

    @Option(
        parsing: .upToNextOption,
        help:
            "Instead: files, folders, patterns or archives, split 60:15:25 into training, validation and test. `sample`."
    )
    var data: [String] = []

    @Option(help: "What a student is trained on: logits or standardised (logits of mean 0 and deviation 1).")
    var targets: DistillationSettings.Targets?

    @Option(parsing: .upToNextOption, help: "Students by name. Default: the study's.")
    var students: [String] = []

    @Option(parsing: .upToNextOption, help: "Seeds of the students. Default: the study's.")
    var seeds: [UInt64] = []

    @Option(help: "Epochs of a student. Default: the study's.")
    var epochs: Int?

    @Option(help: "Folder for students, results and figures.")
    var output = "runs/distillation"

    @OptionGroup var threads: Threads

    @OptionGroup var device: DeviceOption

    func validate() throws {
        guard data.isEmpty != (study == nil) else {
            throw ValidationError("Give --data FILES or --study FILE, one of the two.")
        }
        if let epochs, epochs < 1 { throw ValidationError("--epochs must be at least 1, not \(epochs)") }
        if Set(seeds).count < seeds.count { throw ValidationError("--seeds names a seed twice") }
        if Set(students).count < students.count { throw ValidationError("--students names a student twice") }
    }

    func run() throws {
        try device.choose()
        // Ctrl-C then saves the state.
        Interruption.listen()
        let taggers = try teachers.map(TrainedTagger.init(contentsOf:))
        let all = try study.map { try StudySettings(contentsOf: $0) } ?? ownSettings
        let settings = try changed(all.distillation), input = taggers[0].description.input
        log("reading \(all.data.files.joined(separator: ", "))")
        let jets = try StudyData(all.data, for: input, log: log)
        let distillation = try Distillation.run(
            taggers, on: jets,
            jets: "\(input.signal) against \(input.background), \(input.constituents) constituents", settings: settings,
            folder: output, threads: threads.threads, log: log)
        try writeJSON(Environment(threads: threads.threads), to: "\(output)/environment.json")
        let findings = try distillation.write(to: output)
        print(distillation.table.plain)
        for warning in findings.warnings { log("warning: \(warning)") }
        print("results  \(output)/distillation.json, tables.md, tables.tex")
        print("figures  \(output)/figures/compressibility.svg and others")
    }

    /// The settings of files without a study.
    private var ownSettings: StudySettings {
        var settings = StudySettings()
        settings.data.files = data
        settings.data.trainingJets = 0.6
        settings.data.validationJets = 0.15
        return settings
    }

    private func changed(_ settings: DistillationSettings) throws -> DistillationSettings {
        var settings = settings
        if !students.isEmpty {
            let own = settings.students.filter { StudentSettings.named($0.name) == nil }
            settings.students = try students.map { try StudentSettings.choose($0, from: StudentSettings.known + own) }
        }
        if !seeds.isEmpty { settings.seeds = seeds }
        if let epochs { settings.training.epochs = epochs }
        if let targets { settings.targets = targets }
        return settings
    }
}

extension DistillationSettings.Targets: ExpressibleByArgument {}
