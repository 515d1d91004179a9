import Torch

extension TaggerNetwork.Settings {
    /// What no network can have, in words; nil where nothing is wrong. For settings out of a file, which may hold anything,
    /// before a network is made of them.
    public var fault: String? {
        func sizes(_ name: String, _ values: [Int]) -> String? {
            if values.count > TaggerNetwork.mostLayers { return "`\(name)` has \(values.count) layers" }
            return values.first { !(1...TaggerNetwork.largestWidth).contains($0) }.map { "`\(name)` is \($0)" }
        }
        func number(_ name: String, _ value: Int, _ range: ClosedRange<Int>) -> String? {
            range.contains(value) ? nil : "`\(name)` is \(value)"
        }
        func probability(_ name: String, _ value: Double) -> String? {
            (0..<1).contains(value) ? nil : "`\(name)` is \(value)"
        }
        let layers = 0...TaggerNetwork.mostLayers
        switch self {
        case .transformer(let settings):
            return sizes("width", [settings.features, settings.width, settings.heads, settings.feedForward])
                ?? number("layers", settings.layers, layers) ?? sizes("head", settings.head)
                ?? probability("dropout", settings.dropout)
                ?? (settings.width % settings.heads == 0
                    ? nil : "`width` (\(settings.width)) is no multiple of `heads` (\(settings.heads))")
                ?? (settings.layerNormEpsilon > 0 ? nil : "`layerNormEpsilon` is \(settings.layerNormEpsilon)")
        case .deepSets(let settings):
            return sizes("features", [settings.features]) ?? sizes("phi", settings.phi) ?? sizes("rho", settings.rho)
                ?? (settings.phi.isEmpty ? "`phi` is empty" : nil)
        case .mlp(let settings):
            return sizes("features", [settings.features, settings.constituents]) ?? sizes("hidden", settings.hidden)
        case .invariant(let settings):
            return sizes("width", [settings.width, settings.messageWidth]) ?? number("blocks", settings.blocks, layers)
                ?? sizes("head", settings.head) ?? probability("dropout", settings.dropout)
                ?? (settings.productScale > 0 ? nil : "`productScale` is \(settings.productScale)")
        }
    }
}

extension TaggerNetwork {
    /// The limits of the study file.
    fileprivate static var largestWidth: Int { 65536 }
    fileprivate static var mostLayers: Int { 1000 }
}
