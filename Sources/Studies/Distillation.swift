import Foundation
import Networks
import Objectives
import Report
import Statistics
import Support

/// How closely, and how fast, smaller networks learn what trained taggers have learnt: each teacher's logits are the
/// targets of students of several sizes and seeds. A student of one seed has the same first weights and sees the jets in
/// the same order whoever its teacher is, so that teachers can be compared student by student.
public struct Distillation: Sendable, Codable {
    /// The jets in words, and what was read.
    public let jets: String
    public let data: StudyData.Summary
    public let settings: DistillationSettings
    public let teachers: [DistilledTeacher]
    /// Collapsed teachers and students.
    public let warnings: [String]

    /// Distils every teacher, each in a folder `variant/seed-n` of `folder`, and writes results, tables and figures there.
    /// What is there already is not done again.
    ///
    /// - Parameters:
    ///   - teachers: taggers that expect the same jets
    ///   - data: those jets (``StudyData/init(_:for:log:)``)
    ///   - jets: the jets in a few words, for captions
    /// - Throws: ``DistillationError`` where teachers can't be told apart or compared; `Interrupted` on Ctrl-C, with the
    ///   state saved; `TrainingError`, `StatisticsError`, `FileError`.
    public static func run(
        _ teachers: [TrainedTagger], on data: StudyData, jets: String, settings: DistillationSettings, folder: String,
        threads: Int, log: @escaping (String) -> Void
    ) throws -> Distillation {
        try check(teachers)
        let distilled = try teachers.map { teacher in
            try DistilledTeacher.distil(
                teacher, on: data, settings: settings,
                folder: "\(folder)/\(teacher.description.variant)/seed-\(teacher.description.seed)", threads: threads,
                log: log)
        }
        return Distillation(jets: jets, data: data.summary, settings: settings, teachers: distilled)
    }

    /// Puts together what was found for each teacher.
    public init(jets: String, data: StudyData.Summary, settings: DistillationSettings, teachers: [DistilledTeacher]) {
        self.jets = jets
        self.data = data
        self.settings = settings
        self.teachers = teachers
        warnings = teachers.flatMap(\.warnings)
    }

    /// Teachers that share a folder, or whose students could not be compared.
    private static func check(_ teachers: [TrainedTagger]) throws {
        for (place, teacher) in teachers.enumerated() {
            for other in teachers[..<place] {
                if other.name == teacher.name {
                    throw DistillationError.sameTeacher(
                        variant: teacher.description.variant, seed: teacher.description.seed)
                }
                if other.description.input != teacher.description.input {
                    throw DistillationError.unlikeTeachers(first: other.name, second: teacher.name)
                }
            }
        }
    }

    /// Writes `distillation.json`, `tables.md`, `tables.tex` and the figures.
    ///
    /// - Throws: `FileError`.
    public func write(to folder: String) throws -> Findings {
        try writeJSON(self, to: "\(folder)/distillation.json")
        var findings = try Findings.write([table], figures, name: "tables", to: folder, figuresIn: "figures")
        findings.warnings = warnings + findings.warnings
        return findings
    }
}

/// A teacher with all its students.
public struct DistilledTeacher: Sendable, Codable {
    public let variant: String
    public let seed: UInt64
    /// The teacher's network in a few words.
    public let network: String
    public let parameters: Int
    /// Whether the teacher has collapsed to a constant (judged on the validation jets): it has nothing to teach, and is
    /// left out of averages.
    public let collapsed: Bool
    /// The variance of the teacher's logits, what mean squared errors are relative to.
    public let logitVariance: LogitVariance
    /// How well the teacher tells the test jets apart.
    public let test: Evaluation
    /// One entry a student and seed.
    public let students: [StudentRun]

    /// Variances (divisor n) of the teacher's logits on the three parts of the jets.
    public struct LogitVariance: Sendable, Codable, Equatable {
        public let training: Double, validation: Double, test: Double

        public init(training: Double, validation: Double, test: Double) {
            self.training = training
            self.validation = validation
            self.test = test
        }
    }

    /// Trains all students of one teacher: the part of a study that concerns this teacher alone.
    ///
    /// - Parameter folder: of this teacher alone; holds `teacher-logits.safetensors`, and a folder a student and seed
    /// - Throws: `Interrupted` on Ctrl-C, with the state saved; `TrainingError`, `StatisticsError`, `FileError`.
    public static func distil(
        _ teacher: TrainedTagger, on data: StudyData, settings: DistillationSettings, folder: String, threads: Int,
        log: @escaping (String) -> Void
    ) throws -> DistilledTeacher {
        func stopIfAsked() throws { if Interruption.isRequested { throw Interrupted(state: folder) } }
        let logits = try TeacherLogits(
            of: teacher, on: data, keptIn: "\(folder)/teacher-logits.safetensors", Reducer(threads: threads), log: log)
        var students: [StudentRun] = []
        for student in settings.students {
            for seed in settings.seeds {
                try stopIfAsked()
                students.append(
                    try StudentStep(
                        teacher: teacher, logits: logits, student: student, seed: seed, settings: settings, data: data,
                        folder: "\(folder)/\(student.name)/seed-\(seed)", threads: threads, log: log
                    ).run())
            }
        }
        return try DistilledTeacher(teacher, logits, data, students)
    }

    private init(
        _ teacher: TrainedTagger, _ logits: TeacherLogits, _ data: StudyData, _ students: [StudentRun]
    ) throws {
        func evaluation(_ logits: [Double], _ data: TaggingData) throws -> Evaluation {
            try Evaluation(try ScoredJets(scores: logits, isSignal: data.isSignal))
        }
        func variance(_ logits: [Double]) -> Double { meanAndVariance(of: logits).variance }
        self.init(
            variant: teacher.description.variant, seed: teacher.description.seed,
            network: teacher.network.settings.summary, parameters: teacher.theta.count,
            collapsed: try evaluation(logits.validation, data.validation).hasCollapsed,
            logitVariance: LogitVariance(
                training: variance(logits.training), validation: variance(logits.validation),
                test: variance(logits.test)),
            test: try evaluation(logits.test, data.test), students: students)
    }

    /// From results, wherever they come from.
    public init(
        variant: String, seed: UInt64, network: String, parameters: Int, collapsed: Bool, logitVariance: LogitVariance,
        test: Evaluation, students: [StudentRun]
    ) {
        self.variant = variant
        self.seed = seed
        self.network = network
        self.parameters = parameters
        self.collapsed = collapsed
        self.logitVariance = logitVariance
        self.test = test
        self.students = students
    }

    /// What a reader of the results must know.
    var warnings: [String] {
        if collapsed {
            return [
                "\(variant), seed \(seed) has collapsed to a constant output: it has nothing to teach, and is in no average"
            ]
        }
        let idle = students.filter { $0.test.hasCollapsed && !test.hasCollapsed }
        guard !idle.isEmpty else { return [] }
        return [
            "\(variant), seed \(seed): students whose output hardly varies have learnt nothing: "
                + idle.map { "\($0.student), seed \($0.seed)" }.joined(separator: "; ")
        ]
    }
}
