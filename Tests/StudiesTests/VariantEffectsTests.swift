import Foundation
import Report
import Statistics
import Studies
import Support
import Testing

struct VariantEffectsTests {
    private func measured(_ values: [(String, [Double])]) -> VariantMeasurements {
        VariantMeasurements(
            values.flatMap { variant, values in
                values.enumerated().map { (variant, UInt64($0 + 1), SeedPair.Measurement($1)) }
            })
    }

    @Test func `A control stands beside both, by ratio or by difference, over the seeds that they share`() throws {
        let effects = try #require(
            VariantEffects(
                [
                    .leadingEigenvalue: measured([
                        ("unconstrained", [100, 200, 50]), ("constrained", [50, 80, 25]), ("control", [90, 160]),
                    ]),
                    .rocAUC: measured([
                        ("unconstrained", [0.9, 0.8]), ("constrained", [0.85, 0.81]), ("control", [0.92]),
                    ]),
                ], showing: "here"))
        #expect(effects.rows.map(\.quantity) == [.rocAUC, .rocAUC, .leadingEigenvalue, .leadingEigenvalue])
        #expect(effects.rows.map(\.variant) == ["constrained", "control", "constrained", "control"])
        let single = effects.rows[1]
        #expect(abs(single.effect.mean - 0.02) < 1e-12 && single.effect.interval == nil && single.effect.pValue == nil)
        #expect(abs(try #require(single.constrainedBeside).mean + 0.07) < 1e-12)

        let control = effects.rows[3], logs = [log(0.9), log(0.8)]
        #expect(control.effect.values.map { ($0 * 1e9).rounded() / 1e9 } == [0.9, 0.8])
        #expect(abs(control.effect.mean - exp((logs[0] + logs[1]) / 2)) < 1e-12)
        // t for one degree of freedom: 12.7062 standard errors, s/√2 = |a − b|/2.
        let half = 12.706204736 * abs(logs[0] - logs[1]) / 2
        let interval = try #require(control.effect.interval)
        #expect(abs(log(interval.upper) - (logs[0] + logs[1]) / 2 - half) < 1e-8)
        #expect(interval.confidence == 0.95)
        #expect(control.effect.signFlipPValue == 0.5)
        let beside = try #require(control.constrainedBeside)
        #expect(abs(beside.values[0] - 50.0 / 90) < 1e-12 && abs(beside.values[1] - 0.5) < 1e-12)
        #expect(effects.rows[2].constrainedBeside == nil && effects.rows[2].effect.values.count == 3)
    }

    @Test func `There is nothing to say of the paper's two variants alone, nor of collapsed seeds`() {
        let pair = [("unconstrained", [0.9, 0.8]), ("constrained", [0.85, 0.81])]
        #expect(VariantEffects([.rocAUC: measured(pair)], showing: "here") == nil)
        let collapsed = VariantMeasurements([
            ("unconstrained", 1, .init(0.9)), ("constrained", 1, .init(0.9)),
            ("control", 1, .init(0.5, isCollapsed: true)),
        ])
        #expect(VariantEffects([.rocAUC: collapsed], showing: "here") == nil)
    }

    @Test func `The figure has a panel for each quantity that another variant has`() throws {
        let effects = try #require(
            VariantEffects(
                [
                    .rocAUC: measured([
                        ("unconstrained", [0.9, 0.8]), ("constrained", [0.85, 0.81]), ("control", [0.92]),
                    ]),
                    .smearingLoss: measured([("unconstrained", [0.1, 0.2]), ("constrained", [0.1, 0.3])]),
                ], showing: "here"))
        #expect(effects.table.rows.count == 3)
        let text = String(decoding: try JSONEncoder().encode(effects.figure.specification), as: UTF8.self)
        #expect(text.contains("control") && text.contains("ROC-AUC in distribution") && !text.contains("AUC drop"))
    }

    @Test func `The first of two measurements of one training counts`() {
        let twice = VariantMeasurements([
            ("b", 1, .init(1)), ("b", 1, .init(2)), ("a", 1, .init(3)), ("a", 2, .init(4)),
        ])
        #expect(twice.variants == ["b", "a"] && twice["b"][1] == .init(1) && twice["c"].isEmpty)
        #expect(twice.pairs(of: "a", and: "b") == [SeedPair(seed: 1, unconstrained: .init(3), constrained: .init(1))])
    }
}
