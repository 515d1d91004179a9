import Foundation
import Jets
import Testing
import Torch

/// Splits deal out jets as they did when events were lists in a dictionary.
struct DealingOrderTests {
    /// The rule word by word: lists of jets by event, sorted whole.
    private struct ListSplit {
        let settings: SplitSettings

        func split(_ jets: JetData) throws -> [[Int]] {
            var place: [Int64: Int] = [:], events: [[Int]] = []
            for (jet, event) in jets.eventIndex.enumerated() {
                if let known = place[event] {
                    events[known].append(jet)
                } else {
                    place[event] = events.count
                    events.append([jet])
                }
            }
            if case .hash(let seed) = settings.order {
                let salt = mixed(seed)
                func key(_ event: [Int]) -> UInt64 { mixed(salt ^ UInt64(bitPattern: jets.eventIndex[event[0]])) }
                events.sort { key($0) < key($1) }
            }
            var streams = [events[...]]
            if settings.balanced {
                streams = jets.classCounts.map { own in events.filter { jets.jetClass($0[0]) == own.jetClass }[...] }
                let fewest = streams.map { $0.joined().count }.min() ?? 0
                streams = streams.map { leading($0, fewest) }
            }
            var parts = [[Int]](repeating: [], count: 3)
            for var left in streams {
                let total = left.joined().count
                for (part, amount) in [settings.training, settings.validation, settings.test].enumerated() {
                    let remaining = left.joined().count
                    let wanted =
                        switch amount {
                        case .count(let count): (count + streams.count - 1) / streams.count
                        case .fraction(let part):
                            part == 0 ? 0 : max(min(Int(part * Double(total) + 1e-9), remaining), 1)
                        case .rest: max(remaining, 1)
                        }
                    guard wanted <= remaining else { throw JetsError.invalidSetting(name: "", value: "", allowed: "") }
                    let taken = leading(left, wanted)
                    left = left.dropFirst(taken.count)
                    parts[part] += taken.joined()
                }
            }
            var rank = [Int](repeating: 0, count: jets.count)
            for (place, jet) in events.joined().enumerated() { rank[jet] = place }
            return parts.map { $0.sorted { rank[$0] < rank[$1] } }
        }

        private func leading(_ events: ArraySlice<[Int]>, _ wanted: Int) -> ArraySlice<[Int]> {
            var got = 0
            return events.prefix { event in
                defer { got += event.count }
                return got < wanted
            }
        }

        /// SplitMix64's output function.
        private func mixed(_ number: UInt64) -> UInt64 {
            var z = number &+ 0x9E37_79B9_7F4A_7C15
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
    }

    /// Events of one to many jets that come back later, with numbers that fall and are negative.
    private func jets(_ count: Int, seed: UInt64) -> JetData {
        var jets = JetData(constituents: 1)
        let draws = RandomStream(seed: seed, purpose: "events").words(2 * count)
        for jet in 0..<count {
            let event = Int64(draws[2 * jet] % UInt32(1 + count / 3)) - 20
            jets.append(
                momenta: [2, 1, 0, 0], count: 1, jetClass: JetClass.published[Int(draws[2 * jet + 1] % 9) % 5],
                sum: (2, 1, 0, 0), eventIndex: event * 1_000_003, index: Int64(jet))
        }
        return jets
    }

    @Test(arguments: [1, 40, 1000, 40_000], [SplitSettings.Order.file, .hash(seed: 1), .hash(seed: 12)])
    func `Parts are those of lists in a dictionary`(count: Int, order: SplitSettings.Order) throws {
        let all = jets(count, seed: UInt64(count))
        var compared = 0
        for balanced in [false, true] {
            for amounts: (SplitSettings.Amount, SplitSettings.Amount, SplitSettings.Amount) in [
                (.fraction(0.5), .fraction(0.3), .rest), (.count(count / 4), .fraction(0.1), .fraction(0.2)),
                (.rest, .count(0), .count(0)), (.count(7), .count(9), .count(3)),
            ] {
                let settings = SplitSettings(
                    training: amounts.0, validation: amounts.1, test: amounts.2, order: order, balanced: balanced)
                let expected = try? ListSplit(settings: settings).split(all)
                let found = try? settings.split(all)
                // A part without one of the classes is an error of its own.
                let complete = expected?.allSatisfy { part in
                    part.isEmpty || Set(part.map { all.classes[$0] }).count == all.classCounts.count
                }
                guard let expected, complete == true else {
                    #expect(found == nil)
                    continue
                }
                let split = try #require(found)
                for (part, jets) in zip([split.training, split.validation, split.test], expected) {
                    #expect(part.index == jets.map { Int64($0) })
                }
                compared += 1
            }
        }
        #expect(compared >= (count < 1000 ? 1 : 6))
    }
}
