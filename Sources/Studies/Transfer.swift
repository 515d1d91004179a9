import Foundation
import Jets
import Statistics

/// How well a tagger tells apart jets of classes that it was not trained on: every pair of classes, with the one logit that
/// it gives each jet.
public struct Transfer: Sendable, Codable, Equatable {
    /// The classes that the tagger was trained on.
    public let signal: JetClass, background: JetClass
    /// How many jets of each class were tried.
    public let classes: [JetCount]
    /// Every pair of classes once. The tagger's own background is always the background, its own signal else the signal; of
    /// other classes the later one in `JetClass.fromBackgroundToSignal` is the signal.
    public let pairs: [Pair]
    /// What its cuts do to the jet mass of its own background; nil where one of its own classes is not among the jets.
    public let sculpting: MassSculpting?

    /// Two classes, one taken for the signal.
    public struct Pair: Sendable, Codable, Equatable {
        public let signal: JetClass, background: JetClass
        /// Accuracy at logit 0, ROC-AUC, background rejection.
        public let evaluation: Evaluation
        /// ε_B at each of ``Transfer/signalEfficiencies``, the curve being drawn with straight lines.
        public let backgroundEfficiencies: [Double]
        /// ROC-AUC in bins of the jets' pT.
        public let ptBins: [PTBin]
        /// Whether the probabilities are right for this pair's mixture of jets.
        public let calibration: Calibration
    }

    /// Jets of a pair in a bin of pT.
    public struct PTBin: Sendable, Codable, Equatable {
        /// The edges in GeV; the last bin has its upper one, the others not.
        public let lower: Double, upper: Double
        public let signalJets: Int, backgroundJets: Int
        /// With DeLong's 95 % interval; nil where a class has fewer than two jets there.
        public let rocAUC: Estimate?
        public let rocAUCStandardError: Double?
    }

    /// ε_S = 0.01, 0.02, …, 1.
    public static let signalEfficiencies = (1...100).map { Double($0) / 100 }

    /// Compares the classes, of which there must be at least two. Cost: O(n log n) a pair.
    ///
    /// - Parameters:
    ///   - logits: the tagger's, one a jet
    ///   - jets: the jets in the same order
    ///   - signal: the class that it was trained to give large logits
    ///   - background: the class that it was trained to give small ones
    /// - Throws: `JetsError` where the settings are impossible or a class has no jets; `StatisticsError` where a class has a
    ///   single jet or a logit is NaN.
    public init(
        _ logits: [Double], of jets: JetData, signal: JetClass, background: JetClass,
        _ settings: TransferSettings = .init()
    ) throws {
        precondition(logits.count == jets.count, "\(logits.count) logits for \(jets.count) jets")
        try settings.check()
        let jets = ClassedJets(logits, jets)
        let present = JetClass.fromBackgroundToSignal.filter { jets.places[$0] != nil }
        let chosen =
            settings.classes.isEmpty ? present : JetClass.fromBackgroundToSignal.filter(settings.classes.contains)
        for jetClass in chosen where jets.places[jetClass] == nil {
            throw JetsError.emptyClass(jetClass, place: "the jets to be tested", counts: jets.counts)
        }
        guard chosen.count > 1 else {
            throw JetsError.invalidSetting(
                name: "the list of classes", value: chosen.map(\.name).joined(separator: ", "),
                allowed: "two or more: the files hold jets of no other")
        }
        self.signal = signal
        self.background = background
        classes = chosen.map { JetCount($0, jets.places[$0]!.count) }
        let ownPair = [signal, background].filter(chosen.contains)
        let edges = try Transfer.edges(settings, jets.transverseMomenta(of: ownPair.count == 2 ? ownPair : chosen))
        pairs = try chosen.indices.flatMap { later in
            try chosen[..<later].map { earlier in
                let isTurned = chosen[later] == background || earlier == signal
                return try Pair(
                    jets, signal: isTurned ? earlier : chosen[later], background: isTurned ? chosen[later] : earlier,
                    edges, settings)
            }
        }
        sculpting =
            ownPair.count < 2
            ? nil
            : MassSculpting(
                try jets.scored(signal, background), masses: jets.places(signal, background).map(jets.mass))
    }

    /// The pair of two classes, whichever of them is its signal.
    public func pair(_ first: JetClass, _ second: JetClass) -> Pair? {
        pairs.first {
            [$0.signal, $0.background] == [first, second] || [$0.signal, $0.background] == [second, first]
        }
    }

