import Jets

/// What a variant's taggers make of other classes: means over its seeds, collapsed trainings named and left out.
public struct VariantTransfer: Sendable, Codable, Equatable {
    public let variant: String
    /// Those averaged over, in the order of every quantity's values.
    public let seeds: [UInt64]
    public let collapsedSeeds: [UInt64]
    /// The pairs of ``Transfer/pairs``; none where every seed has collapsed.
    public let pairs: [Pair]
    /// One a cut of ``MassSculpting``, where there is one.
    public let sculpting: [Cut]

    /// Two classes; each quantity one value a seed.
    public struct Pair: Sendable, Codable, Equatable {
        public let signal: JetClass, background: JetClass
        /// Test-set error: binomial.
        public let accuracy: Spread
        /// Test-set error: DeLong's.
        public let rocAUC: Spread
        /// At the signal efficiency 0.5, as ε_B: unlike 1/ε_B it is finite where no jet passes. Test-set error: binomial.
        public let backgroundEfficiency: Spread
        /// Test-set error of either: that which a perfectly calibrated tagger has by chance.
        public let expectedCalibrationError: Spread
        /// In each bin of pT, where there are jets.
        public let rocAUCInPTBins: [Spread?]
    }

    /// A cut on the tagger's logit.
    public struct Cut: Sendable, Codable, Equatable {
        public let kind: MassSculpting.Point.Kind
        public let target: Double
        /// In bits; nil where some seed lets no background pass.
        public let divergence: Spread?
        /// The mean of what random choices of as many jets give.
        public let byChance: Double?
    }

    /// A variant for each different name, in the order of their first appearance.
    ///
    /// - Precondition: all were measured on the same jets with the same settings.
    public static func combine(_ trainings: [OfTraining<Transfer>]) -> [VariantTransfer] {
        VariantTrainings.grouped(trainings).map { group in
            let results = group.sound.map(\.result)
            return VariantTransfer(
                variant: group.variant, seeds: group.sound.map(\.seed), collapsedSeeds: group.collapsedSeeds,
                pairs: (results.first?.pairs ?? []).indices.map { place in Pair(results.map { $0.pairs[place] }) },
                sculpting: (results.first?.sculpting?.points ?? []).indices.map { place in
                    Cut(results.compactMap { $0.sculpting?.points[place] })
                })
        }
    }

    /// The pair of two classes, whichever of them is its signal.
    public func pair(_ first: JetClass, _ second: JetClass) -> Pair? {
        pairs.first {
            [$0.signal, $0.background] == [first, second] || [$0.signal, $0.background] == [second, first]
        }
    }

    /// ``Transfer/area(row:column:)``, mean over the seeds.
    public func area(row: JetClass, column: JetClass) -> Double? {
        guard let pair = pair(row, column) else { return nil }
        return pair.signal == row ? pair.rocAUC.mean : 1 - pair.rocAUC.mean
    }
}

extension VariantTransfer.Pair {
    /// - Parameter seeds: the same pair, one a seed
    init(_ seeds: [Transfer.Pair]) {
        func binomial(_ fraction: Double, _ n: Int) -> Double { (fraction * (1 - fraction) / Double(n)).squareRoot() }
        signal = seeds[0].signal
        background = seeds[0].background
        let accuracies = seeds.map(\.evaluation.accuracy.value)
        accuracy = Spread(
            accuracies,
            testSetErrors: zip(accuracies, seeds).map {
                binomial($0, $1.evaluation.signalJets + $1.evaluation.backgroundJets)
            })
        rocAUC = Spread(
            seeds.map(\.evaluation.rocAUC.value), testSetErrors: seeds.map(\.evaluation.rocAUCStandardError))
        let cuts = seeds.map { $0.evaluation.operatingPoints.first { $0.target == 0.5 }! }
        let efficiencies = cuts.map { Double($0.backgroundPassing) / Double($0.backgroundCount) }
        backgroundEfficiency = Spread(
            efficiencies, testSetErrors: zip(efficiencies, cuts).map { binomial($0, $1.backgroundCount) })
        expectedCalibrationError = Spread(
            seeds.map(\.calibration.expectedError), testSetErrors: seeds.map(\.calibration.errorByChance))
        rocAUCInPTBins = seeds[0].ptBins.indices.map { bin in
            let areas = seeds.compactMap { $0.ptBins[bin].rocAUC?.value }
            // The jets are the same for all seeds, and so is whether there are enough of them.
            return areas.isEmpty
                ? nil : Spread(areas, testSetErrors: seeds.compactMap { $0.ptBins[bin].rocAUCStandardError })
        }
    }
}

extension VariantTransfer.Cut {
    /// - Parameter seeds: the same cut, one a seed
    init(_ seeds: [MassSculpting.Point]) {
        kind = seeds[0].kind
        target = seeds[0].target
        let divergences = seeds.compactMap(\.divergence)
        guard divergences.count == seeds.count else {
            divergence = nil
            byChance = nil
            return
        }
        divergence = Spread(divergences.map(\.value), testSetErrors: divergences.map(\.standardError))
        byChance = divergences.reduce(0) { $0 + $1.byChance } / Double(divergences.count)
    }
}
