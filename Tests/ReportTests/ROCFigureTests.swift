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
        let text = String(decoding: try JSONSerialization.data(withJSONObject: panels[1]), as: UTF8.self)
        #expect(text.contains("\"entry\":\"68 % interval from the test jets\""))
    }

    /// Two curves of few jets, whose ratio a person can compute.
    @Test func theRatioIsThatOfTheRejections() throws {
        func curve(_ background: [Double]) throws -> ROCCurve {
            let signal = (1...20).map(Double.init)
            return ROCCurve(
                try ScoredJets(
                    scores: signal + background,
                    isSignal: signal.map { _ in true } + background.map { _ in false }))
        }
        // Of 80 background jets 40, and 20, above all signal.
        let first = try curve(Array(repeating: 30, count: 40) + Array(repeating: 0, count: 40))
        let second = try curve(Array(repeating: 30, count: 20) + Array(repeating: 0, count: 60))
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
        let names = ["unconstrained", "SEAL, λ = 0.1", "boost augmentation"]
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
        #expect(
            text.contains("\"entry\":\"single seeds (thick: mean)\"") && text.contains("that of unconstrained (mean)"))
        // Three colours, though there are twelve curves.
        let colours = Set(text.matches(of: #/"range":\["#[^\]]*\]/#).map { String($0.0) })
        #expect(colours == ["\"range\":[\"#0072B2\",\"#D55E00\",\"#009E73\"]"])
    }

    @Test func theRatioBeginsWhereTenBackgroundJetsPassBoth() throws {
        var random = SplitMix(state: 5)
        let curves = [2.0, 1.6].map { separation -> ROCCurve in
            let labels = (0..<4_000).map { $0 % 2 == 0 }
            let scores = labels.map { random.normal() + ($0 ? separation : 0) }
            return ROCCurve(try! ScoredJets(scores: scores, isSignal: labels))
        }
        let panels = try panels(.roc(title: "", subtitle: "", curves: [("a", curves[0]), ("b", curves[1])]))
        let parts = try #require((panels[1] as? [String: Any])?["vconcat"] as? [Any])
        let rows = try Layers(parts[1]).rows("line", width: 2.2)
        for (name, used) in [("a", [curves[0]]), ("b", curves)] {
            let first = try #require(rows.filter { $0["name"] as? String == name }.map(point).first?[0])
            func fewest(_ place: Double) -> Double {
                2_000 * (used.map { $0.backgroundEfficiency(atSignalEfficiency: place) }.min() ?? 0)
            }
            #expect(fewest(first) >= 10 - 1e-9 && fewest(first - 0.005) < 10)
        }
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
