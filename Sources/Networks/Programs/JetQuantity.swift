import Torch

/// What an input of a program is given of the jets: `features`, `features[0,1]`, `momenta`, `mask`, `jet`, `count`.
public struct JetQuantity: Sendable, Codable, Hashable, CustomStringConvertible {
    /// The quantities.
    public enum Kind: String, Sendable, CaseIterable {
        /// The features, [B, N, 7], as `Features.compute` has them, or scaled.
        case features
        /// The constituents' four-momenta (E, px, py, pz), [B, N, 4], in GeV.
        case momenta
        /// Whether there is a constituent, [B, N]: true or false, or 1 or 0 where the program wants numbers.
        case mask
        /// The same as numbers, whatever the program wants.
        case maskNumbers
        /// The jet's four-momentum, [B, 4], in GeV.
        case jet
        /// The number of constituents, [B].
        case count

        var needsMomenta: Bool { self == .momenta || self == .jet }
        /// Numbers a constituent; nil for what is not one a constituent.
        var width: Int? {
            switch self {
            case .features: 7
            case .momenta: 4
            case .mask, .maskNumbers, .jet, .count: nil
            }
        }
        var isPerConstituent: Bool { self != .jet && self != .count }
    }

    public let kind: Kind
    /// Which of the numbers of each constituent, or of the jet; nil for all.
    public let columns: [Int]?
    /// Whether the constituents come last, [B, C, N], as convolutions want them; nil lets the program's shape decide.
    public let isTransposed: Bool?

    /// What can be written, for messages.
    public static let list =
        "features, momenta, mask, maskNumbers, jet, count; columns as features[0,1]; [B, C, N] as features.transposed"

    /// A quantity, some of its columns or all, as it is or turned.
    public init(_ kind: Kind, columns: [Int]? = nil, isTransposed: Bool? = nil) {
        self.kind = kind
        self.columns = columns
        self.isTransposed = isTransposed
    }

    /// Reads `features`, `features[0,1]`, `momenta.transposed`; nil for anything else.
    public init?(_ text: String) {
        var rest = Substring(text), isTransposed: Bool?, columns: [Int]?
        if rest.hasSuffix(".transposed") {
            isTransposed = true
            rest = rest.dropLast(".transposed".count)
        }
        if rest.hasSuffix("]"), let bracket = rest.firstIndex(of: "[") {
            let parts = rest[rest.index(after: bracket)...].dropLast().split(
                separator: ",", omittingEmptySubsequences: false)
            columns = parts.compactMap { Int($0.trimmingPrefix { $0 == " " }) }
            guard columns?.count == parts.count, columns?.isEmpty == false else { return nil }
            rest = rest[..<bracket]
        }
        guard let kind = Kind(rawValue: String(rest)) else { return nil }
        let width = kind == .jet ? 4 : kind.width
        if let columns, !columns.allSatisfy({ (0..<(width ?? 0)).contains($0) }) { return nil }
        if isTransposed == true, !kind.isPerConstituent { return nil }
        self.init(kind, columns: columns, isTransposed: isTransposed)
    }

    public var description: String {
        kind.rawValue + (columns.map { "[\($0.map(String.init).joined(separator: ","))]" } ?? "")
            + (isTransposed == true ? ".transposed" : "")
    }

    /// From its name, as `--inputs` has it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer(), text = try container.decode(String.self)
        guard let quantity = JetQuantity(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "`\(text)` is none of \(Self.list)")
        }
        self = quantity
    }

    /// As its name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    // MARK: Guesses

    /// What an input most likely is, by its type, its shape and its name; nil where they do not tell.
    ///
    /// - Parameter inputs: how many inputs the program must be given
    static func guess(_ input: ProgramInput, among inputs: Int) -> JetQuantity? {
        let name = input.name.lowercased()
        func named(_ parts: String...) -> Bool { parts.contains { name.contains($0) } }
        // A shape decides before a name does.
        if let shape = input.shape {
            if input.type == .bool { return named("mask", "valid") || inputs > 1 ? JetQuantity(.mask) : nil }
            let sizes = shape.dropFirst()
            if sizes.count == 2 {
                if sizes.contains(7) { return JetQuantity(.features) }
                if sizes.contains(4) { return JetQuantity(.momenta) }
                if sizes.contains(2), named("point", "coord") { return JetQuantity(.features, columns: [0, 1]) }
                if sizes.contains(1), named("mask", "valid") { return JetQuantity(.mask) }
                return nil
            }
            if sizes.count == 1, named("mask", "valid") { return JetQuantity(.mask) }
            if sizes.count == 1, sizes.first == 4, named("jet") { return JetQuantity(.jet) }
            if sizes.count == 1, let width = sizes.first ?? nil, width % 7 == 0 { return JetQuantity(.features) }
            return nil
        }
        if named("mask", "valid") { return JetQuantity(.mask) }
        if named("feature") { return JetQuantity(.features) }
        if named("momenta", "momentum", "p4", "vector") { return JetQuantity(.momenta) }
        if named("point", "coord") { return JetQuantity(.features, columns: [0, 1]) }
        return inputs == 1 && !input.isOptional ? JetQuantity(.features) : nil
    }

    /// The number of constituents that a program's shape fixes for this; nil where it leaves it free.
    func constituents(in shape: [Int?]?) -> Int? {
        guard let shape, kind.isPerConstituent else { return nil }
        let sizes = Array(shape.dropFirst()), width = columns?.count ?? kind.width
        switch sizes.count {
        case 1: return width.map { width in sizes[0].map { $0 / width } } ?? sizes[0]
        case 2:
            guard let width else { return sizes[0] == 1 ? sizes[1] : sizes[0] }
            return takesTransposed(shape, width) ? sizes[1] : sizes[0]
        default: return nil
        }
    }

    /// Whether [B, C, N] is wanted.
    private func takesTransposed(_ shape: [Int?]?, _ width: Int) -> Bool {
        if let isTransposed { return isTransposed }
        guard let shape, shape.count == 3 else { return false }
        return shape[2] != width && shape[1] == width
    }

    // MARK: Values

    /// This of some jets, in the shape that the input wants where it can be brought into it.
    func tensor(of jets: JetBatch, like input: ProgramInput) -> Tensor {
        func picked(_ tensor: Tensor) -> Tensor {
            columns.map { .stacked($0.map { tensor.select(-1, $0) }, dimension: -1) } ?? tensor
        }
        func arranged(_ tensor: Tensor) -> Tensor {
            let width = columns?.count ?? kind.width!
            if input.shape?.count == 2 { return tensor.reshaped(tensor.shape[0], tensor.shape[1] * width) }
            return takesTransposed(input.shape, width) ? tensor.transposed(1, 2) : tensor
        }
        switch kind {
        case .features: return arranged(picked(jets.features))
        case .momenta: return arranged(picked(jets.momenta!.constituents))
        case .mask, .maskNumbers:
            let mask = kind == .mask ? jets.mask : jets.mask.to(jets.features.scalarType)
            guard let shape = input.shape, shape.count == 3 else {
                return isTransposed == true ? mask.unsqueezed(1) : mask
            }
            return mask.unsqueezed(shape[1] == 1 || isTransposed == true ? 1 : -1)
        case .jet: return picked(jets.momenta!.jets)
        case .count: return jets.mask.to(jets.features.scalarType).sum(-1)
        }
    }
}
