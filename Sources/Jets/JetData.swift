/// Jets in memory: N jets of at most n constituents, each a four-momentum in GeV. A value; copies share storage.
public struct JetData: Sendable {
    /// n, the slots for constituents that each jet has.
    public let constituents: Int
    /// [N, n, 4] flat, in the order (E, px, py, pz), by descending pT; empty slots are zero and come last.
    public private(set) var fourMomenta: [Float] = []
    /// [N] how many constituents a jet had before it was cut to n. The slots in use are `min(counts[i], n)`.
    public private(set) var counts: [Int32] = []
    /// [N] raw values of ``JetClass``.
    public private(set) var classes: [UInt8] = []
    /// [N, 4] flat, (E, px, py, pz): the sum over all constituents that the file stores, in double.
    public private(set) var jetMomenta: [Double] = []
    /// [N] jets of one collision share a number, and must not be spread over training and test.
    public private(set) var eventIndex: [Int64] = []
    /// [N] the jet's place among all jets of the files, those of other classes included: a name that does not change
    /// with the classes chosen.
    public private(set) var index: [Int64] = []
    /// The files that the jets come from, in order.
    public internal(set) var files: [JetFileRecord] = []

    /// No jets yet, with room for `constituents` in each.
    public init(constituents: Int) {
        precondition(constituents > 0, "a jet needs room for at least one constituent")
        self.constituents = constituents
    }

    /// N, the number of jets.
    public var count: Int { counts.count }

    /// The class of jet `jet`.
    public func jetClass(_ jet: Int) -> JetClass { JetClass(rawValue: classes[jet])! }

    /// How many jets of each class there are, classes without jets left out.
    public var classCounts: [JetCount] {
        var jets = [Int](repeating: 0, count: JetClass.allCases.count)
        for jetClass in classes { jets[Int(jetClass)] += 1 }
        return JetClass.allCases.compactMap { jets[Int($0.rawValue)] > 0 ? JetCount($0, jets[Int($0.rawValue)]) : nil }
    }

    /// Adds one jet.
    ///
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

    /// Makes room for `jets` jets, so that adding them does not move those that are there.
    mutating func reserve(_ jets: Int) {
        fourMomenta.reserveCapacity(jets * 4 * constituents)
        counts.reserveCapacity(jets)
        classes.reserveCapacity(jets)
        jetMomenta.reserveCapacity(4 * jets)
        eventIndex.reserveCapacity(jets)
        index.reserveCapacity(jets)
    }

    /// Adds all jets of `other`, which has the same n, with `shift` added to their event numbers and `indexShift` to
    /// their places.
    mutating func append(_ other: JetData, eventShift: Int64, indexShift: Int64) {
        precondition(other.constituents == constituents)
        fourMomenta += other.fourMomenta
        counts += other.counts
        classes += other.classes
        jetMomenta += other.jetMomenta
        eventIndex += other.eventIndex.lazy.map { $0 &+ eventShift }
        index += other.index.lazy.map { $0 + indexShift }
        files += other.files
    }

    /// The jets at the places given, in that order. ``files`` stays that of all.
    ///
    /// - Complexity: copies 16n + 57 bytes a jet.
    public func subset(_ jets: [Int]) -> JetData {
        var chosen = JetData(constituents: constituents)
        let width = 4 * constituents
        chosen.fourMomenta = [Float](unsafeUninitializedCapacity: jets.count * width) { buffer, initialized in
            fourMomenta.withUnsafeBufferPointer { all in
                for (place, jet) in jets.enumerated() {
                    precondition(jet >= 0 && jet < count, "jet \(jet) of \(count)")
                    (buffer.baseAddress! + place * width).initialize(from: all.baseAddress! + jet * width, count: width)
                }
            }
            initialized = jets.count * width
        }
        chosen.counts = jets.map { counts[$0] }
        chosen.classes = jets.map { classes[$0] }
        chosen.jetMomenta = jets.flatMap { jetMomenta[4 * $0..<4 * $0 + 4] }
        chosen.eventIndex = jets.map { eventIndex[$0] }
        chosen.index = jets.map { index[$0] }
        chosen.files = files
        return chosen
    }

    /// The jets of these classes, in their order.
    ///
    /// - Throws: ``JetsError/emptyClass(_:place:counts:)`` where one of them has none.
    public func selecting(_ chosen: [JetClass]) throws -> JetData {
        let selected = subset((0..<count).filter { chosen.contains(jetClass($0)) })
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
