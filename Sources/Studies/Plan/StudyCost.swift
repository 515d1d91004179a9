import Curvature
import Foundation
import Networks
import Objectives
import Report
import Support
import Torch
import Training

/// What a study's steps will cost, from a short calibration: passes, gradients and Hessian products of some jets are timed
/// at weights before training, and steps are counted in them. Where the number of iterations shows only on the way
/// (eigenpairs, traces) a usual one is taken, so expect a factor of two.
struct StudyCost {
    /// Seconds a jet.
    private struct Rates {
        let pass: Double, gradient: Double
    }

    private let settings: StudySettings
    private let jets: StudyData.Summary
    private let variants: [String: Rates]
    private let students: [String: Rates]
    /// Of the study's network: seconds a jet of a Hessian product on a kept graph, and bytes of that graph.
    private let product: Double, graphBytes: Int
    /// Seconds of a jet's pass through the landscape's terms.
    private let landscapePass: Double
    private let taggers: Int

    /// Calibrates. Cost: a few seconds.
    ///
    /// - Throws: `CurvatureError`, ``UnknownTerm``.
    init(_ settings: StudySettings, _ data: StudyData, _ reducer: Reducer) throws {
        self.settings = settings
        jets = data.summary
        taggers = settings.trainings.count
        let samples = Array(0..<min(data.training.count, max(64, 32 * reducer.threads)))
        func seconds(_ work: () -> Void) -> Double {
            // The first time, memory is taken from the system.
            work()
            let start = Date()
            work()
            return -start.timeIntervalSinceNow / Double(samples.count)
        }
        func rates(_ objective: some Objective, _ theta: Tensor, _ training: TrainingSettings) -> Rates {
            let mode = EvaluationMode(trainingEpoch: 1, usesBFloat16: training.precision == .bfloat16)
            let accumulator = Accumulator(count: objective.parameters.count)
            return Rates(
                pass: seconds { _ = reducer.value(objective, at: theta, samples: samples) },
                gradient: seconds {
                    _ = reducer.gradient(objective, at: theta, samples: samples, mode, into: accumulator)
                })
        }
        func objective(_ network: TaggerNetwork, _ terms: [TermDescription]) throws -> some Objective {
            TaggingObjective(
                network: network, data: data.training,
                terms: try terms.map { term in
                    guard let made = Terms.make(term.name, settings.symmetry) else {
                        throw UnknownTerm(name: term.name)
                    }
                    return WeightedTerm(made, weight: term.weight)
                }, seed: 1)
        }
        let bce = [TermDescription(name: "bce", weight: 1)]
        var variants: [String: Rates] = [:], students: [String: Rates] = [:]
        for variant in settings.variants {
            let network = TaggerNetwork(settings.network(of: variant))
            variants[variant.name] = rates(
                try objective(network, variant.terms), network.initialParameters(seed: 1), settings.training)
        }
        for student in settings.distillation.students {
            let network = TaggerNetwork(student.network)
            students[student.name] = rates(
                try objective(network, bce), network.initialParameters(seed: 1),
                settings.distillation.training)
        }
        self.variants = variants
        self.students = students
        let network = TaggerNetwork.transformer(JetTransformer(settings.network))
        let theta = network.initialParameters(seed: 1)
        let own = try objective(network, settings.landscape.terms)
        landscapePass = seconds { _ = reducer.value(own, at: theta, samples: samples) }
        let hessian = HessianOperator(
            of: try objective(network, bce), at: theta, samples: samples, reducer: reducer,
            memory: HessianOperator.defaultMemory)
        let vector = Tensor(RandomStream(seed: 1, purpose: "calibration").signs(hessian.dimension))
        product = seconds { _ = hessian.product(vector) }
        graphBytes = (hessian.graphBytes ?? 0) / min(reducer.sliceSize, samples.count)
    }

    /// Seconds that a step will take.
    func seconds(_ step: StudyStep) -> Double {
        let name = settings.trainings.map { TrainingName($0.variant.name, $0.seed) }.first { $0.path == step.part }
        let test = Double(jets.testJets), all = test + Double(jets.trainingJets + jets.validationJets)
        let rates = name.flatMap { variants[$0.variant] } ?? Rates(pass: 0, gradient: 0)
        switch (step.kind, name) {
        case (.training, .some):
            let epoch = Double(jets.trainingJets) * rates.gradient + Double(jets.validationJets) * rates.pass
            return Double(settings.training.epochs) * epoch + test * rates.pass
        case (.curvature, .some): return curvature
        case (.invariance, .some): return Double(settings.invariance.speeds.count + 1) * test * rates.pass
        case (.robustness, .some): return Double(Robustness.passes(settings.robustness)) * test * rates.pass
        // Other classes have as many jets each as the two of the study.
        case (.transfer, .some): return 2.5 * test * rates.pass
        case (.distillation, .some):
            let own = settings.distillation
            let epoch = own.students.reduce(0) { sum, student in
                let rates = students[student.name]!
                return sum + Double(jets.trainingJets) * rates.gradient + all * rates.pass
            }
            return Double(own.seeds.count * own.training.epochs) * epoch
        case (.landscape, _): return landscape(LandscapePart(rawValue: step.part ?? "") ?? .curve, step.joins.count)
        case (.statistics, _):
            // See ``ScoreComparison``.
            return 6e-9 * test * Double(taggers * settings.statistics.resamples) + StudyCost.drawing
        case (.jets, _): return 2e-5 * all
        default: return StudyCost.drawing
        }
    }

