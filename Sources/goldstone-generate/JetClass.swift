import CPythia

/// A class of jets, named as the one-hot columns of the data set name it.
enum JetClass: String, CaseIterable, Codable, Sendable {
    case gluon, quark, w, z, top
    /// Jets of the processes in the user's own Pythia commands.
    case other

    /// The column of `jets` that is 1 for this class.
    var column: String {
        switch self {
        case .gluon: "j_g"
        case .quark: "j_q"
        case .w: "j_w"
        case .z: "j_z"
        case .top: "j_t"
        case .other: "j_undef"
        }
    }

    var process: GoldstoneProcess {
        switch self {
        case .gluon: GOLDSTONE_GLUON
        case .quark: GOLDSTONE_QUARK
        case .w: GOLDSTONE_W
        case .z: GOLDSTONE_Z
        case .top: GOLDSTONE_TOP
        case .other: GOLDSTONE_COMMANDS
        }
    }
}