    /// The area with `row` as signal and `column` as background: the probability that a jet of class `row` has the larger
    /// logit, ties half. Below ½ the tagger takes jets of class `column` rather for its signal; A(column, row) = 1 − A.
    public func area(row: JetClass, column: JetClass) -> Double? {
        guard let pair = pair(row, column) else { return nil }
        return pair.signal == row ? pair.evaluation.rocAUC.value : 1 - pair.evaluation.rocAUC.value
    }
}

extension Transfer {
    /// Jets with their logits, by class.
    struct ClassedJets {
        let logits: [Double], data: JetData
        let places: [JetClass: [Int]]

        init(_ logits: [Double], _ data: JetData) {
            self.logits = logits
            self.data = data
            places = Dictionary(grouping: 0..<data.count) { data.jetClass($0) }
        }

        var counts: [JetCount] { data.classCounts }

        func places(_ signal: JetClass, _ background: JetClass) -> [Int] { places[signal]! + places[background]! }

        func scored(_ signal: JetClass, _ background: JetClass) throws -> ScoredJets {
            let places = places(signal, background)
            return try ScoredJets(
                scores: places.map { logits[$0] }, isSignal: places.map { data.jetClass($0) == signal })
        }

        func transverseMomentum(_ jet: Int) -> Double {
            hypot(data.jetMomenta[4 * jet + 1], data.jetMomenta[4 * jet + 2])
        }

        func transverseMomenta(of classes: [JetClass]) -> [Double] {
            classes.flatMap { places[$0]!.map(transverseMomentum) }
        }

        /// √(E² − p²) of the sum over the constituents, 0 where rounding leaves less.
        func mass(_ jet: Int) -> Double {
            let p = data.jetMomenta[4 * jet..<4 * jet + 4].map { $0 }
            return max(p[0] * p[0] - p[1] * p[1] - p[2] * p[2] - p[3] * p[3], 0).squareRoot()
        }
    }

    /// The edges asked for, or those of bins with equally many of these jets.
    static func edges(_ settings: TransferSettings, _ momenta: [Double]) throws -> [Double] {
        guard settings.ptEdges.isEmpty else { return settings.ptEdges }
        let sorted = momenta.sorted(), n = sorted.count
        let edges = (0...settings.ptBins).map { sorted[min($0 * n / settings.ptBins, n - 1)] }
        // Equal edges would enclose nothing.
        return edges.enumerated().filter { $0.offset == 0 || $0.element > edges[$0.offset - 1] }.map(\.element)
    }
}

extension Transfer.Pair {
    init(
        _ jets: Transfer.ClassedJets, signal: JetClass, background: JetClass, _ edges: [Double],
        _ settings: TransferSettings
    ) throws {
        let scored = try jets.scored(signal, background), curve = ROCCurve(scored)
        self.signal = signal
        self.background = background
        evaluation = try Evaluation(scored)
        backgroundEfficiencies = Transfer.signalEfficiencies.map(curve.backgroundEfficiency(atSignalEfficiency:))
        calibration = Calibration(scored, bins: settings.calibrationBins)
        let momenta = jets.places(signal, background).map(jets.transverseMomentum)
        ptBins = try zip(edges, edges.dropFirst()).enumerated().map { bin, edge in
            let isLast = bin == edges.count - 2
            return try Transfer.PTBin(
                edge.0, edge.1,
                scored,
                momenta.indices.filter {
                    edge.0 <= momenta[$0] && (momenta[$0] < edge.1 || isLast && momenta[$0] == edge.1)
                })
        }
    }
}

extension Transfer.PTBin {
    /// - Parameter places: the jets in it
    init(_ lower: Double, _ upper: Double, _ jets: ScoredJets, _ places: [Int]) throws {
        self.lower = lower
        self.upper = upper
        signalJets = places.count { jets.isSignal[$0] }
        backgroundJets = places.count - signalJets
        guard signalJets > 1, backgroundJets > 1 else {
            rocAUC = nil
            rocAUCStandardError = nil
            return
        }
        let area = try AreaUnderROC(
            try ScoredJets(scores: places.map { jets.scores[$0] }, isSignal: places.map { jets.isSignal[$0] }))
        rocAUC = area.interval()
        rocAUCStandardError = area.standardError
    }
}
