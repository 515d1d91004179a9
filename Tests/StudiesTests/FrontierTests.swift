import Foundation
import Report
import Studies
import Support
import Testing

/// Accuracy against simplicity, on invented results.
struct FrontierTests {
    /// A run's folder with results of a sweep, two controls, a hard-invariant network and two variants that are no part.
    private struct Run {
        let scratch = Scratch()
        var folder: String { scratch.folder }

        /// Trainings: variant, seed, ROC-AUC, score change, λ₁, trace.
        static let values: [(String, Int, Double, Double, Double, Double)] = [
            ("unconstrained", 1, 0.94, 2e-2, 8, 80), ("unconstrained", 2, 0.95, 4e-2, 10, 100),
            ("group-10", 1, 0.90, 1e-4, 1, 10), ("group-0.01", 1, 0.945, 1e-2, 7, 70),
            ("augmentation", 1, 0.93, 2e-3, 5, 50), ("rescaling", 1, 0.92, 3e-2, 6, 60),
            ("invariant", 1, 0.91, 1e-13, 3, 30), ("flat", 1, 0.8, 1, 1, 1), ("both", 1, 0.8, 1, 1, 1),
            ("unconstrained", 3, 0.5, 0, 0, 0),
        ]

        init() throws {
            try write(
                """
                name: invented
                network: {width: 8, heads: 2}
                seeds: [1, 2, 3]
                variants:
                  - {name: unconstrained}
                  - {name: group-10, terms: {bce: 1, group: 10}, seeds: [1]}
                  - {name: group-0.01, terms: {bce: 1, group: 0.01}, seeds: [1]}
                  - {name: augmentation, terms: {augmentation: 1}, seeds: [1]}
                  - {name: rescaling, terms: {bce: 1, rescaling: 0.1}, seeds: [1]}
                  - {name: invariant, network: {kind: invariant}, seeds: [1]}
                  - {name: flat, network: {skipConnections: false}, seeds: [1]}
                  - {name: both, terms: {bce: 1, group: 1, infinitesimal: 1}, seeds: [1]}
                """, "study.yaml")
            let runs = Run.values.map { variant, seed, area, _, _, _ in
                """
                {"variant": "\(variant)", "seed": \(seed), "collapsed": \(area == 0.5),
                 "test": {"rocAUC": {"value": \(area)}}}
                """
            }
            try write(
                """
                {"study": "invented", "network": "small", "jets": "W against gluon", "data": {"testJets": 1000},
                 "runs": [\(runs.joined(separator: ","))]}
                """, "results/training.json")
        }

        func write(_ text: String, _ name: String) throws {
            try writeAtomically(Data(text.utf8), to: scratch.path(name))
        }

        /// The results of `invariance` and `curvature`.
        func measure() throws {
            let changes = Run.values.map { variant, seed, _, change, _, _ in
                """
                {"variant": "\(variant)", "seed": \(seed), "result": {"points": [
                  {"speed": 0, "meanSquaredScoreChange": {"value": 0}},
                  {"speed": 0.95, "meanSquaredScoreChange": {"value": \(change)}}]}}
                """
            }
            try write("{\"trainings\": [\(changes.joined(separator: ","))]}", "invariance/invariance.json")
            let curvatures = Run.values.map { variant, seed, _, _, eigenvalue, trace in
                """
                {"variant": "\(variant)", "seed": \(seed), "eigenvalues": [\(eigenvalue), -1],
                 "converged": [\(variant != "rescaling"), true], "trace": \(trace), "traceConverged": true}
                """
            }
            try write("{\"taggers\": [\(curvatures.joined(separator: ","))]}", "curvature/curvature.json")
        }
    }

    private func frontier() throws -> Frontier {
        let run = try Run()
        try run.measure()
        return try Frontier(run: run.folder)
    }

