import Foundation
import Statistics
import Studies
import Support
import Testing

struct StudyClaimsTests {
    /// A training's record as `result.json` has it, read from JSON.
    private func run(
        _ variant: String, seed: Int, area: Double, bestEpoch: Int = 3, collapsed: Bool = false
    ) throws -> TaggerRun {
        let jets = try ScoredJets(scores: [1, 2, 0, -1], isSignal: [true, true, false, false])
        let evaluation = String(decoding: try json(Evaluation(jets)), as: UTF8.self)
        let epoch = """
            {"epoch": 1, "trainingTerms": [1], "training": 1, "validationTerms": [1], "validation": 1, \
            "gradientNorm": 1, "learningRate": 1}
            """
        let text = """
            {"variant": "\(variant)", "seed": \(seed), "collapsed": \(collapsed), "validation": \(evaluation),
             "test": \(evaluation.replacing(#/("rocAUC" : \{[^}]*"value" : )[0-9.]+/#) { "\($0.output.1)\(area)" }),
             "history": {"terms": [], "epochs": [\(Array(repeating: epoch, count: 4).joined(separator: ","))],
              "bestEpoch": \(bestEpoch), "bestValidation": 1, "stoppedEarly": false}}
            """
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(TaggerRun.self, from: Data(text.utf8))
    }

    @Test func `Trainings are paired by their seed, and flagged`() throws {
        let runs = try [
            run("constrained", seed: 2, area: 0.91, collapsed: true), run("unconstrained", seed: 2, area: 0.92),
            run("unconstrained", seed: 1, area: 0.93, bestEpoch: 4), run("constrained", seed: 1, area: 0.94),
            run("unconstrained", seed: 3, area: 0.95), run("augmentation", seed: 3, area: 0.96),
        ]
        let pairs = VariantMeasurements(rocAUCOf: runs).pairs()
        #expect(pairs.map(\.seed) == [1, 2])
        #expect(pairs[0].unconstrained == .init(0.93, isConverged: false) && pairs[0].constrained == .init(0.94))
        #expect(pairs[1].constrained == .init(0.91, isCollapsed: true))
        #expect(VariantMeasurements(rocAUCOf: Array(runs.suffix(2))).pairs().isEmpty)
    }
}
