/// How amounts and orders are written in settings files: `rest`, `{count: 200000}`, `{fraction: 0.1}`; `file`,
/// `{seed: 3}`.
extension SplitSettings.Amount {
    private enum Key: String, CodingKey, CaseIterable {
        case count, fraction
    }

    /// - Throws: `DecodingError` naming the key for anything but the three forms.
    public init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            guard word == "rest" else { throw unknown(word, "rest, {count: …} or {fraction: …}", decoder) }
            self = .rest
            return
        }
        let container = try decoder.container(keyedBy: Key.self)
        switch container.allKeys {
        case [.count]: self = .count(try container.decode(Int.self, forKey: .count))
        case [.fraction]: self = .fraction(try container.decode(Double.self, forKey: .fraction))
        case let keys:
            throw unknown(keys.map(\.rawValue).joined(separator: ", "), "rest, {count: …} or {fraction: …}", decoder)
        }
    }

    /// As in a settings file.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .rest:
            var container = encoder.singleValueContainer()
            try container.encode("rest")
        case .count(let count):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(count, forKey: .count)
        case .fraction(let fraction):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(fraction, forKey: .fraction)
        }
    }
}

extension SplitSettings.Order {
    private enum Key: String, CodingKey {
        case seed
    }

    /// - Throws: `DecodingError` naming the key for anything but the two forms.
    public init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            guard word == "file" else { throw unknown(word, "file or {seed: …}", decoder) }
            self = .file
            return
        }
        self = .hash(seed: try decoder.container(keyedBy: Key.self).decode(UInt64.self, forKey: .seed))
    }

    /// As in a settings file.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .file:
            var container = encoder.singleValueContainer()
            try container.encode("file")
        case .hash(let seed):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(seed, forKey: .seed)
        }
    }
}

private func unknown(_ found: String, _ allowed: String, _ decoder: any Decoder) -> DecodingError {
    .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "“\(found)” must be \(allowed)"))
}
