import Foundation
import Jets
import Statistics
import Support

/// What was measured of the variants of a run, seed by seed: all that the verdicts on the paper's claims hang on, and what
/// the other variants say of them.
///
/// It is read from the run's folder, where the commands have left it: `results/training.json` of `study`,
/// `curvature/curvature.json`, `landscape/goldstone.json`, `robustness/robustness.json`, `transfer/transfer.json` and
/// `distillation/distillation.json`.
public struct Evidence: Sendable {
    /// Of each quantity that was measured, every training's value. Curvature is compared between networks of one size alone.
    public let measurements: [ClaimQuantity: VariantMeasurements]
    /// The run in a few words, for captions.
    public let shown: String
    /// The paper's Table 3, where transfer was measured.
    public let transferScores: (near: [VariantScores], far: [VariantScores])?
    /// What was not found, and so leaves a claim undecided.
    public let missing: [String]

    /// Reads a run's folder.
    ///
    /// - Parameters:
    ///   - student: the student that distillation is judged by; nil takes the largest one
    ///   - files: the results to read, by their paths in the folder; nil for all that are there
    /// - Throws: `FileError` where the run has no trainings or a file is damaged; ``EvidenceError`` where results belong
    ///   to other weights, or there is no such student.
    public init(run folder: String, student: String? = nil, files: Set<String>? = nil) throws {
        let training: Study.Outcome = try readJSON(from: "\(folder)/results/training.json")
        let collapsed = Set(training.runs.filter(\.collapsed).map { Training($0.variant, $0.seed) })
        let digests = Digests(folder)
        var measurements = [ClaimQuantity.rocAUC: VariantMeasurements(rocAUCOf: training.runs)]
        var missing: [String] = []
        /// The contents of a file; nil, and a note, where there is none.
        func found<Value: Decodable>(_ name: String, _ command: String, _ type: Value.Type) throws -> Value? {
            let path = "\(folder)/\(name)"
            guard files?.contains(name) ?? true, FileManager.default.fileExists(atPath: path) else {
                missing.append("\(path) (goldstone \(command))")
                return nil
            }
            return try readJSON(from: path)
        }
        func measure(_ quantity: ClaimQuantity, _ values: [(Training, SeedPair.Measurement)]) {
            measurements[quantity] = VariantMeasurements(values.map { ($0.0.variant, $0.0.seed, $0.1) })
        }

        if let curvature = try found("curvature/curvature.json", "curvature", Curvatures.self) {
            for tagger in curvature.taggers {
                let name = Training(tagger.variant, tagger.seed)
                try digests.check(tagger.weights, of: name, in: "curvature/curvature.json")
            }
            let size = curvature.taggers.first { $0.variant == "unconstrained" }?.parameters
            let taggers = curvature.taggers.filter { $0.variant == "constrained" || $0.parameters == size }
                .map { (Training($0.variant, $0.seed), $0) }
            measure(
                .leadingEigenvalue,
                taggers.compactMap { name, tagger in
                    tagger.leadingEigenvalue.map {
                        (name, .init($0.value, isCollapsed: collapsed.contains(name), isConverged: $0.converged))
                    }
                })
            missing += curvature.taggers.filter { $0.leading == nil }.map(\.leadingIsUnknown)
            measure(
                .hessianTrace,
                taggers.map {
                    ($0, .init($1.trace, isCollapsed: collapsed.contains($0), isConverged: $1.traceConverged))
                })
        }
        if let modes = try found("landscape/goldstone.json", "landscape --what goldstone", Modes.self) {
            measure(
                .modeBreaking,
                try modes.models.map { model in
                    let name = Training(model.variant, model.seed)
                    try digests.check(model.digest, of: name, in: "landscape/goldstone.json")
                    // By descending eigenvalue. A negative one at the head is not ν₁: all that were found are negative.
                    let leading = model.result.first { $0.eigenvalue != nil }
                    let measure = leading.flatMap { $0.eigenvalue! > 0 ? $0.measure : nil } ?? .nan
                    return (name, .init(measure, isCollapsed: collapsed.contains(name)))
                })
        }
        if let robustness = try found("robustness/robustness.json", "robustness", Trainings<Robustness>.self) {
            measure(
                .smearingLoss,
                robustness.trainings.map { training in
                    let curve = training.result.curves.first { $0.perturbation == "smearing" }
                    return (
                        Training(training.variant, training.seed),
                        .init(curve?.areaUnderDrop.mean ?? .nan, isCollapsed: training.collapsed)
                    )
                })
        }
        var scores: (near: [VariantScores], far: [VariantScores])?
        if let transfer = try found("transfer/transfer.json", "transfer", Trainings<Transfer>.self) {
            func area(_ training: OfTraining<Transfer>, _ signal: JetClass) -> SeedPair.Measurement {
                let area = training.result.pair(signal, .gluon)?.evaluation.rocAUC.value
                return .init(area ?? .nan, isCollapsed: training.collapsed)
            }
            for (quantity, signal) in [(ClaimQuantity.nearTransferAUC, JetClass.z), (.farTransferAUC, .top)] {
                measure(quantity, transfer.trainings.map { (Training($0.variant, $0.seed), area($0, signal)) })
            }
            scores = (transfer.scores(.z), transfer.scores(.top))
        }
        if let distillation = try found("distillation/distillation.json", "distill", Distillation.self) {
            let judge = try Evidence.judge(of: distillation, named: student)
            measurements[.distillationError] = .init(distillationErrorOf: distillation, student: judge)
            measurements[.distillationEpochs] = .init(distillationEpochsOf: distillation, student: judge)
        }
        self.measurements = measurements
        self.missing = missing
        transferScores = scores
        shown = "\(training.jets), \(training.data.testJets) test jets; \(training.network); study \(training.study)"
    }

