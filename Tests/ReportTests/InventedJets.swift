import Foundation
import Report
import Statistics

/// A small seeded generator (SplitMix64), so that each test sees the same invented jets every time.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A draw from the standard normal distribution (Box and Muller).
    mutating func normal() -> Double {
        (-2 * log(1 - Double.random(in: 0..<1, using: &self))).squareRoot()
            * cos(2 * .pi * Double.random(in: 0..<1, using: &self))
    }
}

/// Invented figures of every kind, with numbers like those of real studies.
enum InventedFigures {
    static func roc(
        separations: [(String, Double)] = [("unconstrained, AUC 0.9875", 3.17), ("SEAL, AUC 0.9850", 3.07)]
    )
        -> Figure
    {
        var random = SplitMix(state: 1)
        let curves = separations.map { name, separation in
            let labels = (0..<20_000).map { $0 % 2 == 0 }
            let scores = labels.map { random.normal() + ($0 ? separation : 0) }
            return (name: name, curve: ROCCurve(try! ScoredJets(scores: scores, isSignal: labels)))
        }
        return .roc(
            title: "W against gluon jets",
            subtitle: "small jet transformer · 10,000 W and 10,000 gluon test jets · 68 % bands",
            curves: curves, confidence: 0.68)
    }

    /// Three variants of four seeds each.
    static func rocOfSeeds() -> Figure {
        var random = SplitMix(state: 7)
        let curves = [("unconstrained", 2.2), ("SEAL, λ = 0.1", 2.25), ("boost augmentation", 2.05)].flatMap {
            name, separation in
            (0..<4).map { _ in
                let labels = (0..<4_000).map { $0 % 2 == 0 }
                let own = separation + 0.05 * random.normal()
                let scores = labels.map { random.normal() + ($0 ? own : 0) }
                return (name: name, curve: ROCCurve(try! ScoredJets(scores: scores, isSignal: labels)))
            }
        }
        return .roc(
            name: "roc-seeds", title: "W against gluon jets",
            subtitle: "small jet transformer · 2,000 W and 2,000 gluon test jets", curves: curves, confidence: 0.95)
    }

    static func learningCurvesOfSeeds() -> Figure {
        var random = SplitMix(state: 8)
        let runs = ["unconstrained", "SEAL", "boost augmentation"].enumerated().flatMap { variant, name in
            (0..<4).map { _ -> LearningCurve in
                let level = 0.15 + 0.02 * Double(variant) + 0.005 * random.normal()
                let training = (1...40).map { level + 0.5 * exp(-Double($0) / 5) - 0.0006 * Double($0) }
                let validation = training.enumerated().map {
                    $0.element + 0.02 + 0.0012 * max(0, Double($0.offset) - 22) + 0.004 * random.normal()
                }
                return LearningCurve(name: name, training: training, validation: validation)
            }
        }
        return .learningCurves(
            name: "learning-curves-seeds", title: "Learning curves",
            subtitle: "small jet transformer · W against gluon · 8,000 training and 2,000 validation jets", runs: runs)
    }

    static func learningCurves(runs: Int = 1) -> Figure {
        var random = SplitMix(state: 2)
        let names = ["unconstrained", "SEAL"]
        let curves = (0..<runs).map { run in
            let training = (1...60).map { 0.12 + 0.03 * Double(run) + 0.5 * exp(-Double($0) / 6) - 0.0006 * Double($0) }
            let validation = (1...60).map {
                0.15 + 0.03 * Double(run) + 0.5 * exp(-Double($0) / 6) + 0.0009 * max(0, Double($0) - 25) + 0.006
                    * random.normal()
            }
            return LearningCurve(name: names[run], training: training, validation: validation)
        }
        return .learningCurves(
            name: "learning-curves-\(runs)", title: "Learning curves",
            subtitle: "small jet transformer · W against gluon · 8,000 training and 2,000 validation jets",
            runs: curves,
            logarithmic: runs > 1)
    }

    static func scores() -> Figure {
        var random = SplitMix(state: 3)
        func probabilities(_ mean: Double) -> [Double] {
            (0..<10_000).map { _ in 1 / (1 + exp(-(mean + 2.2 * random.normal()))) }
        }
        return .scores(
            title: "Network output per class",
            subtitle: "small jet transformer, trained on W against gluon · 10,000 test jets a class",
            classes: [
                ("gluon", probabilities(-3)), ("W", probabilities(3)), ("Z", probabilities(2)),
                ("top", probabilities(-0.5)),
            ])
    }

    static func masses() -> Figure {
        var random = SplitMix(state: 4)
        func mass(_ peak: Double, _ width: Double, _ tail: Double) -> [Double] {
            (0..<10_000).map { _ in
                Double.random(in: 0..<1, using: &random) < tail
                    ? -log(Double.random(in: 0.0001..<1, using: &random)) * 70 : peak + width * random.normal()
            }
        }
        return .observable(
            name: "jet-mass", title: "Jet mass per class", subtitle: "Pythia 8 jets, anti-kT R = 0.8 · 10,000 a class",
            classes: [
                ("gluon", mass(60, 20, 1)), ("quark", mass(40, 20, 1)), ("W", mass(81, 6, 0.25)),
                ("Z", mass(92, 6, 0.25)),
                ("top", mass(174, 12, 0.4)),
            ], x: Axis("jet mass [GeV]"), range: 0...250)
    }

    static func invariance() -> Figure {
        let speeds = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
        func line(_ name: String, _ size: Double) -> Line {
            let y = speeds.map { size * $0 * $0 / (1.02 - $0 * $0) }
            return Line(
                name, x: speeds, y: y, band: .init(lower: y.map { 0.8 * $0 }, upper: y.map { 1.25 * $0 }))
        }
        return .invariance(
            title: "Change of the score under boosts",
            subtitle: "paper's jet transformer · median and 68 % over 3 seeds",
            lines: [line("unconstrained", 0.03), line("SEAL, λ = 0.1", 0.006), line("boost augmentation", 0.01)],
            y: Axis("mean squared change of the probability", fromZero: true))
    }

    static func images() -> Figure {
        func image(_ prongs: [(Double, Double, Double)]) -> Grid {
            let n = 33
            var values = [Double](repeating: 0, count: n * n)
            for row in 0..<n {
                for column in 0..<n {
                    let x = -0.8 + 1.6 * (Double(column) + 0.5) / Double(n)
                    let y = -0.8 + 1.6 * (Double(row) + 0.5) / Double(n)
                    guard x * x + y * y < 0.64 else { continue }
                    for (px, py, pT) in prongs {
                        values[row * n + column] += pT / (0.05 + 300 * ((x - px) * (x - px) + (y - py) * (y - py)))
                    }
                }
            }
            return Grid(x: -0.8...0.8, y: -0.8...0.8, columns: n, values: values)
        }
        return .jetImages(
            title: "Mean jet images", subtitle: "Pythia 8 jets about 1 TeV, anti-kT R = 0.8, rotated · 10,000 a class",
            images: [
                ("gluon", image([(0, 0, 40)])), ("W", image([(0, 0.05, 30), (0, -0.15, 10)])),
                ("top", image([(0, 0.1, 25), (0.15, -0.2, 10), (-0.1, -0.1, 8)])),
            ], quantity: "mean pT per cell [GeV]")
    }

    static var all: [Figure] {
        [
            roc(), rocOfSeeds(), learningCurves(), learningCurves(runs: 2), learningCurvesOfSeeds(), scores(), masses(),
            invariance(), images(),
        ]
    }
}
