/// What a jet comes from: the five classes of the hls4ml LHC jet data set, and QCD, the top-tagging reference data set's
/// name for jets of light quarks and gluons together.
public enum JetClass: UInt8, Sendable, CaseIterable, Codable, CustomStringConvertible {
    case gluon, quark, w, z, top, qcd

    /// The name on pages, in settings and in JSON: gluon, quark, W, Z, top or QCD.
    public var name: String {
        switch self {
        case .gluon: "gluon"
        case .quark: "quark"
        case .w: "W"
        case .z: "Z"
        case .top: "top"
        case .qcd: "QCD"
        }
    }

    /// The five classes of the hls4ml LHC jet data set.
    public static let published: [JetClass] = [.gluon, .quark, .w, .z, .top]

    /// All, each after those that it is searched among.
    public static let fromBackgroundToSignal: [JetClass] = [.qcd, .gluon, .quark, .w, .z, .top]

    /// The column of the dataset `jets` that is 1 for this class and 0 for the others.
    public var column: String {
        switch self {
        case .gluon: "j_g"
        case .quark: "j_q"
        case .w: "j_w"
        case .z: "j_z"
        case .top: "j_t"
        case .qcd: "j_qcd"
        }
    }

    public var description: String { name }

    /// The class of that name, as in ``name``.
    ///
    /// - Throws: ``JetsError/unknownClass(_:)``.
    public init(named name: String) throws {
        guard let found = JetClass.allCases.first(where: { $0.name == name }) else {
            throw JetsError.unknownClass(name)
        }
        self = found
    }

    /// From a name, as in ``name``.
    public init(from decoder: any Decoder) throws {
        try self.init(named: decoder.singleValueContainer().decode(String.self))
    }

    /// As a name, as in ``name``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
