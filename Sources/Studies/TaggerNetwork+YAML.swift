import Jets
import Networks

extension TaggerNetwork.Settings {
    /// A network from a study file: `kind` and the settings of that kind.
    ///
    /// - Parameter transformer: what a transformer's settings start from; every other network's start from its defaults
    init(_ reader: SettingsReader, transformer: JetTransformer.Settings) throws {
        var kind = TaggerNetwork.Kind.transformer
        let kinds = TaggerNetwork.Kind.trainable
        try reader.read("kind", into: &kind, kinds.map(\.rawValue)) { name in kinds.first { $0.rawValue == name } }
        switch kind {
        case .transformer:
            var settings = transformer
            try settings.read(reader)
            if settings.width % settings.heads != 0 {
                throw reader.invalid("width", "a multiple of `heads` (\(settings.heads))")
            }
            self = .transformer(settings)
        case .deepSets:
            var settings = DeepSets.Settings()
            try reader.read("features", into: &settings.features, Features.count...Features.count)
            try reader.read("constituents", into: &settings.constituents, 1...1000)
            try reader.read("phi", into: &settings.phi, 1...65536)
            if settings.phi.isEmpty { throw reader.invalid("phi", "a list of at least one width") }
            try reader.read("pooling", into: &settings.pooling)
            try reader.read("rho", into: &settings.rho, 1...65536)
            self = .deepSets(settings)
        case .mlp:
            var settings = ConstituentMLP.Settings()
            try reader.read("features", into: &settings.features, Features.count...Features.count)
            try reader.read("constituents", into: &settings.constituents, 1...1000)
            try reader.read("hidden", into: &settings.hidden, 1...65536)
            self = .mlp(settings)
        case .invariant:
            var settings = LorentzInvariantNetwork.Settings()
            try reader.read("width", into: &settings.width, 1...65536)
            try reader.read("messageWidth", into: &settings.messageWidth, 1...65536)
            try reader.read("blocks", into: &settings.blocks, 0...1000)
            try reader.read("head", into: &settings.head, 1...65536)
            try reader.read("dropout", into: &settings.dropout, "a probability below 1") { (0..<1).contains($0) }
            try reader.read("productScale", into: &settings.productScale, "GeV², above 0") { $0 > 0 }
            self = .invariant(settings)
        case .program: throw reader.invalid("kind", "a network that can be trained here")
        }
    }
}
