import Networks
import Support

/// A network that learns from a teacher, under the name that results have for it.
public struct StudentSettings: Sendable, Hashable {
    public let name: String
    public let network: TaggerNetwork.Settings

    public init(name: String, network: TaggerNetwork.Settings) {
        self.name = name
        self.network = network
    }

    /// Those that are known by name: the paper's student, then transformers, deep sets and MLPs down to the size of
    /// networks that run in a first-level trigger.
    public static let known: [StudentSettings] = [
        StudentSettings(name: "paper", network: .transformer(paper)),
        transformer(width: 64, heads: 4, layers: 2),
        transformer(width: 32, heads: 4, layers: 1),
        transformer(width: 16, heads: 2, layers: 1),
        deepSets(width: 64),
        deepSets(width: 32),
        mlp(constituents: 16),
        mlp(constituents: 8),
    ]

    /// The one of ``known`` of that name; nil where there is none.
    public static func named(_ name: String) -> StudentSettings? { known.first { $0.name == name } }

    /// A transformer of the paper's student's size, 487,665 parameters. The paper gives that number and no widths; these
    /// give it exactly.
    private static var paper: JetTransformer.Settings {
        var settings = student
        settings.width = 160
        settings.feedForward = 128
        settings.head = [192, 80, 64]
        return settings
    }

    /// A transformer without dropout: what a student learns, its teacher's logits, has no noise to be protected from,
    /// and dropout would only keep it from matching them.
    static var student: JetTransformer.Settings {
        var settings = JetTransformer.Settings()
        settings.dropout = 0
        return settings
    }

    private static func transformer(width: Int, heads: Int, layers: Int) -> StudentSettings {
        var settings = student
        settings.width = width
        settings.heads = heads
        settings.layers = layers
        settings.feedForward = width
        settings.head = [width]
        return StudentSettings(name: "transformer-\(width)", network: .transformer(settings))
    }

    private static func deepSets(width: Int) -> StudentSettings {
        var settings = DeepSets.Settings()
        settings.phi = [width, width]
        settings.rho = [width]
        return StudentSettings(name: "deep-sets-\(width)", network: .deepSets(settings))
    }

    private static func mlp(constituents: Int) -> StudentSettings {
        var settings = ConstituentMLP.Settings()
        settings.constituents = constituents
        return StudentSettings(name: "mlp-\(constituents)", network: .mlp(settings))
    }
}

extension StudentSettings {
    /// One of a study file's own: `name`, `kind` and the network's settings.
    init(_ reader: SettingsReader) throws {
        var name = ""
        try reader.read("name", into: &name)
        if name.isEmpty || name.contains("/") { throw reader.invalid("name", "a name without slashes") }
        if StudentSettings.named(name) != nil { throw reader.invalid("name", "a name that no known student has") }
        // Transformers have no dropout unless it is asked for.
        self.init(name: name, network: try TaggerNetwork.Settings(reader, transformer: StudentSettings.student))
    }
}

extension StudentSettings: Codable {
    private enum Key: CodingKey { case name }

    /// As in a study file: the name of a known student, or `name` with the network's settings.
    public func encode(to encoder: any Encoder) throws {
        if StudentSettings.named(name) == self {
            var container = encoder.singleValueContainer()
            try container.encode(name)
        } else {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(name, forKey: .name)
            try network.encode(to: encoder)
        }
    }

    /// As in a study file.
    ///
    /// - Throws: ``DistillationError/unknownStudent(_:nearest:known:)``; `DecodingError`.
    public init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            self = try StudentSettings.choose(name, from: StudentSettings.known)
        } else {
            let container = try decoder.container(keyedBy: Key.self)
            self.init(
                name: try container.decode(String.self, forKey: .name), network: try .init(from: decoder))
        }
    }

    /// The student of that name.
    ///
    /// - Throws: ``DistillationError/unknownStudent(_:nearest:known:)``.
    public static func choose(_ name: String, from students: [StudentSettings]) throws -> StudentSettings {
        if let found = students.first(where: { $0.name == name }) { return found }
        let names = students.map(\.name)
        throw DistillationError.unknownStudent(name, nearest: nearestName(to: name, in: names), known: names)
    }
}