    @Test func `Variants are told apart by their terms and networks`() throws {
        let points = try frontier().points
        #expect(
            points.map(\.variant)
                == Array(
                    Run.values.map(\.0).reduce(into: [String]()) {
                        if !$0.contains($1) { $0.append($1) }
                    }.prefix(6)))
        #expect(points.map(\.arm) == [.unconstrained, .soft, .soft, .control, .control, .hard])
        #expect(points.map(\.term) == [nil, "group", "group", nil, "rescaling", nil])
        #expect(points.map(\.weight) == [0, 10, 0.01, nil, 0.1, nil])
        let notes = try frontier().notes
        #expect(notes.contains { $0.hasPrefix("flat has another network") })
        #expect(notes.contains { $0.hasPrefix("both is not cross-entropy and one term more") })
    }

    @Test func `Values are means over seeds with their deviation, without collapsed ones`() throws {
        let frontier = try frontier(), first = frontier.points[0], single = frontier.points[1]
        #expect(first.rocAUC?.seeds == [1, 2] && first.rocAUC?.values == [0.94, 0.95])
        #expect(
            abs(first.rocAUC!.mean - 0.945) < 1e-12 && abs(first.rocAUC!.deviation! - 0.01 / 2.0.squareRoot()) < 1e-12)
        #expect(abs(first.scoreChange!.mean - 0.03) < 1e-12 && first.leadingEigenvalue?.mean == 9)
        #expect(first.trace?.mean == 90 && first.distillationError == nil)
        #expect(single.scoreChange?.mean == 1e-4 && single.scoreChange?.deviation == nil)
        #expect(frontier.notes.contains("unconstrained, seed 3 has collapsed to a constant output, and is left out"))
        #expect(frontier.notes.contains("rescaling, seed 1: the curvature is not as precise as was asked for"))
        #expect(frontier.missing.count == 1 && frontier.missing[0].hasSuffix("distillation/distillation.json"))
        #expect(frontier.shown == "W against gluon, 1000 test jets; small; study invented")
    }

    @Test func `Distillation counts by its largest student, or the one that is named`() throws {
        let run = try Run()
        func teacher(_ variant: String, _ small: [Double], _ large: Double) -> DistilledTeacher {
            DistillationResultTests.teacher(
                variant, 1,
                small.enumerated().map { DistillationResultTests.run("small", seed: UInt64($0), relative: [0.9, $1]) }
                    + [DistillationResultTests.run("large", relative: [large], parameters: 50_000)])
        }
        let distillation = try DistillationResultTests.distillation([
            teacher("unconstrained", [0.4, 0.1], 0.3), teacher("group-10", [0.2, 0.2], 0.1),
        ])
        try writeJSON(distillation, to: run.scratch.path("distillation/distillation.json"))
        let largest = try Frontier(run: run.folder)
        #expect(largest.student == "large" && abs(largest.points[1].distillationError!.mean - 0.1) < 1e-12)
        let small = try Frontier(run: run.folder, student: "small")
        // The geometric mean over the student's seeds.
        #expect(abs(small.points[0].distillationError!.mean - 0.2) < 1e-12)
        #expect(small.points[2].distillationError == nil)
        #expect(throws: EvidenceError.self) { try Frontier(run: run.folder, student: "none") }
    }

    @Test func `A run with trainings alone has their ROC-AUC; one without is an error`() throws {
        let run = try Run()
        let frontier = try Frontier(run: run.folder)
        #expect(frontier.missing.count == 3 && frontier.points[1].rocAUC?.mean == 0.9)
        #expect(frontier.points[1].trace == nil)
        #expect(throws: FileError.self) { try Frontier(run: run.scratch.path("none")) }
        try run.write("{\"taggers\": 3}", "curvature/curvature.json")
        #expect(throws: FileError.self) { try Frontier(run: run.folder) }
    }

    @Test func `The table has a row a variant and a column for what was measured`() throws {
        let table = try frontier().table
        #expect(
            table.columns.map(\.title) == [
                "variant", "arm", "term", "λ", "seeds", "ROC-AUC", "(Δscore)²", "λ₁", "trace",
            ])
        #expect(table.rows.count == 6)
        #expect(table.rows[0][4] == .count(2) && table.rows[5][1] == .text("hard"))
        guard case .measured(let mean, _) = table.rows[0][5] else {
            Issue.record("no error over seeds")
            return
        }
        #expect(abs(mean - 0.945) < 1e-12)
        #expect(table.rows[1][5] == .number(0.9))
    }

    @Test func `Results and figures are written, with λ = 0 at the left edge and the rest apart`() throws {
        let scratch = Scratch(), frontier = try frontier()
        _ = try frontier.write(to: scratch.folder)
        let again: Frontier = try readJSON(from: scratch.path("frontier.json"))
        #expect(again.points == frontier.points)
        for name in ["frontier.md", "frontier.tex", "frontier.vl.json", "frontier-weights.vl.json"] {
            #expect(FileManager.default.fileExists(atPath: scratch.path(name)), "\(name)")
        }
        let text = String(
            decoding: try Data(contentsOf: URL(filePath: scratch.path("frontier-weights.vl.json"))), as: UTF8.self)
        #expect(text.contains("'no λ'") && text.contains("? '0' :"))
        #expect(text.contains("group") && text.contains("rescaling (control)") && text.contains("invariant (hard)"))
        // Without a penalty of a symmetry there is no frontier to draw.
        let none = Frontier(shown: "", points: [.init(variant: "a", arm: .unconstrained, term: nil, weight: 0)])
        #expect(none.figures.isEmpty)
    }
}
