import Foundation

/// An area under a ROC curve with DeLong's variance.
///
/// The area is a two-sample U-statistic. With m signal scores s and n background scores b, the placement of sᵢ is
/// V(sᵢ) = (number of b < sᵢ + ½·number of b = sᵢ) / n, which is (midrank of sᵢ among all − its midrank among the
/// signal) / n; V(bⱼ) is the like fraction of signal above bⱼ. Both average to the area A, and
/// Var(A) = Var(V(s))/m + Var(V(b))/n with the sample variances (divisors m−1, n−1).
///
/// Sources: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988) 837; the O(n log n) way through
/// ranks: X. Sun, W. Xu, IEEE Signal Process. Lett. 21 (2014) 1389.
public struct AreaUnderROC: Sendable, Codable, Equatable {
    /// The area A, exact up to one rounding.
    public let value: Double
    /// DeLong's variance of A.
    public let variance: Double
    public let signalCount: Int
    public let backgroundCount: Int

    /// √Var(A).
    public var standardError: Double { variance.squareRoot() }

    /// The area of `jets`' scores. Cost: O(n log n) time, O(n) memory.
    ///
    /// - Throws: ``StatisticsError/tooFewJets(name:jets:)`` where a class has a single jet.
    public init(_ jets: ScoredJets) throws(StatisticsError) {
        self.init(try Placements(jets))
    }

    init(_ placements: Placements) {
        value = placements.area
        variance = placements.covariance(with: placements)
        signalCount = placements.signal.count
        backgroundCount = placements.background.count
    }

    /// An interval for A: symmetric on the logit scale, log(A/(1−A)) ± z·σ/(A(1−A)), and turned back.
    ///
    /// Taggers live near A = 1, where A ± zσ can pass 1 and covers too seldom; the logit's interval can't and its
    /// distribution is closer to normal. (M. S. Pepe, The Statistical Evaluation of Medical Tests, 2003, ch. 5.)
    /// With perfect separation (A = 1, or 0) the variance is 0 and says nothing. The smaller class's jets, each
    /// paired with another jet of the other, are then min(m, n) independent draws of A without a failure: Wilson's
    /// interval for those is given, wider than need be but valid.
    public func interval(confidence: Double = 0.95) -> Estimate {
        let pairs = min(signalCount, backgroundCount)
        if value == 1 { return .fraction(pairs, of: pairs, confidence: confidence) }
        if value == 0 { return .fraction(0, of: pairs, confidence: confidence) }
        let logit = log(value / (1 - value))
        let half = StandardNormal.halfWidth(confidence: confidence) * standardError / (value * (1 - value))
        return Estimate(
            value: value, lower: 1 / (1 + exp(half - logit)), upper: 1 / (1 + exp(-half - logit)),
            confidence: confidence)
    }
}

/// The placements of every jet, doubled so that ties keep them whole numbers, in the jets' order.
struct Placements {
    /// 2n·V(sᵢ), one a signal jet.
    let signal: [Int]
    /// 2m·V(bⱼ), one a background jet.
    let background: [Int]

    init(_ jets: ScoredJets) throws(StatisticsError) {
        guard jets.signalCount > 1 else { throw .tooFewJets(name: "signal", jets: jets.signalCount) }
        guard jets.backgroundCount > 1 else { throw .tooFewJets(name: "background", jets: jets.backgroundCount) }
        let signalScores = jets.scores(signal: true)
        let backgroundScores = jets.scores(signal: false)
        let signalSorted = signalScores.sorted()
        let backgroundSorted = backgroundScores.sorted()
        signal = signalScores.map { twiceRank(of: $0, in: backgroundSorted) }
        background = backgroundScores.map { 2 * signalSorted.count - twiceRank(of: $0, in: signalSorted) }
    }

    /// A, from a sum of integers: exact and independent of any order.
    var area: Double {
        Double(signal.reduce(0, +)) / (2 * Double(signal.count) * Double(background.count))
    }

    /// DeLong's covariance of this area with another's on the same jets (with itself: the variance).
    func covariance(with other: Placements) -> Double {
        combine(sampleCovariance(signal, other.signal), sampleCovariance(background, other.background))
    }

    /// DeLong's variance of this area minus another's on the same jets.
    func varianceOfDifference(from other: Placements) -> Double {
        let signal = zip(self.signal, other.signal).map(-)
        let background = zip(self.background, other.background).map(-)
        return combine(sampleCovariance(signal, signal), sampleCovariance(background, background))
    }

    /// (Co)variances of the doubled counts, in which signal carries a factor 2n and background 2m, as an area's.
    private func combine(_ ofSignal: Double, _ ofBackground: Double) -> Double {
        let m = Double(signal.count)
        let n = Double(background.count)
        return ofSignal / (4 * n * n * m) + ofBackground / (4 * m * m * n)
    }
}

/// Twice the number of `sorted` below `value` plus the number equal to it.
private func twiceRank(of value: Double, in sorted: [Double]) -> Int {
    partition(sorted) { $0 >= value } + partition(sorted) { $0 > value }
}

/// The first index whose element fulfils a condition that all later ones fulfil too. Cost: O(log n).
private func partition(_ sorted: [Double], _ condition: (Double) -> Bool) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
        let middle = (low + high) / 2
        if condition(sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
}

/// Σ(x−x̄)(y−ȳ)/(n−1).
private func sampleCovariance(_ x: [Int], _ y: [Int]) -> Double {
    let n = Double(x.count)
    let meanX = Double(x.reduce(0, +)) / n
    let meanY = Double(y.reduce(0, +)) / n
    var sum = 0.0
    for i in x.indices { sum += (Double(x[i]) - meanX) * (Double(y[i]) - meanY) }
    return sum / (n - 1)
}
