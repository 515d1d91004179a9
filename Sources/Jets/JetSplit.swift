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
    /// - Complexity: O(N log N) for the order; copies the jets once, to where they are kept themselves (``JetData/storage``);
    ///   at the most 15 bytes of memory a jet beside that.
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
        let (order, owners) = try dealt(jets, parts)
        let classes = jets.classCounts.map(\.jetClass)
        return try parts.enumerated().map { place, part in
            var chosen: [UInt32] = []
            chosen.reserveCapacity(owners.count { $0 == place })
            for (jet, owner) in zip(order, owners) where owner == place { chosen.append(jet) }
            let data = try jets.copied(chosen, to: jets.storage)
            if data.count > 0 { try data.requireJets(of: classes, place: part.name) }
            return data
        }
    }

    /// The jets in the order in which they are dealt out, and the part that each of that order belongs to; 255 for none.
    private func dealt(_ jets: JetData, _ parts: [Part]) throws -> (order: [UInt32], owners: [UInt8]) {
        try validate(parts)
        precondition(jets.count <= Int(UInt32.max), "\(jets.count) jets are more than places have numbers")
        return try jets.eventIndex.withUnsafeBufferPointer { events in
            let order = self.order(of: events)
            var owners = [UInt8](repeating: 255, count: order.count)
            /// The event that begins at a place of the order.
            func event(at place: Int) -> Range<Int> {
                let number = events[Int(order[place])]
                var end = place + 1
                while end < order.count, events[Int(order[end])] == number { end += 1 }
                return place..<end
            }
            // Balanced, each class is dealt out by itself, as far as the rarest goes.
            let classes: [UInt8?] = balanced ? jets.classCounts.map { $0.jetClass.rawValue } : [nil]
            /// The events of a class in order, until `body` has had enough.
            func forEachEvent(of jetClass: UInt8?, from place: inout Int, _ body: (Range<Int>) -> Bool) {
                while place < order.count {
                    let event = event(at: place)
                    if jetClass == nil || jets.classes[Int(order[place])] == jetClass, !body(event) { return }
                    place = event.upperBound
                }
            }
            func total(_ jetClass: UInt8?, atLeast wanted: Int) -> Int {
                var got = 0, place = 0
                forEachEvent(of: jetClass, from: &place) { event in
                    guard got < wanted else { return false }
                    got += event.count
                    return true
                }
                return got
            }
            let fewest = classes.map { total($0, atLeast: .max) }.min() ?? 0
            for jetClass in classes {
                let total = total(jetClass, atLeast: fewest)
                var left = total, place = 0
                for (number, part) in parts.enumerated() {
                    let wanted =
                        switch part.amount {
                        // Divided among the classes, and rounded up: never fewer than asked for.
                        case .count(let count): (count + classes.count - 1) / classes.count
                        // Rounding of the fraction itself must not lose a jet; a part that is wanted gets at least one.
                        case .fraction(let fraction):
                            fraction == 0 ? 0 : max(min(Int(fraction * Double(total) + 1e-9), left), 1)
                        case .rest: max(left, 1)
                        }
                    guard wanted <= left else {
                        var counts = [Int](repeating: 0, count: JetClass.allCases.count)
                        forEachEvent(of: jetClass, from: &place) { event in
                            guard left > 0 else { return false }
                            for jet in event { counts[Int(jets.classes[Int(order[jet])])] += 1 }
                            left -= event.count
                            return true
                        }
                        throw JetsError.tooFewJets(part: part.name, wanted: wanted, counts: JetCount.some(counts))
                    }
                    var taken = 0
                    forEachEvent(of: jetClass, from: &place) { event in
                        guard taken < wanted else { return false }
                        for jet in event { owners[jet] = UInt8(number) }
                        taken += event.count
                        return true
                    }
                    left -= taken
                }
            }
            return (order, owners)
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

    private func order(of events: UnsafeBufferPointer<Int64>) -> [UInt32] {
        switch order {
        case .file:
            return DealingOrder.byFirstJet(events) { SplitSettings.mixed(UInt64(bitPattern: $0)) }
        case .hash(let seed):
            let salt = SplitSettings.mixed(seed)
            return DealingOrder.byKey(events) { SplitSettings.mixed(salt ^ UInt64(bitPattern: $0)) }
        }
    }

    /// A bijective hash, so that no two events share a key: the output function of SplitMix64 (Steele, Lea and Flood,
    /// “Fast splittable pseudorandom number generators”, OOPSLA 2014).
    private static func mixed(_ number: UInt64) -> UInt64 {
        var z = number &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
