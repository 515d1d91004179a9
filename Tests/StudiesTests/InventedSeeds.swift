import Studies

/// Paired values of one quantity: unconstrained and constrained, seeds from 1 on.
func pairs(_ unconstrained: [Double], _ constrained: [Double]) -> [SeedPair] {
    zip(unconstrained, constrained).enumerated().map { index, values in
        SeedPair(seed: UInt64(index + 1), unconstrained: .init(values.0), constrained: .init(values.1))
    }
}

/// Six seeds of every quantity, all on the claimed side without a doubt.
let clearEvidence: [ClaimQuantity: [SeedPair]] = {
    let wobble = [0.02, -0.01, 0.03, -0.02, 0, -0.03]
    func around(_ center: Double, _ width: Double) -> [Double] { wobble.map { center + width * $0 } }
    func ratio(_ factor: Double) -> [SeedPair] {
        pairs(around(100, 200), zip(around(100, 200), wobble).map { $0 * factor * (1 + 3 * $1) })
    }
    return [
        .rocAUC: pairs(around(0.987, 0.01), around(0.98695, 0.02)),
        .leadingEigenvalue: ratio(0.08), .hessianTrace: ratio(0.12),
        .modeBreaking: pairs(around(0.6, 1), around(0.1, 0.5)),
        .smearingLoss: pairs(around(0.05, 0.1), around(0.03, 0.05)),
        .nearTransferAUC: pairs(around(0.936, 0.1), around(0.96, 0.05)),
        .farTransferAUC: pairs(around(0.42, 1), around(0.53, 0.5)),
        .distillationError: ratio(0.5), .distillationEpochs: ratio(0.6),
    ]
}()

extension [SeedPair] {
    /// The same with one seed's measurement changed.
    func changing(
        seed: UInt64, constrained: Bool = true, _ change: (SeedPair.Measurement) -> SeedPair.Measurement
    ) -> [SeedPair] {
        map { pair in
            guard pair.seed == seed else { return pair }
            return SeedPair(
                seed: seed, unconstrained: constrained ? pair.unconstrained : change(pair.unconstrained),
                constrained: constrained ? change(pair.constrained) : pair.constrained)
        }
    }
}
