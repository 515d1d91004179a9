import Random
import Support

/// The bootstrap with Poisson weights: in a resample every jet, or every event with all its jets, counts a random number
/// of times, drawn from the Poisson law of mean 1. A statistic's spread over resamples estimates its spread over test
/// samples.
///
/// Drawing n of n jets with replacement gives each a binomial number of copies, which is Poisson's to order 1/n, and the
/// fixed total would tie all jets together. Poisson's numbers are independent, so that a jet's weight is named by the
/// resample and its place alone: every model on the same jets sees the same resamples, in whatever order, on however
/// many threads, at one byte a jet. The total fluctuates as that of a data sample does; figures here are ratios.
///
/// Where several jets come from one collision, they fluctuate together: resample events then. Sources: B. Efron, Ann.
/// Statist. 7 (1979) 1; Poisson weights: J. A. Hanley, B. MacGibbon, Comput. Methods Programs Biomed. 83 (2006) 57;
/// clusters: A. C. Davison, D. V. Hinkley, Bootstrap Methods and Their Application (1997), section 3.8.
public struct Bootstrap: Sendable {
    /// How many resamples.
    public let resamples: Int
    public let seed: UInt64
    /// How many things are drawn: jets or events.
    public let unitCount: Int
    /// Whether jets are drawn in events.
    public let isByEvent: Bool
    public let jetCount: Int

    /// The event of each jet, counted from 0 in order of first appearance; nil where each jet is drawn by itself.
    private let eventOfJet: [Int32]?
    private let stream: RandomStream

    /// Draws jets one by one.
    ///
    /// - Precondition: there are jets, and 1 ≤ `resamples` < 2³².
    public init(jets: Int, resamples: Int = 1000, seed: UInt64 = 1) {
        self.init(jets: jets, units: jets, eventOfJet: nil, resamples: resamples, seed: seed)
    }

    /// Draws events, each with all its jets. `events` has the event's number of each jet, in the jets' order (as
    /// `JetData.eventIndex` has).
    ///
    /// - Precondition: there are jets, and 1 ≤ `resamples` < 2³².
    public init(events: [Int64], resamples: Int = 1000, seed: UInt64 = 1) {
        var place: [Int64: Int32] = [:]
        let eventOfJet = events.map { event in
            if let known = place[event] { return known }
            let next = Int32(place.count)
            place[event] = next
            return next
        }
        self.init(jets: events.count, units: place.count, eventOfJet: eventOfJet, resamples: resamples, seed: seed)
    }

    private init(jets: Int, units: Int, eventOfJet: [Int32]?, resamples: Int, seed: UInt64) {
        precondition(jets > 0 && resamples > 0, "\(resamples) resamples of \(jets) jets")
        jetCount = jets
        unitCount = units
        // Events of one jet each are jets.
        isByEvent = units < jets
        self.eventOfJet = isByEvent ? eventOfJet : nil
        self.resamples = resamples
        self.seed = seed
        stream = RandomStream(seed: seed, purpose: "bootstrap")
    }

    /// The weight of each jet in a resample, in the jets' order. Cost: about 2 ns a jet.
    ///
    /// - Precondition: 0 ≤ `resample` < `resamples`.
    public func weights(_ resample: Int) -> [UInt8] {
        precondition((0..<resamples).contains(resample), "resample \(resample) of \(resamples)")
        return perJet(poissonWeights(unitCount, of: stream, epoch: UInt32(resample)))
    }

    /// Statistics of all resamples.
    ///
    /// - Parameters:
    ///   - threads: workers; never changes a result
    ///   - progress: hears of each resample done, from any thread
    ///   - statistics: some figures of weighted jets, always equally many: of several models, at several working points.
    ///     Called once with all weights 1, once a resample, and once for each group of the jackknife
    /// - Throws: ``StatisticsError/undefinedStatistic(index:resamples:of:)`` where a figure is NaN; ±∞ is allowed.
    public func distribution(
        threads: Int = 1, progress: (@Sendable (Int) -> Void)? = nil,
        of statistics: @Sendable ([UInt8]) -> [Double]
    ) throws(StatisticsError) -> BootstrapDistribution {
        let estimate = statistics([UInt8](repeating: 1, count: jetCount))
        if let index = estimate.firstIndex(where: \.isNaN) {
            throw .undefinedStatistic(index: index, resamples: 0, of: resamples)
        }
        let slots = Slots<[Double]>(resamples + groups)
        parallel(resamples + groups, threads: threads) { task in
            slots[task] = statistics(task < resamples ? weights(task) : weights(without: task - resamples))
            if task < resamples { progress?(1) }
        }
        let all = slots.all
        for index in estimate.indices {
            let undefined = all[..<resamples].count { $0[index].isNaN }
            if undefined > 0 { throw .undefinedStatistic(index: index, resamples: undefined, of: resamples) }
        }
        return BootstrapDistribution(
            estimate: estimate, replicates: Array(all[..<resamples]), jackknife: Array(all[resamples...]))
    }

    /// Groups of the jackknife: single units as long as there are few. More would cost more than the resamples, for an
    /// acceleration that is of order 1/√n.
    private var groups: Int { min(unitCount, 100) }

    /// All weights 1 but for one group's, which are 0. Group g has the units g, g + groups, g + 2·groups, ….
    private func weights(without group: Int) -> [UInt8] {
        perJet((0..<unitCount).map { $0 % groups == group ? 0 : 1 })
    }

    private func perJet(_ weights: [UInt8]) -> [UInt8] { eventOfJet?.map { weights[Int($0)] } ?? weights }
}

/// Numbers drawn from the Poisson law of mean 1, one for each of `count` places of a stream.
///
/// A word w of 32 bits stands for the k with 2³² P(N < k) ≤ w < 2³² P(N ≤ k). Cost: about 1 ns each.
func poissonWeights(_ count: Int, of stream: RandomStream, epoch: UInt32) -> [UInt8] {
    let chunk = 4096
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        var start = 0
        while start < count {
            let words = stream.words(min(chunk, count - start), jet: UInt32(start / chunk), epoch: epoch)
            for (i, word) in words.enumerated() { buffer[start + i] = PoissonLaw.number(for: word) }
            start += words.count
        }
        filled = count
    }
}

/// The Poisson law of mean 1, inverted.
private enum PoissonLaw {
    /// 2³² P(N ≤ k), k = 0, 1, …, rounded; up to the last that is below 2³².
    static let thresholds: [UInt32] = {
        var thresholds: [UInt32] = [], term = 1 / 2.718281828459045, sum = 0.0
        for k in 1... {
            sum += term
            guard let threshold = UInt32(exactly: (sum * 4_294_967_296).rounded()) else { break }
            thresholds.append(threshold)
            term /= Double(k)
        }
        return thresholds
    }()

    /// The number for the words that begin with each 12 bits, where it is the same for all of them; else 255.
    static let guide: [UInt8] = (0..<4096).map { head in
        let first = search(UInt32(head) << 20), last = search(UInt32(head) << 20 | 0xFFFFF)
        return first == last ? first : 255
    }

    static func number(for word: UInt32) -> UInt8 {
        let guess = guide[Int(word >> 20)]
        return guess != 255 ? guess : search(word)
    }

    private static func search(_ word: UInt32) -> UInt8 { UInt8(thresholds.count { $0 <= word }) }
}
