import Foundation
import Report
import Statistics
import Testing

/// A panel's layers, each with its rows.
private struct Layers {
    let layers: [[String: Any]]

    init(_ panel: Any) throws {
        layers = try #require((panel as? [String: Any])?["layer"] as? [[String: Any]])
    }

    /// The rows of the layers whose mark is of a kind and a width.
    func rows(_ mark: String, width: Double? = nil) -> [[String: Any]] {
        layers.filter {
            let found = $0["mark"] as? [String: Any]
            return found?["type"] as? String == mark && (width == nil || found?["strokeWidth"] as? Double == width)
        }.flatMap { (($0["data"] as? [String: Any])?["values"] as? [[String: Any]]) ?? [] }
    }
}

private func panels(_ figure: Figure) throws -> [Any] {
    let data = try JSONEncoder().encode(figure.specification)
    let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(document["concat"] as? [Any])
}

private func point(_ row: [String: Any]) -> [Double] { [row["x"] as? Double ?? .nan, row["y"] as? Double ?? .nan] }

private func isClose(_ a: [[Double]], _ b: [[Double]]) -> Bool {
    a.count == b.count && zip(a.joined(), b.joined()).allSatisfy { abs($0 - $1) < 1e-5 }
}

@Suite struct ROCFigureTests {
    @Test func aSingleCurveHasItsPointsAndABandThatTheLegendNames() throws {
        let jets = try ScoredJets(scores: [4, 3, 2, 1, 0], isSignal: [true, false, true, false, false])
        let panels = try panels(.roc(title: "", subtitle: "", curves: [("m", ROCCurve(jets))], confidence: 0.68))
        let efficiencies = try Layers(panels[0]).rows("line", width: 2.2).map(point)
        #expect(isClose(efficiencies, [[0, 0], [0, 0.5], [1.0 / 3, 0.5], [1.0 / 3, 1], [1, 1]]))
        let right = try Layers(panels[1])
        // (ε_S, 1/ε_B) from the first passing background jet on; what lies on a straight line is left out.
        #expect(isClose(right.rows("line", width: 2.2).map(point), [[0.5, 3], [1, 3], [1, 1]]))
        let expected = Estimate.fraction(1, of: 3, confidence: 0.68)
        let band = try #require(right.rows("area").first)
        let lower = try #require(band["lower"] as? Double), upper = try #require(band["upper"] as? Double)
        #expect(abs(lower * expected.upper - 1) < 1e-5 && abs(upper * expected.lower - 1) < 1e-5)
        let area = try #require(right.layers.first { ($0["mark"] as? [String: Any])?["type"] as? String == "area" })
        let opacity = (area["encoding"] as? [String: Any])?["fillOpacity"] as? [String: Any]
        #expect(opacity?["datum"] as? String == "68 % of the test jets' fluctuation")
    }

    /// Two curves of few jets, whose ratio a person can compute.
    @Test func theRatioIsThatOfTheRejections() throws {
        func curve(_ background: [Double]) throws -> ROCCurve {
            // Signal at 1, 2, …, 20; a cut at 10.5 keeps half of it.
            let signal = (1...20).map(Double.init)
            return ROCCurve(
                try ScoredJets(
                    scores: signal + background,
                    isSignal: signal.map { _ in true } + background.map { _ in false }))
        }
        // Of 40 background jets 20, and 10, above each of the signal's upper half.
        let first = try curve(Array(repeating: 30, count: 20) + Array(repeating: 0, count: 20))
        let second = try curve(Array(repeating: 30, count: 10) + Array(repeating: 0, count: 30))
        let panels = try panels(.roc(title: "", subtitle: "s", curves: [("a", first), ("b", second)]))
        let parts = try #require((panels[1] as? [String: Any])?["vconcat"] as? [Any])
        let ratios = try Layers(parts[1]).rows("line", width: 2.2)
        for (name, expected) in [("a", 1.0), ("b", 2.0)] {
            let own = ratios.filter { $0["name"] as? String == name }.map(point).filter { $0[0] < 0.99 }
            #expect(!own.isEmpty && own.allSatisfy { abs($0[1] - expected) < 1e-5 })
        }
    }

    @Test func seedsAreThinLinesOfTheirVariantsColourAboutTheMean() throws {
        let figure = InventedFigures.rocOfSeeds()
        let panels = try panels(figure)
        let parts = try #require((panels[1] as? [String: Any])?["vconcat"] as? [Any])
        let names = ["unconstrained", "SEAL, λ = 0.1", "boost augmentation"].map { "\($0), mean of 4 seeds" }
        for panel in [panels[0]] + parts {
            let layers = try Layers(panel)
            let thin = layers.rows("line", width: 0.8)
            #expect(Set(thin.compactMap { $0["series"] as? Double }).count == 12)
            #expect(Set(thin.compactMap { $0["name"] as? String }) == Set(names))
            #expect(Set(layers.rows("line", width: 2.2).compactMap { $0["name"] as? String }) == Set(names))
            // Their spread is the seeds'.
            #expect(layers.rows("area").isEmpty)
        }
        let text = String(decoding: try JSONEncoder().encode(figure.specification), as: UTF8.self)
        #expect(text.contains("\"datum\":\"single seeds\"") && text.contains("over that of \(names[0])"))
        // Three colours, though there are twelve curves.
        let colours = Set(text.matches(of: #/"range":\["#[^\]]*\]/#).map { String($0.0) })
        #expect(colours == ["\"range\":[\"#0072B2\",\"#D55E00\",\"#009E73\"]"])
    }

    /// The mean is one of ε_B at a fixed ε_S.
    @Test func theMeanIsThatOfTheSeedsBackgrounds() throws {
        var random = SplitMix(state: 3)
        let curves = (0..<3).map { _ in
            let labels = (0..<2_000).map { $0 % 2 == 0 }
            let scores = labels.map { random.normal() + ($0 ? 2 : 0) }
            return ROCCurve(try! ScoredJets(scores: scores, isSignal: labels))
        }
        let panels = try panels(.roc(title: "", subtitle: "", curves: curves.map { ("m", $0) }))
        let parts = try #require((panels[1] as? [String: Any])?["vconcat"] as? [Any])
        let mean = try Layers(parts[0]).rows("line", width: 2.2).map(point)
        #expect(mean.count > 20)
        for place in mean {
            let backgrounds = curves.map { $0.backgroundEfficiency(atSignalEfficiency: place[0]) }
            #expect(abs(place[1] * backgrounds.reduce(0, +) / 3 - 1) < 1e-4)
        }
    }
}
