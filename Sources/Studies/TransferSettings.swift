import Jets

/// What a study's taggers are tried on beyond the classes that they were trained on.
public struct TransferSettings: Sendable, Codable, Hashable {
    /// The classes; none stands for all that the files hold.
    public var classes: [JetClass] = []
    /// Bins in jet pT with equally many jets, where ``ptEdges`` gives none.
    public var ptBins = 5
    /// The edges of the bins in jet pT in GeV, ascending; jets outside are in no bin.
    public var ptEdges: [Double] = []
    /// Bins of the calibration curve, with equally many jets.
    public var calibrationBins = 15

    /// The defaults.
    public init() {}

    static let classesDescription = "two or more of \(JetClass.allCases.map(\.name).joined(separator: ", ")), each once"
    static let edgesDescription = "two or more momenta in GeV, in ascending order"

    static func allows(classes: [JetClass]) -> Bool {
        classes.isEmpty || classes.count > 1 && Set(classes).count == classes.count
    }

    static func allows(edges: [Double]) -> Bool {
        edges.isEmpty
            || edges.count > 1 && edges.allSatisfy { $0 >= 0 && $0.isFinite }
                && zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// - Throws: `JetsError.invalidSetting` naming the setting and what it may be.
    public func check() throws {
        func require(_ isAllowed: Bool, _ name: String, _ value: String, _ allowed: String) throws {
            if !isAllowed { throw JetsError.invalidSetting(name: name, value: value, allowed: allowed) }
        }
        try require(
            TransferSettings.allows(classes: classes), "the list of classes",
            classes.map(\.name).joined(separator: ", "), TransferSettings.classesDescription)
        try require(
            TransferSettings.allows(edges: ptEdges), "the list of pT edges", "\(ptEdges)",
            TransferSettings.edgesDescription)
        try require(ptBins >= 1, "the number of pT bins", "\(ptBins)", "at least 1")
        try require(calibrationBins >= 1, "the number of calibration bins", "\(calibrationBins)", "at least 1")
    }

    mutating func read(_ reader: SettingsReader) throws {
        var names = classes.map(\.name)
        try reader.read("classes", into: &names)
        let named = names.compactMap { try? JetClass(named: $0) }
        guard named.count == names.count, TransferSettings.allows(classes: named) else {
            throw reader.invalid("classes", TransferSettings.classesDescription)
        }
        classes = named
        ptEdges =
            try reader.numbers(
                "ptEdges", standard: [], TransferSettings.edgesDescription, where: TransferSettings.allows(edges:))
            ?? ptEdges
        try reader.read("ptBins", into: &ptBins, 1...1000)
        try reader.read("calibrationBins", into: &calibrationBins, 1...1000)
    }
}
