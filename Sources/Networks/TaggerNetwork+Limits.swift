extension TaggerNetwork.Settings {
    /// The first setting that no network can have, with what is wrong with it; nil where there is none. Settings from a
    /// file are asked before a network is made of them: a size of 10¹⁸ would overflow, one of 0 divide by nothing.
    public var fault: String? {
        var faults = Faults()
        switch self {
        case .transformer(let settings):
            faults.check("features", settings.features)
            faults.check("width", settings.width)
            faults.check("heads", settings.heads)
            faults.check("layers", settings.layers, 0...1000)
            faults.check("feedForward", settings.feedForward)
            faults.check("head", settings.head)
            faults.check("dropout", settings.dropout, "a probability below 1") { (0..<1).contains($0) }
            faults.check("layerNormEpsilon", settings.layerNormEpsilon, "above 0 and below 1") { $0 > 0 && $0 < 1 }
            if faults.first == nil, settings.width % settings.heads != 0 {
                return "`width` \(settings.width) is no multiple of `heads` \(settings.heads)"
            }
        case .deepSets(let settings):
            faults.check("features", settings.features)
            if let constituents = settings.constituents { faults.check("constituents", constituents) }
            faults.check("phi", settings.phi)
            faults.check("rho", settings.rho)
            if settings.phi.isEmpty { return "`phi` has no layer" }
        case .mlp(let settings):
            faults.check("features", settings.features)
            faults.check("constituents", settings.constituents)
            faults.check("hidden", settings.hidden)
        case .invariant(let settings):
            faults.check("width", settings.width)
            faults.check("messageWidth", settings.messageWidth)
            faults.check("blocks", settings.blocks, 0...1000)
            faults.check("head", settings.head)
            faults.check("dropout", settings.dropout, "a probability below 1") { (0..<1).contains($0) }
            faults.check("productScale", settings.productScale, "a number above 0") { $0 > 0 && $0.isFinite }
        // Its own file says what it is.
        case .program: break
        }
        return faults.first
    }

    /// How many features of a constituent it takes; nil for a network of momenta alone.
    public var features: Int? {
        switch self {
        case .transformer(let settings): settings.features
        case .deepSets(let settings): settings.features
        case .mlp(let settings): settings.features
        case .invariant, .program: nil
        }
    }
}

/// Looks for settings that can't be, and keeps the first.
private struct Faults {
    private(set) var first: String?

    /// The default is more than any machine has memory for, and far from where products of sizes overflow.
    mutating func check(_ name: String, _ value: Int, _ range: ClosedRange<Int> = 1...65536) {
        guard first == nil, !range.contains(value) else { return }
        first = "`\(name)` is \(value), outside \(range.lowerBound)…\(range.upperBound)"
    }

    mutating func check(_ name: String, _ values: [Int]) {
        if first == nil, values.count > 1000 { first = "`\(name)` has \(values.count) layers, more than 1000" }
        for value in values.prefix(1000) { check(name, value) }
    }

    mutating func check(_ name: String, _ value: Double, _ wanted: String, where test: (Double) -> Bool) {
        guard first == nil, !test(value) else { return }
        first = "`\(name)` is \(value), not \(wanted)"
    }
}
