import Foundation
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

/// Jets with normal scores, signal `separation` above background; rounded to `grid` where ties are wanted.
func normalJets(signal: Int, background: Int, separation: Double, grid: Double? = nil, seed: UInt64) -> ScoredJets {
    var random = SplitMix(state: seed)
    var labels = Array(repeating: true, count: signal) + Array(repeating: false, count: background)
    labels.shuffle(using: &random)
    let scores = labels.map { label in
        let score = random.normal() + (label ? separation : 0)
        return grid.map { (score / $0).rounded() * $0 } ?? score
    }
    return try! ScoredJets(scores: scores, isSignal: labels)
}

/// Jets from scores given by class.
func jets(signal: [Double], background: [Double]) -> ScoredJets {
    try! ScoredJets(
        scores: signal + background,
        isSignal: signal.map { _ in true } + background.map { _ in false })
}

/// ½ for a tie, 1 where signal scores higher: the kernel of the Mann–Whitney statistic.
func kernel(_ signal: Double, _ background: Double) -> Double {
    signal > background ? 1 : signal == background ? 0.5 : 0
}

/// The area by comparing every pair of jets.
func pairwiseArea(_ jets: ScoredJets) -> Double {
    let signal = jets.scores(signal: true)
    let background = jets.scores(signal: false)
    let sum = signal.reduce(0) { sum, s in sum + background.reduce(0) { $0 + kernel(s, $1) } }
    return sum / Double(signal.count * background.count)
}

/// DeLong's covariance from the full matrices of pairs, as the definition has it: the covariance of two areas is
/// that of their row means over the signal plus that of their column means over the background.
func pairwiseCovariance(_ first: ScoredJets, _ second: ScoredJets) -> Double {
    func means(_ jets: ScoredJets) -> (rows: [Double], columns: [Double]) {
        let signal = jets.scores(signal: true)
        let background = jets.scores(signal: false)
        let rows = signal.map { s in background.map { kernel(s, $0) }.reduce(0, +) / Double(background.count) }
        let columns = background.map { b in signal.map { kernel($0, b) }.reduce(0, +) / Double(signal.count) }
        return (rows, columns)
    }
    func covarianceOfMean(_ x: [Double], _ y: [Double]) -> Double {
        let n = Double(x.count)
        let meanX = x.reduce(0, +) / n
        let meanY = y.reduce(0, +) / n
        return zip(x, y).map { ($0 - meanX) * ($1 - meanY) }.reduce(0, +) / (n - 1) / n
    }
    let a = means(first)
    let b = means(second)
    return covarianceOfMean(a.rows, b.rows) + covarianceOfMean(a.columns, b.columns)
}

/// True where two numbers agree to a relative or absolute tolerance.
func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}