    /// Bytes that a step will take at the most, beside what the program itself does.
    func memory(_ step: StudyStep) -> Int {
        // All jets and their parts, while they are divided, with the tensors; no more than the limit, beyond which they lie
        // in files, and then what names and orders take.
        let all = jets.trainingJets + jets.validationJets + jets.testJets, slots = settings.data.constituents
        let held = min(all * (2 * (16 * slots + 53) + slots + 20), settings.data.storage().limit) + 40 * all
        guard step.kind == .curvature || step.kind == .landscape else { return held }
        let kept = min(settings.curvature.jets, jets.testJets) * graphBytes
        return held + min(kept, HessianOperator.defaultMemory)
    }

    private static let drawing = 4.0

    private var curvature: Double {
        let own = settings.curvature
        let pairs = min(own.maximumProducts, 12 * own.eigenpairs),
            trace = min(own.trace.maximumProducts, 100)
        let products = 3 + pairs + trace + own.density.probes * own.density.steps
        return Double(min(own.jets, jets.testJets)) * Double(products) * product
    }

    private func landscape(_ part: LandscapePart, _ subjects: Int) -> Double {
        let own = settings.landscape, used = Double(min(own.jets, jets.testJets)), views = Double(1 + own.boosts)
        let rates = variants[settings.variants[0].name]!
        let directions = settings.curvature.eigenpairs
        let one =
            switch part {
            case .curve: used * Double(own.curves * own.curvePoints) * landscapePass
            case .plane, .randomPlane: used * Double(own.planePoints * own.planePoints) * landscapePass
            case .ratio: used * Double(own.curvePoints) * views * rates.pass
            case .goldstone: used * Double(directions + own.randomDirections) * views * rates.gradient
            case .margins: used * (rates.gradient + Double(2 * own.flipSteps * directions) * rates.pass)
            case .jacobians:
                Double(own.jacobianJets * settings.network.layers * settings.data.constituents * settings.network.width)
                    * rates.gradient / 3
            case .flatness: 2 * used * Double(settings.network.head.last ?? 1) * product
            }
        return one * Double(subjects) + StudyCost.drawing
    }
}

extension Study {
    /// What a run would do, with about how long it would take and how much memory, by kinds of steps. Reads the jets and
    /// calibrates; writes nothing.
    ///
    /// - Throws: as ``run(only:log:)`` before it begins.
    public func forecast(log: @escaping @Sendable (String) -> Void) throws -> Table {
        let plan = try plan(), states = plan.states(), data = try StudyData(settings.data, log: log)
        log("calibrating")
        let cost = try StudyCost(settings, data, Reducer(threads: threads))
        let kinds = StudyStep.Kind.allCases.filter { kind in plan.steps.contains { $0.kind == kind } }
        var total = 0.0, most = 0
        let rows = kinds.map { kind -> [Table.Cell] in
            let own = states.filter { $0.step.kind == kind }, missing = own.filter { $0.state != .done }
            let seconds = missing.reduce(0) { $0 + cost.seconds($1.step) }
            let memory = missing.map { cost.memory($0.step) }.max() ?? 0
            total += seconds
            most = max(most, memory)
            return [
                .text(kind.rawValue), .count(own.count), .count(missing.count), .text(ProgressLine.duration(seconds)),
                .text(StudyCost.gigabytes(memory)),
            ]
        }
        let sum: [Table.Cell] = [
            .text("all"), .count(states.count), .count(states.count { $0.state != .done }),
            .text(ProgressLine.duration(total)), .text(StudyCost.gigabytes(most)),
        ]
        return Table(
            caption:
                "What `goldstone study` would do in \(folder), on \(threads) threads: times from a short calibration, "
                + "memory beside the program's own 0.3 GB.",
            label: "forecast", columns: ["step", "steps", "to do", "about", "memory"].map { .init($0) },
            rows: rows + [sum])
    }
}

extension StudyCost {
    fileprivate static func gigabytes(_ bytes: Int) -> String { String(format: "%.2f GB", Double(bytes) / 1e9) }
}
