/// Jets to train on, to validate with and to test on. No event is in two of them.
public struct JetSplit: Sendable {
    public let training: JetData
    public let validation: JetData
    public let test: JetData
}

/// How jets are divided into training, validation and test.
///
/// Jets come in events (``JetData/eventIndex``), and an event goes to one part as a whole: two jets of one collision
/// share its kinematics, so that one in training would tell about the other in test. Events are put in an order, and
/// training, validation and test are filled from it one after the other. As the last event of a part may hold several
/// jets, a part can get a few more jets than it asks for, never fewer.
public struct SplitSettings: Sendable, Codable, Equatable {
    /// How many jets a part gets.
    public enum Amount: Sendable, Codable, Equatable {
        /// That many jets.
        case count(Int)
        /// This fraction, 0 to 1, of all jets that are divided.
        case fraction(Double)
        /// What the parts before it leave over.
        case rest
    }

    /// In which order events are dealt out.
    public enum Order: Sendable, Codable, Equatable {
        /// As they come in the files.
        case file
        /// By a hash of (seed, event number): random, and the same for an event whatever other jets there are.
        case hash(seed: UInt64)
    }

    public var training: Amount
    public var validation: Amount
    public var test: Amount
    public var order: Order
    /// Whether each part has equally many jets of each class. Each class is then dealt out by itself, an event with the
    /// class of its first jet; jets of the more frequent classes that are too many stay unused.
    public var balanced: Bool

    /// The settings above.
    public init(training: Amount, validation: Amount, test: Amount, order: Order, balanced: Bool = false) {
        self.training = training
        self.validation = validation
        self.test = test
        self.order = order
        self.balanced = balanced
    }

    /// The paper's: 200,000 jets of the files to train on, in their order; the rest of them validates; all jets of the
    /// files to test on test.
    public static let paper = SplitSettings(training: .count(200_000), validation: .rest, test: .rest, order: .file)

    /// Divides one set of jets into all three parts.
    ///
    /// - Complexity: O(N log N) for the order; copies the jets once.
    /// - Throws: ``JetsError`` where a setting is impossible, there are too few jets, or a part lacks a class that the
    ///   jets have.
    public func split(_ jets: JetData) throws -> JetSplit {
        let parts = try deal(jets, [("training", training), ("validation", validation), ("test", test)])
        return JetSplit(training: parts[0], validation: parts[1], test: parts[2])
    }

    /// Divides jets into training and validation, and takes the test part from jets of other files.
    ///
    /// - Throws: as ``split(_:)``.
    public func split(_ jets: JetData, test testJets: JetData) throws -> JetSplit {
        let parts = try deal(jets, [("training", training), ("validation", validation)])
        return JetSplit(training: parts[0], validation: parts[1], test: try testPart(of: testJets))
    }

    /// The test part of jets of other files: that of ``split(_:test:)``, where nobody needs the others.
    ///
    /// - Throws: as ``split(_:)``.
    public func testPart(of testJets: JetData) throws -> JetData { try deal(testJets, [("test", test)])[0] }

    private typealias Part = (name: String, amount: Amount)

    private func deal(_ jets: JetData, _ parts: [Part]) throws -> [JetData] {
        try validate(parts)
        let events = events(of: jets)
        let classes = jets.classCounts.map(\.jetClass)
        var streams = [events[...]]
        if balanced {
            streams = classes.map { jetClass in events.filter { jets.jetClass($0[0]) == jetClass }[...] }
            let fewest = streams.map(SplitSettings.jets(in:)).min() ?? 0
            for stream in streams.indices { streams[stream] = SplitSettings.leading(streams[stream], jets: fewest) }
        }
        var dealt = [[Int]](repeating: [], count: parts.count)
        for var left in streams {
            let total = SplitSettings.jets(in: left)
            for (place, part) in parts.enumerated() {
                let remaining = SplitSettings.jets(in: left)
                let wanted =
                    switch part.amount {
                    // Divided among the classes, and rounded up: never fewer than asked for.
                    case .count(let count): (count + streams.count - 1) / streams.count
                    // Rounding of the fraction itself must not lose a jet; a part that is wanted gets at least one.
                    case .fraction(let fraction):
                        fraction == 0 ? 0 : max(min(Int(fraction * Double(total) + 1e-9), remaining), 1)
                    case .rest: max(remaining, 1)
                    }
                guard wanted <= remaining else {
                    let counts = jets.subset(left.flatMap { $0 }).classCounts
                    throw JetsError.tooFewJets(part: part.name, wanted: wanted, counts: counts)
                }
                let taken = SplitSettings.leading(left, jets: wanted)
                left = left.dropFirst(taken.count)
                dealt[place] += taken.flatMap { $0 }
            }
        }
        var rank = [Int](repeating: 0, count: jets.count)
        for (place, jet) in events.joined().enumerated() { rank[jet] = place }
        return try zip(parts, dealt).map { part, chosen in
            let data = jets.subset(chosen.sorted { rank[$0] < rank[$1] })
            if data.count > 0 { try data.requireJets(of: classes, place: part.name) }
            return data
        }
    }

    private func validate(_ parts: [Part]) throws {
        var sum = 0.0
        for part in parts {
            switch part.amount {
            case .count(let count) where count < 0:
                throw JetsError.invalidSetting(name: part.name, value: "\(count)", allowed: "at least 0 jets")
            case .fraction(let fraction) where !(0...1).contains(fraction):
                throw JetsError.invalidSetting(name: part.name, value: "\(fraction)", allowed: "between 0 and 1")
            case .fraction(let fraction): sum += fraction
            default: break
            }
        }
        guard sum <= 1 + 1e-9 else {
            throw JetsError.invalidSetting(
                name: "the sum of the fractions of \(parts.map(\.name).joined(separator: ", "))", value: "\(sum)",
                allowed: "at most 1")
        }
    }

    /// The jets of each event, events in the order in which they are dealt out.
    private func events(of jets: JetData) -> [[Int]] {
        var place: [Int64: Int] = [:]
        var events: [[Int]] = []
        for jet in 0..<jets.count {
            if let known = place[jets.eventIndex[jet]] {
                events[known].append(jet)
            } else {
                place[jets.eventIndex[jet]] = events.count
                events.append([jet])
            }
        }
        guard case .hash(let seed) = order else { return events }
        let salt = SplitSettings.mixed(seed)
        let keyed = events.map { event in
            (key: SplitSettings.mixed(salt ^ UInt64(bitPattern: jets.eventIndex[event[0]])), event: event)
        }
        return keyed.sorted { $0.key < $1.key }.map(\.event)
    }

    /// A bijective hash, so that no two events share a key: the output function of SplitMix64 (Steele, Lea and Flood,
    /// “Fast splittable pseudorandom number generators”, OOPSLA 2014).
    private static func mixed(_ number: UInt64) -> UInt64 {
        var z = number &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    private static func jets(in events: ArraySlice<[Int]>) -> Int { events.reduce(0) { $0 + $1.count } }

    /// The fewest leading events that hold at least so many jets, or all.
    private static func leading(_ events: ArraySlice<[Int]>, jets wanted: Int) -> ArraySlice<[Int]> {
        var got = 0
        return events.prefix { event in
            defer { got += event.count }
            return got < wanted
        }
    }
}
