/// N jets of at most n constituents, each a four-momentum in GeV, in memory or in scratch files (``JetStorage``). A value;
/// copies share storage.
public struct JetData: Sendable {
    /// n, the slots for constituents that each jet has.
    public let constituents: Int
    /// Where they are kept.
    public let storage: JetStorage
    /// [N, n, 4] flat, in the order (E, px, py, pz), by descending pT; empty slots are zero and come last.
    public private(set) var fourMomenta: Column<Float>
    /// [N] how many constituents a jet had before it was cut to n. The slots in use are `min(counts[i], n)`.
    public private(set) var counts: Column<Int32>
    /// [N] raw values of ``JetClass``.
    public private(set) var classes: Column<UInt8>
    /// [N, 4] flat, (E, px, py, pz): the sum over all constituents that the file stores, in double.
    public private(set) var jetMomenta: Column<Double>
    /// [N] jets of one collision share a number, and must not be spread over training and test.
    public private(set) var eventIndex: Column<Int64>
    /// [N] the jet's place among all jets of the files, those of other classes included: a name that does not change
    /// with the classes chosen.
    public private(set) var index: Column<Int64>
    /// The files that the jets come from, in order.
    public internal(set) var files: [JetFileRecord] = []

    /// No jets yet, with room for `constituents` in each.
    public init(constituents: Int, storage: JetStorage = .memory) {
        precondition(constituents > 0, "a jet needs room for at least one constituent")
        self.constituents = constituents
        self.storage = storage
        fourMomenta = Column(in: storage)
        counts = Column(in: storage)
        classes = Column(in: storage)
        jetMomenta = Column(in: storage)
        eventIndex = Column(in: storage)
        index = Column(in: storage)
    }

    /// N, the number of jets.
    public var count: Int { counts.count }

    /// The class of jet `jet`.
    public func jetClass(_ jet: Int) -> JetClass { JetClass(rawValue: classes[jet])! }

    /// How many jets of each class there are, classes without jets left out.
    public var classCounts: [JetCount] {
        var jets = [Int](repeating: 0, count: JetClass.allCases.count)
        for jetClass in classes { jets[Int(jetClass)] += 1 }
        return JetCount.some(jets)
    }

    /// Adds one jet.
    ///
    /// - Precondition: ``storage`` is all memory, or the reader has made room.
    /// - Parameters:
    ///   - momenta: [n, 4] flat, (E, px, py, pz), as in ``fourMomenta``
    ///   - count: its constituents before cutting
    ///   - sum: (E, px, py, pz) over all of them
    public mutating func append(
        momenta: some Collection<Float>, count: Int, jetClass: JetClass, sum: (Double, Double, Double, Double),
        eventIndex: Int64, index: Int64
    ) {
        precondition(momenta.count == 4 * constituents, "\(momenta.count) values are not [\(constituents), 4]")
        fourMomenta.append(contentsOf: momenta)
        counts.append(Int32(count))
        classes.append(jetClass.rawValue)
        jetMomenta.append(contentsOf: [sum.0, sum.1, sum.2, sum.3])
        self.eventIndex.append(eventIndex)
        self.index.append(index)
    }

    /// Makes room for so many jets in all, and for some to come.
    ///
    /// - Throws: ``JetsError/noScratch(folder:bytes:reason:)``.
    mutating func makeRoom(for jets: Int) throws {
        try fourMomenta.makeRoom(for: jets * 4 * constituents)
        try counts.makeRoom(for: jets)
        try classes.makeRoom(for: jets)
        try jetMomenta.makeRoom(for: 4 * jets)
        try eventIndex.makeRoom(for: jets)
        try index.makeRoom(for: jets)
    }

    /// Gives back the room behind the last jet.
    mutating func trim() {
        fourMomenta.trim()
        counts.trim()
        classes.trim()
        jetMomenta.trim()
        eventIndex.trim()
        index.trim()
    }

    /// Adds numbers to the event numbers and the places of some successive jets.
    mutating func shift(_ jets: Range<Int>, events: Int64, places: Int64) throws {
        guard events != 0 || places != 0 else { return }
        try eventIndex.resize(to: count) { numbers in for jet in jets { numbers[jet] &+= events } }
        try index.resize(to: count) { numbers in for jet in jets { numbers[jet] += places } }
    }

    /// As many jets as `jets` says, holding anything, and each column's memory here and there.
    func blank(_ jets: Int, in storage: JetStorage) throws -> (JetData, [JetRows]) {
        var blank = JetData(constituents: constituents, storage: storage)
        blank.files = files
        let rows = try [
            blank.fourMomenta.blank(4 * constituents, of: jets, like: fourMomenta),
            blank.counts.blank(1, of: jets, like: counts),
            blank.classes.blank(1, of: jets, like: classes), blank.jetMomenta.blank(4, of: jets, like: jetMomenta),
            blank.eventIndex.blank(1, of: jets, like: eventIndex), blank.index.blank(1, of: jets, like: index),
        ]
        return (blank, rows)
    }

    /// The jets of these classes, in their order.
    ///
    /// - Throws: ``JetsError/emptyClass(_:place:counts:)`` where one of them has none.
    public func selecting(_ chosen: [JetClass]) throws -> JetData {
        let places = (0..<UInt32(count)).filter { chosen.contains(jetClass(Int($0))) }
        let selected = try copied(places, to: storage)
        try selected.requireJets(of: chosen, place: "the jets chosen from", found: classCounts)
        return selected
    }

    func requireJets(of chosen: [JetClass], place: String, found: [JetCount]? = nil) throws {
        let present = Set(classes)
        for jetClass in chosen where !present.contains(jetClass.rawValue) {
            throw JetsError.emptyClass(jetClass, place: place, counts: found ?? classCounts)
        }
    }
}

/// A file that jets were read from: a file on disk or a member of an archive.
public struct JetFileRecord: Sendable, Codable, Equatable {
    /// The last part of its path.
    public let name: String
    public let bytes: Int
}
