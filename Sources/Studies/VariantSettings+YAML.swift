import Networks
import Objectives

extension StudySettings.VariantSettings {
    /// One of a study file's variants.
    ///
    /// - Parameter network: the study's, which a transformer of the variant's own starts from
    init(_ reader: SettingsReader, network: JetTransformer.Settings) throws {
        var name = ""
        try reader.read("name", into: &name)
        if name.isEmpty || name.contains("/") { throw reader.invalid("name", "a name without slashes") }
        var terms = [TermDescription(name: "bce", weight: 1)]
        if let weights = try reader.numbers("terms") {
            terms = weights.map { TermDescription(name: $0.name, weight: $0.value) }
        }
        for term in terms where !Terms.names.contains(term.name) {
            throw reader.invalid("terms", "terms named \(Terms.names.joined(separator: ", "))")
        }
        self.init(name: name, terms: terms)
        try reader.section("network") { self.network = try TaggerNetwork.Settings($0, transformer: network) }
        seeds = try reader.seeds()
        measures = try reader.measures()
    }

    /// What is wrong with it, for settings that no reader has seen; nil where nothing is.
    var contradiction: String? {
        if let seeds, seeds.isEmpty { return "`seeds` is empty: give at least one, or none at all" }
        if let seeds, Set(seeds).count < seeds.count { return "`seeds` names a seed twice" }
        if case .transformer(let own)? = network, own.width % own.heads != 0 {
            return "`network.width` (\(own.width)) is no multiple of `network.heads` (\(own.heads))"
        }
        return nil
    }
}

extension StudySettings {
    /// Adds the variants of a sweep: cross-entropy and one term at several weights. They take the place of a preset's of
    /// the same names.
    ///
    /// - Parameter named: variants that the file itself names
    mutating func sweep(_ reader: SettingsReader, _ named: [String]) throws {
        var term = ""
        let names = Terms.names.filter { $0 != "bce" }
        try reader.read("term", into: &term, names) { names.contains($0) ? $0 : nil }
        if term.isEmpty { throw reader.invalid("term", "one of \(names.joined(separator: ", "))") }
        let wanted = "a list of weights above 0, each once"
        let weights = try reader.numbers("weights", standard: [], wanted) { weights in
            !weights.isEmpty && weights.allSatisfy { $0 > 0 && $0.isFinite } && Set(weights).count == weights.count
        }
        guard let weights, !weights.isEmpty else { throw reader.invalid("weights", wanted) }
        let seeds = try reader.seeds(), measures = try reader.measures()
        for weight in weights {
            let variant = VariantSettings.sweeping(term, weight: weight, seeds: seeds, measures: measures)
            if named.contains(variant.name) {
                throw reader.invalid("weights", "weights without that of `variants`, \(variant.name)")
            }
            variants.removeAll { $0.name == variant.name }
            variants.append(variant)
        }
    }
}

extension SettingsReader {
    /// Seeds of a variant's own under `seeds`; nil where there is no such key.
    fileprivate func seeds() throws -> [UInt64]? {
        var numbers: [Int] = []
        try read("seeds", into: &numbers, 0...Int(Int32.max))
        guard has("seeds") else { return nil }
        if numbers.isEmpty || Set(numbers).count < numbers.count {
            throw invalid("seeds", "a list of at least one seed, each once")
        }
        return numbers.map(UInt64.init)
    }

    /// The measures under `measures`; nil where there is no such key.
    func measures() throws -> [StudyMeasure]? {
        var names: [String] = []
        try read("measures", into: &names)
        guard has("measures") else { return nil }
        return try names.map { name in
            guard let measure = StudyMeasure(rawValue: name) else {
                let known = StudyMeasure.allCases.map(\.rawValue).joined(separator: ", ")
                throw invalid("measures", "a list of some of \(known)")
            }
            return measure
        }
    }
}

extension StudySettings.VariantSettings: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// As in a study file: `name`, `terms` with their weights by name, and what it has of its own.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: Key("name"))
        var weights = container.nestedContainer(keyedBy: Key.self, forKey: Key("terms"))
        for term in terms { try weights.encode(term.weight, forKey: Key(term.name)) }
        try container.encodeIfPresent(network, forKey: Key("network"))
        try container.encodeIfPresent(seeds, forKey: Key("seeds"))
        try container.encodeIfPresent(measures, forKey: Key("measures"))
    }

    /// As in a study file.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let weights = try container.nestedContainer(keyedBy: Key.self, forKey: Key("terms"))
        self.init(
            name: try container.decode(String.self, forKey: Key("name")),
            terms: try weights.allKeys.map {
                TermDescription(name: $0.stringValue, weight: try weights.decode(Double.self, forKey: $0))
            },
            network: try container.decodeIfPresent(TaggerNetwork.Settings.self, forKey: Key("network")),
            seeds: try container.decodeIfPresent([UInt64].self, forKey: Key("seeds")),
            measures: try container.decodeIfPresent([StudyMeasure].self, forKey: Key("measures")))
    }
}
