/// The exact receiver operating characteristic: how many signal and background jets pass each possible cut.
///
/// Point i accepts the jets whose score is at least `thresholds[i]`. Point 0 accepts none (threshold +∞); each
/// further point takes in one more distinct score, jets with equal scores together, so that the order of the jets
/// plays no part; the last accepts all. Counts are integers: nothing is rounded before a division is asked for.
public struct ROCCurve: Sendable, Equatable {
    /// Falling thresholds; `thresholds[0]` is +∞.
    public let thresholds: [Double]
    /// Signal jets that pass, from 0 to `signalCount`, never falling.
    public let signalPassing: [Int]
    /// Background jets that pass, from 0 to `backgroundCount`, never falling.
    public let backgroundPassing: [Int]

    /// Number of signal jets.
    public var signalCount: Int { signalPassing[signalPassing.count - 1] }
    /// Number of background jets.
    public var backgroundCount: Int { backgroundPassing[backgroundPassing.count - 1] }
    /// Number of points.
    public var count: Int { thresholds.count }

    /// Sorts the jets and counts. Cost: O(n log n) time, O(n) memory.
    public init(_ jets: ScoredJets) {
        let signal = jets.scores(signal: true).sorted(by: >)
        let background = jets.scores(signal: false).sorted(by: >)
        var thresholds = [Double.infinity]
        var signalPassing = [0]
        var backgroundPassing = [0]
        var s = 0
        var b = 0
        while s < signal.count || b < background.count {
            let threshold = max(
                s < signal.count ? signal[s] : -.infinity, b < background.count ? background[b] : -.infinity)
            while s < signal.count, signal[s] == threshold { s += 1 }
            while b < background.count, background[b] == threshold { b += 1 }
            thresholds.append(threshold)
            signalPassing.append(s)
            backgroundPassing.append(b)
        }
        self.init(thresholds: thresholds, signalPassing: signalPassing, backgroundPassing: backgroundPassing)
    }

    init(thresholds: [Double], signalPassing: [Int], backgroundPassing: [Int]) {
        self.thresholds = thresholds
        self.signalPassing = signalPassing
        self.backgroundPassing = backgroundPassing
    }

    /// ε_S of point `index`: the fraction of signal jets that pass.
    public func signalEfficiency(_ index: Int) -> Double { Double(signalPassing[index]) / Double(signalCount) }

    /// ε_B of point `index`: the fraction of background jets that pass.
    public func backgroundEfficiency(_ index: Int) -> Double {
        Double(backgroundPassing[index]) / Double(backgroundCount)
    }

    /// The area under ε_S(ε_B), equal to P(s > b) + ½·P(s = b) for a signal score s and a background score b drawn
    /// at random (the Mann–Whitney statistic by midranks).
    ///
    /// The sum of trapezoids is one of integers, hence exact and independent of any order. Cost: O(points).
    public var area: Double {
        var twice = 0
        for i in 1..<count {
            twice += (backgroundPassing[i] - backgroundPassing[i - 1]) * (signalPassing[i] + signalPassing[i - 1])
        }
        return Double(twice) / (2 * Double(signalCount) * Double(backgroundCount))
    }

    /// ε_B where the curve, drawn with straight lines, reaches a signal efficiency; the smallest where it rises
    /// vertically there. For bands over seeds, which need curves on one grid. Cost: O(log points).
    ///
    /// - Precondition: 0 ≤ `efficiency` ≤ 1.
    public func backgroundEfficiency(atSignalEfficiency efficiency: Double) -> Double {
        let i = firstPoint(reaching: efficiency)
        guard i > 0 else { return 0 }
        let s0 = signalEfficiency(i - 1)
        let s1 = signalEfficiency(i)
        let b0 = backgroundEfficiency(i - 1)
        let b1 = backgroundEfficiency(i)
        return b0 + (b1 - b0) * (efficiency - s0) / (s1 - s0)
    }

    /// The tightest cut whose signal efficiency is at least `efficiency`. Cost: O(log points).
    func firstPoint(reaching efficiency: Double) -> Int {
        precondition((0...1).contains(efficiency), "an efficiency lies in [0, 1], not \(efficiency)")
        var low = 0
        var high = count - 1
        while low < high {
            let middle = (low + high) / 2
            if signalEfficiency(middle) >= efficiency { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
