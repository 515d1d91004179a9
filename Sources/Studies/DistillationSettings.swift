import Training

/// How students learn from teachers, for all teachers of a study.
public struct DistillationSettings: Sendable, Codable, Hashable {
    /// What a student's mean squared error is taken to.
    public enum Targets: String, Sendable, Codable, CaseIterable {
        /// The teacher's logits, as in the paper.
        case logits
        /// The teacher's logits less their mean over the training jets, over their standard deviation there: a teacher of
        /// larger logits is then no further away from where its student starts. A student's weights give logits of the
        /// teacher's size nonetheless.
        case standardised
    }

    public var students = StudentSettings.known
    /// Each student is trained once for each: a seed decides the first weights and the order of the jets. No teacher has a
    /// say in either.
    public var seeds: [UInt64] = [1, 2, 3]
    public var targets = Targets.logits
    /// The relative mean squared error on the test jets for which the epochs are counted.
    public var threshold = 0.02
    public var training = DistillationSettings.defaultTraining

    /// The defaults.
    public init() {}

    /// Adam at 5e-4, batches of 256, 50 epochs. Neither weight decay nor a clip of the gradient: both would treat teachers
    /// with larger logits otherwise than those with smaller ones.
    static var defaultTraining: TrainingSettings {
        var training = TrainingSettings()
        training.epochs = 50
        training.learningRate = 0.0005
        training.weightDecay = 0
        training.gradientClip = nil
        return training
    }

    mutating func read(_ reader: SettingsReader) throws {
        let known = StudentSettings.known.map(\.name)
        if let list = try reader.list("students", known, named: StudentSettings.named, StudentSettings.init) {
            students = list
        }
        var numbers = seeds.map(Int.init)
        try reader.read("seeds", into: &numbers, 0...Int(Int32.max))
        seeds = numbers.map(UInt64.init)
        try reader.read("targets", into: &targets)
        try reader.read("threshold", into: &threshold, "a number above 0 and below 1") { $0 > 0 && $0 < 1 }
        try reader.section("training") { try training.read($0) }
        if students.isEmpty { throw reader.invalid("students", "a list of at least one student") }
        if Set(students.map(\.name)).count < students.count {
            throw reader.invalid("students", "a list that names each student once")
        }
        if seeds.isEmpty || Set(seeds).count < seeds.count {
            throw reader.invalid("seeds", "a list of at least one seed, each once")
        }
        if training.selectBy == .bce { throw reader.invalid("training", "settings with `selectBy: objective`") }
    }
}

/// What can be wrong with what is asked of a distillation.
public enum DistillationError: Error, CustomStringConvertible, Equatable {
    case unknownStudent(String, nearest: String?, known: [String])
    /// Two teachers share a variant and a seed, and with them a folder.
    case sameTeacher(variant: String, seed: UInt64)
    /// Two teachers expect different jets, so that their students would see different ones.
    case unlikeTeachers(first: String, second: String)

    public var description: String {
        switch self {
        case .unknownStudent(let name, let nearest, let known):
            "there is no student `\(name)`; "
                + (nearest.map { "the nearest is `\($0)`" } ?? "there are \(known.joined(separator: ", "))")
        case .sameTeacher(let variant, let seed):
            "two of the teachers are \(variant), seed \(seed): distil them one after another, each into an --output of "
                + "its own"
        case .unlikeTeachers(let first, let second):
            "\(first) and \(second) expect different jets (classes, constituents, or scaling of the features), so that "
                + "their students could not be compared: distil them one after another"
        }
    }
}
