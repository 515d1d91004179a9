import Foundation

extension Distillation {
    /// A quantity of some teachers' students, averaged.
    public struct Average: Sendable, Equatable {
        public let mean: Double
        /// The standard deviation (divisor n − 1) over teachers; over the student's seeds where there is a single
        /// teacher; nil where there is one value in all.
        public let deviation: Double?

        /// Each teacher's students are averaged first: teachers are what varies independently.
        ///
        /// - Parameter values: a list a teacher, one value a seed of its student
        public init(_ values: [[Double]]) {
            let means = values.map { $0.reduce(0, +) / Double($0.count) }
            let varying = values.count == 1 ? values[0] : means
            let mean = means.reduce(0, +) / Double(means.count)
            self.mean = mean
            let squares = varying.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            deviation = varying.count > 1 ? (squares / Double(varying.count - 1)).squareRoot() : nil
        }
    }

    /// The teachers' variants, in the order of their first appearance, without collapsed teachers.
    public var variants: [String] {
        var seen = Set<String>()
        return teachers.filter { !$0.collapsed }.map(\.variant).filter { seen.insert($0).inserted }
    }

    /// The runs of one student, a list for each teacher of a variant that has not collapsed, in the teachers' order.
    public func runs(of student: String, variant: String) -> [(teacher: DistilledTeacher, runs: [StudentRun])] {
        teachers.filter { $0.variant == variant && !$0.collapsed }
            .map { teacher in (teacher, teacher.students.filter { $0.student == student }) }.filter { !$0.runs.isEmpty }
    }

    /// A quantity of one student averaged over teachers of a variant and the student's seeds; nil where there is none, or
    /// some run has no value.
    public func average(of student: String, variant: String, _ quantity: (StudentRun) -> Double?) -> Average? {
        let values = runs(of: student, variant: variant).map { $0.runs.map(quantity) }
        guard !values.isEmpty, values.allSatisfy({ $0.allSatisfy { $0 != nil } }) else { return nil }
        return Average(values.map { $0.map { $0! } })
    }
}

extension VariantMeasurements {
    /// The relative error on the test jets after the last epoch of one student of every teacher: its geometric mean over
    /// the student's seeds.
    ///
    /// A student counts as converged where its best epoch isn't its last.
    public init(distillationErrorOf distillation: Distillation, student: String) {
        self.init(distillation, student) { teacher, runs in
            SeedPair.Measurement(
                VariantMeasurements.geometricMean(runs.map { $0.epochs.last?.test.relative ?? .nan }),
                isCollapsed: teacher.collapsed, isConverged: runs.allSatisfy { $0.bestEpoch < $0.epochs.count })
        }
    }

    /// The epochs to the settings' threshold, averaged likewise. Where a student never came to it, the epochs that it was
    /// trained for count, and the value is a lower bound.
    public init(distillationEpochsOf distillation: Distillation, student: String) {
        self.init(distillation, student) { teacher, runs in
            SeedPair.Measurement(
                VariantMeasurements.geometricMean(runs.map { $0.epochsToThreshold ?? Double($0.epochs.count) }),
                isCollapsed: teacher.collapsed, isLowerBound: runs.contains { $0.epochsToThreshold == nil })
        }
    }

    private init(
        _ distillation: Distillation, _ student: String,
        _ measure: (DistilledTeacher, [StudentRun]) -> SeedPair.Measurement
    ) {
        self.init(
            distillation.teachers.compactMap { teacher in
                let runs = teacher.students.filter { $0.student == student }
                return runs.isEmpty ? nil : (teacher.variant, teacher.seed, measure(teacher, runs))
            })
    }

    private static func geometricMean(_ values: [Double]) -> Double {
        exp(values.reduce(0) { $0 + log($1) } / Double(values.count))
    }
}

extension StudentRun {
    /// ln of the mean squared error over the variance of the teacher's logits, on the test jets after the last epoch.
    var logFinalRelativeError: Double? { epochs.last.map { log($0.test.relative) } }
}
