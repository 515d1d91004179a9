import Foundation

/// One quantity of every training of a run, by variant and seed.
public struct VariantMeasurements: Sendable, Equatable {
    /// In the order in which they first appeared.
    public private(set) var variants: [String] = []
    private var values: [String: [UInt64: SeedPair.Measurement]] = [:]

    /// None yet.
    public init() {}

    /// The first of several measurements of one training counts.
    public init(_ measurements: [(variant: String, seed: UInt64, measurement: SeedPair.Measurement)]) {
        for (variant, seed, measurement) in measurements {
            if values[variant] == nil { variants.append(variant) }
            if values[variant]?[seed] == nil { values[variant, default: [:]][seed] = measurement }
        }
    }

    /// The measurements of one variant, by seed; none of a variant that is not there.
    public subscript(_ variant: String) -> [UInt64: SeedPair.Measurement] { values[variant] ?? [:] }

    /// One pair for each seed that both variants have, by rising seeds.
    public func pairs(of unconstrained: String = "unconstrained", and constrained: String = "constrained") -> [SeedPair]
    {
        let (first, second) = (self[unconstrained], self[constrained])
        return first.keys.sorted().compactMap { seed in
            second[seed].map { SeedPair(seed: seed, unconstrained: first[seed]!, constrained: $0) }
        }
    }

    /// The differences over those seeds whose pairs have values and haven't collapsed, or the logarithms of their ratios.
    func differences(of other: String, from baseline: String, asRatio: Bool) -> [Double] {
        pairs(of: baseline, and: other).filter { $0.fault(asRatio: asRatio) == nil }
            .map { $0.difference(asRatio: asRatio) }
    }
}
