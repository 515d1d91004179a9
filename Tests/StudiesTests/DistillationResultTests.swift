import Foundation
import Networks
import Statistics
import Studies
import Support
import Testing

/// What is made of results, on invented ones.
struct DistillationResultTests {
    static let evaluation: Evaluation = {
        let isSignal = (0..<200).map { $0 % 2 == 0 }
        let scores = isSignal.enumerated().map { index, signal in (signal ? 2.0 : -2.0) + Double(index % 7) - 3 }
        return try! Evaluation(try! ScoredJets(scores: scores, isSignal: isSignal))
    }()

    static func run(
        _ student: String = "mlp-8", seed: UInt64 = 1, relative: [Double], threshold: Double = 0.1,
        parameters: Int = 6817, kind: TaggerNetwork.Kind = .mlp
    ) -> StudentRun {
        let epochs = relative.enumerated().map { epoch, value in
            func distance(_ factor: Double) -> StudentRun.Distance {
                .init(meanSquaredError: value * factor * 4, logitVariance: 4)
            }
            return StudentRun.Epoch(
                epoch: epoch + 1, training: distance(0.5), validation: distance(0.9), test: distance(1))
        }
        return StudentRun(
            student: student, network: "invented", kind: kind, parameters: parameters, seed: seed, epochs: epochs,
            bestEpoch: relative.count, test: evaluation, agreement: Agreement([1, 2, -1], [2, 1, 1]),
            threshold: threshold)
    }

    static func teacher(
        _ variant: String, _ seed: UInt64, collapsed: Bool = false, _ students: [StudentRun]
    ) -> DistilledTeacher {
        DistilledTeacher(
            variant: variant, seed: seed, network: "invented teacher", parameters: 1000, collapsed: collapsed,
            logitVariance: .init(training: 4, validation: 4, test: 4), test: evaluation, students: students)
    }

    static func distillation(_ teachers: [DistilledTeacher]) throws -> Distillation {
        let summary = """
            {"fingerprint": {"sha256": "0", "jets": 3, "files": []}, "trainingJets": 1, "validationJets": 1, "testJets": 1}
            """
        return Distillation(
            jets: "W against gluon", data: try JSONDecoder().decode(StudyData.Summary.self, from: Data(summary.utf8)),
            settings: DistillationSettings(), teachers: teachers)
    }

    @Test func `Errors are relative to the variance of the teacher's logits`() {
        let distance = StudentRun.Distance(meanSquaredError: 3, logitVariance: 12)
        #expect(distance.relative == 0.25 && distance.meanSquaredError == 3)
    }

    /// Relative errors by epoch, a threshold, and the epochs to it.
    static let counts: [([Double], Double, Double?)] = [
        ([0.8, 0.4, 0.2, 0.1, 0.05], 0.1, 4), ([0.8, 0.2, 0.05], 0.1, 2.5), ([0.09, 0.01], 0.1, 1),
        ([0.9, 0.5, 0.3], 0.1, nil), ([0.4, 0.05, 0.2, 0.01], 0.2, 1 + log(2.0) / log(8.0)), ([0.5, 0], 0.1, 2),
        ([], 0.1, nil),
    ]

    @Test(arguments: counts)
    func `Epochs are counted to where the error first falls to the threshold`(
        _ relative: [Double], _ threshold: Double, _ expected: Double?
    ) {
        let found = DistillationResultTests.run(relative: relative, threshold: threshold).epochsToThreshold
        switch (found, expected) {
        case (nil, nil): break
        case (let found?, let expected?): #expect(abs(found - expected) < 1e-12)
        default: Issue.record("\(String(describing: found)) epochs")
        }
    }

    @Test func `Agreement is that of decisions and of logits`() {
        let a = [2.0, -1, 0.5, -3, 4, -0.5], b = [1.0, -2, -0.5, -1, 5, 0.5]
        let agreement = Agreement(a, b)
        #expect(agreement.decisions.value == 4.0 / 6)
        let meanA = 2.0 / 6, meanB = 3.0 / 6
        var products = 0.0, squaresA = 0.0, squaresB = 0.0
        for (x, y) in zip(a, b) {
            products += (x - meanA) * (y - meanB)
            squaresA += (x - meanA) * (x - meanA)
            squaresB += (y - meanB) * (y - meanB)
        }
        #expect(abs(agreement.correlation - products / (squaresA * squaresB).squareRoot()) < 1e-12)
        #expect(abs(Agreement(a, a.map { 3 - 2 * $0 }).correlation + 1) < 1e-12)
        #expect(Agreement(a, a.map { _ in 1 }).correlation.isNaN)
    }

