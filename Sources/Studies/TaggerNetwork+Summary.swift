import Foundation
import Networks

extension TaggerNetwork.Settings {
    /// The network in a few words, for titles.
    public var summary: String {
        let count = if case .program(let s) = self { s.parameters } else { TaggerNetwork(self).parameters.count }
        let parameters = count.formatted(.number.locale(Locale(identifier: "en_US")))
        func widths(_ widths: [Int]) -> String { widths.map(String.init).joined(separator: "-") }
        let words =
            switch self {
            case .transformer(let s):
                "transformer, d \(s.width), \(s.layers) layer\(s.layers == 1 ? "" : "s"), \(s.heads) heads"
            case .deepSets(let s):
                "deep sets\(s.constituents.map { " on \($0) constituents" } ?? ""), φ \(widths(s.phi)), "
                    + "\(s.pooling.rawValue), ρ \(widths(s.rho + [1]))"
            case .mlp(let s): "MLP on \(s.constituents) constituents, \(widths(s.hidden + [1]))"
            case .invariant(let s):
                "Lorentz invariant, d \(s.width), \(s.blocks) block\(s.blocks == 1 ? "" : "s"), messages \(s.messageWidth)"
            case .program(let s): "\(s.format) program of \(s.inputs.keys.sorted().joined(separator: ", "))"
            }
        return "\(words), \(parameters) parameters"
    }
}

extension JetTransformer.Settings {
    /// The network in a few words, for titles.
    public var summary: String { TaggerNetwork.Settings.transformer(self).summary }
}
