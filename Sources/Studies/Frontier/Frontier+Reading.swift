import Foundation
import Networks
import Objectives
import Support

extension Frontier {
    /// Reads a run's folder: `study.yaml` and `results/training.json` of `study`, and as far as they are there
    /// `invariance/invariance.json`, `curvature/curvature.json` and `distillation/distillation.json`.
    ///
    /// - Parameters:
    ///   - settings: nil for those in `study.yaml`
    ///   - student: the student that distillation is judged by; nil takes the largest one
    ///   - files: the results to read, by their paths in the folder; nil for all that are there
    /// - Throws: `FileError` where the run has no trainings or a file is damaged; ``EvidenceError`` where there is no such
    ///   student.
    public init(
        run folder: String, settings: StudySettings? = nil, student: String? = nil, files: Set<String>? = nil
    ) throws {
        let settings = try settings ?? StudySettings(contentsOf: "\(folder)/study.yaml")
        let training: Trainings = try readJSON(from: "\(folder)/results/training.json")
        var (points, notes) = Frontier.points(of: settings)
        var missing: [String] = []
        let collapsed = training.runs.filter(\.collapsed).map { "\($0.variant), seed \($0.seed)" }
        notes += collapsed.map { "\($0) has collapsed to a constant output, and is left out" }
        /// The contents of a file; nil, and a note, where there is none.
        func found<Value: Decodable>(_ name: String, _ type: Value.Type) throws -> Value? {
            let path = "\(folder)/\(name)"
            guard files?.contains(name) ?? true, FileManager.default.fileExists(atPath: path) else {
                missing.append(path)
                return nil
            }
            return try readJSON(from: path)
        }
        typealias Measured = (variant: String, seed: UInt64, value: Double)
        func fill(_ quantity: WritableKeyPath<Point, OverSeeds?>, _ values: [Measured]) {
            let sound = values.filter { !collapsed.contains("\($0.variant), seed \($0.seed)") && $0.value.isFinite }
            for place in points.indices {
                let own = sound.filter { $0.variant == points[place].variant }
                points[place][keyPath: quantity] = OverSeeds(own.map { ($0.seed, $0.value) })
            }
        }

        fill(\.rocAUC, training.runs.map { ($0.variant, $0.seed, $0.test.rocAUC.value) })
        if let invariance = try found("invariance/invariance.json", Invariances.self) {
            let fastest = invariance.trainings.compactMap { $0.result.points.map(\.speed).max() }.min()
            fill(
                \.scoreChange,
                invariance.trainings.compactMap { entry in
                    let point = entry.result.points.first { $0.speed == fastest }
                    return point.map { (entry.variant, entry.seed, $0.meanSquaredScoreChange.value) }
                })
        }
        if let curvature = try found("curvature/curvature.json", Curvatures.self) {
            fill(
                \.leadingEigenvalue,
                curvature.taggers.compactMap { tagger in
                    tagger.leading.map { (tagger.variant, tagger.seed, $0.value) }
                })
            fill(\.trace, curvature.taggers.map { ($0.variant, $0.seed, $0.trace) })
            notes += curvature.taggers.filter { $0.leading?.converged == false || !$0.traceConverged }.map {
                "\($0.variant), seed \($0.seed): the curvature is not as precise as was asked for"
            }
            notes += curvature.taggers.filter { $0.leading == nil }.map {
                "\($0.variant), seed \($0.seed): its eigenvalues of largest magnitude are all negative, so λ₁ is not known"
            }
        }
        var judge: String?
        if let distillation = try found("distillation/distillation.json", Distillation.self) {
            let name = try Evidence.judge(of: distillation, named: student)
            judge = name
            fill(
                \.distillationError,
                distillation.teachers.compactMap { teacher -> Measured? in
                    let errors = teacher.students.filter { $0.student == name }.compactMap(\.logFinalRelativeError)
                    guard !errors.isEmpty else { return nil }
                    return (teacher.variant, teacher.seed, exp(errors.reduce(0, +) / Double(errors.count)))
                })
        }
        self.init(
            shown:
                "\(training.jets), \(training.data.testJets) test jets; \(training.network); study \(training.study)",
            points: points, student: judge, missing: missing, notes: notes)
    }

    /// Which variants are part of it, without their values, and why others are none.
    static func points(of settings: StudySettings) -> (points: [Point], notes: [String]) {
        var points: [Point] = [], notes: [String] = []
        for variant in settings.variants {
            let terms = variant.terms.filter { $0.weight != 0 }, others = terms.filter { $0.name != "bce" }
            let hasCrossEntropy = terms.contains(TermDescription(name: "bce", weight: 1))
            func add(_ arm: Arm, _ term: TermDescription? = nil) {
                points.append(
                    Point(
                        variant: variant.name, arm: arm, term: term?.name,
                        weight: term?.weight ?? (arm == .unconstrained ? 0 : nil)))
            }
            if settings.network(of: variant).kind == .invariant {
                add(.hard)
            } else if settings.network(of: variant) != .transformer(settings.network) {
                notes.append("\(variant.name) has another network, and is no part of the frontier")
            } else if terms == [TermDescription(name: "augmentation", weight: 1)] {
                add(.control)
            } else if hasCrossEntropy, others.count <= 1 {
                let control = others.contains { ["augmentation", "rescaling"].contains($0.name) }
                add(others.isEmpty ? .unconstrained : control ? .control : .soft, others.first)
            } else {
                notes.append(
                    "\(variant.name) is not cross-entropy and one term more, and is no part of the frontier")
            }
        }
        return (points, notes)
    }
}

// What is read of the run's files.
private struct Trainings: Decodable {
    let study: String, network: String, jets: String
    let data: Jets
    let runs: [Run]

    struct Jets: Decodable { let testJets: Int }
    struct Run: Decodable {
        let variant: String
        let seed: UInt64
        let collapsed: Bool
        let test: Test
    }
    struct Test: Decodable { let rocAUC: Value }
}

private struct Curvatures: Decodable {
    let taggers: [Tagger]

    struct Tagger: Decodable {
        let variant: String
        let seed: UInt64
        let eigenvalues: [Double], converged: [Bool]
        let trace: Double, traceConverged: Bool
        let settings: Settings?

        struct Settings: Decodable { let largestMagnitude: Int? }

        /// λ₁, where it is known: of eigenvalues of largest magnitude the largest one, if that is positive.
        var leading: (value: Double, converged: Bool)? {
            guard settings?.largestMagnitude != nil else { return (eigenvalues[0], converged[0]) }
            return zip(eigenvalues, converged).filter { $0.0 > 0 }.max { $0.0 < $1.0 }.map { ($0.0, $0.1) }
        }
    }
}

private struct Invariances: Decodable {
    let trainings: [Training]

    struct Training: Decodable {
        let variant: String
        let seed: UInt64
        let result: Result
    }
    struct Result: Decodable { let points: [Point] }
    struct Point: Decodable {
        let speed: Double
        let meanSquaredScoreChange: Value
    }
}

private struct Value: Decodable { let value: Double }