    @Test func `Averages are over teachers, each the mean of its students`() throws {
        let of = DistillationResultTests.self
        let distillation = try of.distillation([
            of.teacher("a", 1, [of.run(seed: 1, relative: [0.4, 0.1]), of.run(seed: 2, relative: [0.4, 0.3])]),
            of.teacher("a", 2, [of.run(seed: 1, relative: [0.4, 0.4]), of.run(seed: 2, relative: [0.4, 0.8])]),
            of.teacher("a", 3, collapsed: true, [of.run(seed: 1, relative: [0.4, 9])]),
            of.teacher("b", 1, [of.run(seed: 1, relative: [0.2, 0.1]), of.run(seed: 2, relative: [0.2, 0.05])]),
        ])
        let quantity = { (run: StudentRun) in run.epochs.last?.test.relative }
        let a = try #require(distillation.average(of: "mlp-8", variant: "a", quantity))
        #expect(abs(a.mean - 0.4) < 1e-12 && abs(a.deviation! - 0.4 / 2.0.squareRoot()) < 1e-12)
        // One teacher: the deviation is that of its students.
        let b = try #require(distillation.average(of: "mlp-8", variant: "b", quantity))
        #expect(abs(b.mean - 0.075) < 1e-12 && abs(b.deviation! - 0.05 / 2.0.squareRoot()) < 1e-12)
        #expect(distillation.variants == ["a", "b"])
        #expect(
            distillation.warnings == [
                "a, seed 3 has collapsed to a constant output: it has nothing to teach, and is in no average"
            ])
        // Teacher 1's second student never comes to 0.1: its variant has no mean number of epochs.
        #expect(distillation.average(of: "mlp-8", variant: "a", \.epochsToThreshold) == nil)
        #expect(distillation.average(of: "nobody", variant: "a", quantity) == nil)
    }

    @Test func `Variants are paired by their teachers' seeds, students averaged`() throws {
        let of = DistillationResultTests.self
        let distillation = try of.distillation([
            of.teacher(
                "unconstrained", 1, [of.run(seed: 1, relative: [0.4, 0.1]), of.run(seed: 2, relative: [0.4, 0.3])]),
            of.teacher("unconstrained", 2, [of.run(relative: [0.4, 0.2])]),
            of.teacher("unconstrained", 3, [of.run(relative: [0.4, 0.2])]),
            of.teacher("constrained", 2, collapsed: true, [of.run(relative: [0.4, 0.05])]),
            of.teacher(
                "constrained", 1, [of.run(seed: 1, relative: [0.05, 0.2]), of.run(seed: 2, relative: [0.2, 0.05])]),
        ])
        let errors = VariantMeasurements(distillationErrorOf: distillation, student: "mlp-8").pairs()
        #expect(errors.map(\.seed) == [1, 2])
        #expect(abs(errors[0].unconstrained.value - 0.03.squareRoot()) < 1e-12)
        #expect(abs(errors[0].constrained.value - 0.1) < 1e-12)
        #expect(errors[1].constrained.isCollapsed && !errors[1].unconstrained.isCollapsed)
        let epochs = VariantMeasurements(distillationEpochsOf: distillation, student: "mlp-8").pairs()
        // One of two unconstrained students never came to 0.1 in two epochs.
        #expect(epochs[0].unconstrained.isLowerBound && !epochs[0].constrained.isLowerBound)
        #expect(abs(epochs[0].unconstrained.value - 2) < 1e-12)
        #expect(abs(epochs[0].constrained.value - 1.5.squareRoot()) < 1e-12)
        #expect(VariantMeasurements(distillationErrorOf: distillation, student: "nobody").pairs().isEmpty)
    }

    @Test func `There is a row and a curve for each variant and student, none for a collapsed teacher`() throws {
        let of = DistillationResultTests.self
        let runs = [
            of.run("paper", relative: [0.4, 0.02], parameters: 487_665, kind: .transformer),
            of.run("transformer-16", relative: [0.4, 0.2], parameters: 2113, kind: .transformer),
            of.run("mlp-8", relative: [0.4, 0.3]),
        ]
        let distillation = try of.distillation([
            of.teacher("unconstrained", 1, runs), of.teacher("constrained", 1, runs),
            of.teacher("collapsed", 1, collapsed: true, runs),
        ])
        #expect(distillation.table.rows.count == 6)
        #expect(
            distillation.figures.map(\.name) == [
                "distillation-paper", "distillation-transformer-16", "distillation-mlp-8", "compressibility",
            ])
        for figure in distillation.figures {
            let text = String(decoding: try JSONEncoder().encode(figure.specification), as: UTF8.self)
            #expect(text.contains("unconstrained") && !text.contains("\"collapsed\""))
        }
        let curve = String(decoding: try JSONEncoder().encode(distillation.figures[3].specification), as: UTF8.self)
        #expect(curve.contains("487665") && curve.contains("2113") && curve.contains("0.02"))
    }

    @Test func `Results are read as they were written`() throws {
        let of = DistillationResultTests.self
        let written = try of.distillation([of.teacher("a", 1, [of.run(relative: [0.4, 0.05])])])
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try writeJSON(written, to: path)
        let read: Distillation = try readJSON(from: path)
        #expect(read.teachers[0].students == written.teachers[0].students)
    }
}
