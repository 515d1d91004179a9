import Foundation
import Statistics
import Studies
import Support
import Testing

/// Means over seeds, tables and figures, of invented results.
struct VariantRobustnessTests {
    /// A tagger whose area falls by `slope` a unit of strength, with draws `spread` apart.
    static func training(
        _ variant: String, _ seed: UInt64, slope: Double, spread: Double = 0.01, collapsed: Bool = false
    ) throws -> OfTraining<Robustness> {
        // Results are only made by measuring; a file is the way to invent some.
        let plain = try Evaluation(
            ScoredJets(scores: [1, 2, 0, -1, 1.5, -2], isSignal: [true, true, false, false, true, false]))
        func value(_ values: [Double], _ error: Double) -> [String: Any] {
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return [
                "values": values, "mean": mean, "testSetError": error,
                "deviation": (squares / Double(values.count - 1)).squareRoot(),
            ]
        }
        let points = [0.0, 0.25, 0.5].map { strength -> [String: Any] in
            let area = 0.9 - slope * strength
            return [
                "strength": strength, "rocAUC": value([area - spread, area + spread], 0.003),
                "drop": value([slope * strength, slope * strength], 0.001),
                "accuracy": value([area - 0.1, area - 0.1], 0.004),
            ]
        }
        let curve: [String: Any] = [
            "perturbation": "smearing", "points": points,
            "areaUnderDrop": value([slope / 8 - spread, slope / 8 + spread], 0.0005),
        ]
        let plainObject = try JSONSerialization.jsonObject(with: json(plain))
        let data = try JSONSerialization.data(
            withJSONObject: ["jets": 6, "seed": 1, "plain": plainObject, "curves": [curve]] as [String: Any])
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let result = try decoder.decode(Robustness.self, from: data)
        return OfTraining(variant: variant, seed: seed, collapsed: collapsed, result)
    }

    static func trainings() throws -> [OfTraining<Robustness>] {
        [
            try training("plain", 1, slope: 0.2), try training("soft", 1, slope: 0.1),
            try training("plain", 2, slope: 0.4), try training("plain", 3, slope: 5, collapsed: true),
            try training("dead", 1, slope: 1, collapsed: true),
        ]
    }

    @Test func `Means are over the seeds of a variant, collapsed ones named and left out`() throws {
        let variants = VariantRobustness.combine(try Self.trainings())
        #expect(variants.map(\.variant) == ["plain", "soft", "dead"])
        #expect(variants.map(\.seeds) == [[1, 2], [1], []])
        #expect(variants[0].collapsedSeeds == [3] && variants[2].collapsedSeeds == [1] && variants[2].curves.isEmpty)
        let curve = variants[0].curves[0], last = curve.points[2].rocAUC
        // 0.9 − 0.1 and 0.9 − 0.2.
        #expect(zip(last.overSeeds.values, [0.8, 0.7]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(abs(last.overSeeds.mean - 0.75) < 1e-12)
        #expect(abs(try #require(last.overSeeds.deviation) - 0.1 / 2.0.squareRoot()) < 1e-12)
        #expect(abs(last.overSeeds.testSetError - 0.003) < 1e-12)
        #expect(abs(try #require(last.drawDeviation) - 0.01 * 2.0.squareRoot()) < 1e-12)
        #expect(zip(curve.areaUnderDrop.overSeeds.values, [0.025, 0.05]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(variants[1].curves[0].points[2].rocAUC.overSeeds.deviation == nil)
        #expect(try readBack(variants) == variants)
    }

    @Test func `Tables hold a row a strength and the areas, and say what ± is`() throws {
        let tables = VariantRobustness.tables(VariantRobustness.combine(try Self.trainings()), showing: "invented jets")
        #expect(tables.map(\.label) == ["robustness-smearing", "robustness-areas"])
        #expect(tables[0].rows.count == 3 && tables[0].columns.count == 5 && tables[1].rows.count == 2)
        #expect(tables[0].caption.contains("standard deviation over seeds, for a single seed the standard error"))
        let row = try #require(tables[0].plain.split(separator: "\n").first { $0.hasPrefix("0.5 ") })
        #expect(row.contains("0.75 ± 0.07") && row.contains("0.8500 ± 0.0030"))
        #expect(!tables[0].plain.contains("dead"))
        #expect(VariantRobustness.tables([], showing: "nothing").isEmpty)
    }

    @Test func `Figures draw a mean with its band and a thin line for each sound seed or draw`() throws {
        let figures = VariantRobustness.figures(try Self.trainings(), subtitle: "invented jets")
        #expect(figures.map(\.name) == ["robustness-smearing"] && figures[0].panels.count == 2)
        let data = try JSONEncoder().encode(figures[0].panels[0].specification)
        let panel = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let layers = try #require(panel["layer"] as? [[String: Any]])
        func rows(_ layer: [String: Any]) -> [[String: Any]] {
            ((layer["data"] as? [String: Any])?["values"] as? [[String: Any]]) ?? []
        }
        let thin = layers.filter { (($0["mark"] as? [String: Any])?["strokeWidth"] as? Double) == 0.8 }
        // Two seeds of the one, two draws of the other.
        let first = Dictionary(grouping: thin.flatMap(rows)) { $0["series"] as? Int ?? -1 }.sorted { $0.key < $1.key }
        #expect(first.map { $0.value[0]["name"] as? String } == ["plain", "plain", "soft", "soft"])
        let band = rows(try #require(layers.first { rows($0).first?["lower"] != nil }))
        let edges = band.filter { $0["x"] as? Double == 0.5 }
        let plain = try #require(edges.first { $0["name"] as? String == "plain" }?["lower"] as? Double)
        let soft = try #require(edges.first { $0["name"] as? String == "soft" }?["upper"] as? Double)
        #expect(abs(plain - (0.75 - 0.1 / 2.0.squareRoot())) < 1e-9)
        #expect(abs(soft - (0.85 + 1.959963984540054 * 0.003)) < 1e-9)
        #expect(!String(decoding: data, as: UTF8.self).contains("dead"))
    }
}