    /// The pairs that the claims are about: `unconstrained` and `constrained`.
    public var quantities: [ClaimQuantity: [SeedPair]] { measurements.mapValues { $0.pairs() } }

    /// Writes the verdicts (`results/claims.json`, `claims.md`, `claims.tex`, `figures/claims`) into a run's folder, what the other
    /// variants say (``VariantEffects``) where there are any, and the paper's Table 3 where transfer was measured
    /// (`transfer.md`, `transfer.tex`).
    ///
    /// - Throws: `FileError`.
    public func write(to folder: String) throws -> Findings {
        let verdicts = ClaimVerdicts(quantities)
        let warnings = try verdicts.write(to: folder, showing: shown)
        var findings = Findings(
            tables: [
                verdicts.table(showing: shown), verdicts.quantityTable(showing: shown),
                verdicts.seedTable(showing: shown),
            ], figures: ["figures/claims"].filter { FileManager.default.fileExists(atPath: "\(folder)/\($0).vl.json") },
            warnings: warnings + missing.map { "not measured: \($0)" })
        if let effects = VariantEffects(measurements, showing: shown) {
            let found = try effects.write(to: folder)
            findings.tables += found.tables
            findings.figures += found.figures
            findings.warnings += found.warnings
        }
        if let (near, far) = transferScores {
            let table = PaperTables.transfer(near: near, far: far, showing: shown)
            try Findings.write([table], to: "\(folder)/transfer")
            findings.tables.append(table)
        }
        return findings
    }

    /// The student named, or the largest.
    static func judge(of distillation: Distillation, named name: String?) throws(EvidenceError) -> String {
        let students = distillation.teachers.flatMap(\.students)
        guard let name else { return students.max { $0.parameters < $1.parameters }?.student ?? "" }
        guard students.contains(where: { $0.student == name }) else {
            let known = students.map(\.student).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            throw .noSuchStudent(name: name, students: known)
        }
        return name
    }
}

/// A training by its name.
private struct Training: Hashable {
    let variant: String
    let seed: UInt64

    init(_ variant: String, _ seed: UInt64) {
        self.variant = variant
        self.seed = seed
    }
}

/// The digests of a run's weights.
private struct Digests {
    let folder: String

    init(_ folder: String) { self.folder = folder }

    /// Whether a result is of the weights that are in the run's folder now.
    func check(_ digest: String, of training: Training, in file: String) throws {
        let path = "\(folder)/\(training.variant)/seed-\(training.seed)/weights.safetensors"
        guard try TrainedTagger(contentsOf: path).digest == digest else {
            throw EvidenceError.otherWeights(file: "\(folder)/\(file)", weights: path)
        }
    }
}

// What is read of the commands' files.
private struct Curvatures: Decodable { let taggers: [TaggerCurvature] }
private struct Trainings<Result: Codable & Sendable>: Decodable { let trainings: [OfTraining<Result>] }
private struct Modes: Decodable {
    let models: [Model]

    struct Model: Decodable {
        let variant: String
        let seed: UInt64
        let digest: String
        let result: [GoldstoneMode]
    }
}

extension Trainings where Result == Transfer {
    /// Every seed's accuracy and ROC-AUC on a class against gluons, by variant.
    fileprivate func scores(_ signal: JetClass) -> [VariantScores] {
        let names = trainings.map(\.variant).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return names.map { name in
            VariantScores(
                variant: name,
                scores: trainings.filter { $0.variant == name }.compactMap { training in
                    training.result.pair(signal, .gluon).map {
                        SeedScore(seed: training.seed, $0.evaluation, isCollapsed: training.collapsed)
                    }
                })
        }
    }
}

/// What can be wrong with a run's evidence.
public enum EvidenceError: Error, CustomStringConvertible, Equatable {
    case otherWeights(file: String, weights: String)
    case noSuchStudent(name: String, students: [String])

    public var description: String {
        switch self {
        case .otherWeights(let file, let weights):
            "\(file) was measured of other weights than those in \(weights): run the command again that wrote it"
        case .noSuchStudent(let name, let students):
            "there is no student `\(name)`; the students are \(students.joined(separator: ", "))"
                + (nearestName(to: name, in: students).map { "; the nearest is `\($0)`" } ?? "")
        }
    }
}
