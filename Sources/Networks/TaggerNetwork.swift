import Torch

/// Any of the networks that tag jets, so that one file format, one command and one study serve them all. What is
/// specific to one of them is reached by a pattern: `if case .transformer(let network) = tagger.network`.
public enum TaggerNetwork: Network {
    case transformer(JetTransformer)
    case deepSets(DeepSets)
    case mlp(ConstituentMLP)
    case invariant(LorentzInvariantNetwork)
    /// Someone else's: it comes from its file, and can be measured, but not trained here.
    case program(ProgramTagger)

    /// The network of these settings.
    ///
    /// - Precondition: they are no program's, which settings alone do not make.
    public init(_ settings: Settings) {
        switch settings {
        case .transformer(let settings): self = .transformer(JetTransformer(settings))
        case .deepSets(let settings): self = .deepSets(DeepSets(settings))
        case .mlp(let settings): self = .mlp(ConstituentMLP(settings))
        case .invariant(let settings): self = .invariant(LorentzInvariantNetwork(settings))
        case .program: preconditionFailure("a program's network comes from its file")
        }
    }

    /// What it looks like.
    public var settings: Settings {
        switch self {
        case .transformer(let network): .transformer(network.settings)
        case .deepSets(let network): .deepSets(network.settings)
        case .mlp(let network): .mlp(network.settings)
        case .invariant(let network): .invariant(network.settings)
        case .program(let network): .program(network.settings)
        }
    }

    /// Whether the logit is a function of the features; else it is one of the momenta, and has no gradient with respect to
    /// the features.
    public var seesFeatures: Bool {
        switch self {
        case .invariant: false
        case .program(let network): network.seesFeatures
        case .transformer, .deepSets, .mlp: true
        }
    }

    public var parameters: ParameterTable {
        switch self {
        case .transformer(let network): network.parameters
        case .deepSets(let network): network.parameters
        case .mlp(let network): network.parameters
        case .invariant(let network): network.parameters
        case .program(let network): network.parameters
        }
    }

    /// Logits [B].
    public func callAsFunction(_ theta: [Tensor], _ jets: JetBatch, _ pass: Pass = Pass()) -> Tensor {
        switch self {
        case .transformer(let network): network(theta, jets, pass)
        case .deepSets(let network): network(theta, jets, pass)
        case .mlp(let network): network(theta, jets, pass)
        case .invariant(let network): network(theta, jets, pass)
        case .program(let network): network(theta, jets, pass)
        }
    }

    /// Parameters before training, float [P], as the network itself draws them.
    public func initialParameters(seed: UInt64) -> Tensor {
        switch self {
        case .transformer(let network): network.initialParameters(seed: seed)
        case .deepSets(let network): network.initialParameters(seed: seed)
        case .mlp(let network): network.initialParameters(seed: seed)
        case .invariant(let network): network.initialParameters(seed: seed)
        case .program(let network): network.initialParameters(seed: seed)
        }
    }
}

extension TaggerNetwork {
    /// The kinds of network, by the names that files have for them.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case transformer, deepSets, mlp, invariant, program

        /// Those that a study can train.
        public static let trainable = allCases.filter { $0 != .program }
    }

    /// The settings of one of the networks. In a file they are its own settings and `kind`; without `kind` they are a
    /// transformer's.
    public enum Settings: Sendable, Hashable, Codable {
        case transformer(JetTransformer.Settings)
        case deepSets(DeepSets.Settings)
        case mlp(ConstituentMLP.Settings)
        case invariant(LorentzInvariantNetwork.Settings)
        case program(ProgramTagger.Settings)

        /// Which network it is.
        public var kind: Kind {
            switch self {
            case .transformer: .transformer
            case .deepSets: .deepSets
            case .mlp: .mlp
            case .invariant: .invariant
            case .program: .program
            }
        }

        private enum Key: CodingKey { case kind }

        public init(from decoder: any Decoder) throws {
            let kind = try decoder.container(keyedBy: Key.self).decodeIfPresent(Kind.self, forKey: .kind)
            switch kind ?? .transformer {
            case .transformer: self = .transformer(try JetTransformer.Settings(from: decoder))
            case .deepSets: self = .deepSets(try DeepSets.Settings(from: decoder))
            case .mlp: self = .mlp(try ConstituentMLP.Settings(from: decoder))
            case .invariant: self = .invariant(try LorentzInvariantNetwork.Settings(from: decoder))
            case .program: self = .program(try ProgramTagger.Settings(from: decoder))
            }
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(kind, forKey: .kind)
            switch self {
            case .transformer(let settings): try settings.encode(to: encoder)
            case .deepSets(let settings): try settings.encode(to: encoder)
            case .mlp(let settings): try settings.encode(to: encoder)
            case .invariant(let settings): try settings.encode(to: encoder)
            case .program(let settings): try settings.encode(to: encoder)
            }
        }
    }
}
