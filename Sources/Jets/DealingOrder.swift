/// The order in which a split deals out jets: one event after the other, the jets of each in their own order.
///
/// Memory is a few bytes a jet, as the numbers of jets are all that is moved.
enum DealingOrder {
    /// Events by ascending key.
    ///
    /// - Parameters:
    ///   - events: [N] the event of each jet
    ///   - key: a bijective hash of an event's number, evenly spread
    /// - Returns: [N] places of jets. Cost: O(N log N) in pieces of some ten thousand jets; 4 bytes a jet.
    static func byKey(_ events: UnsafeBufferPointer<Int64>, _ key: (Int64) -> UInt64) -> [UInt32] {
        // Jets go into buckets by the leading bits of their keys, and each bucket is then sorted by itself.
        let bits = max(Int.bitWidth - events.count.leadingZeroBitCount - 15, 0), shift = 64 - bits
        func bucket(_ event: Int64) -> Int { Int(truncatingIfNeeded: key(event) >> shift) }
        var ends = [Int](repeating: 0, count: 1 << bits)
        for event in events { ends[bucket(event)] += 1 }
        var total = 0
        for place in ends.indices {
            total += ends[place]
            ends[place] = total - ends[place]
        }
        var order = [UInt32](repeating: 0, count: events.count)
        for (jet, event) in events.enumerated() {
            let own = bucket(event)
            order[ends[own]] = UInt32(jet)
            ends[own] += 1
        }
        var start = 0
        for end in ends {
            var jets = order[start..<end].map { (key: key(events[Int($0)]), jet: $0) }
            jets.sort { $0.key != $1.key ? $0.key < $1.key : $0.jet < $1.jet }
            for (place, keyed) in jets.enumerated() { order[start + place] = keyed.jet }
            start = end
        }
        return order
    }

    /// Events by their first jets.
    ///
    /// - Parameters: as for ``byKey(_:_:)``
    /// - Returns: [N] places of jets. Cost: O(N) where event numbers never fall, else as ``byKey(_:_:)``; 4 or 12 bytes a jet.
    static func byFirstJet(_ events: UnsafeBufferPointer<Int64>, _ key: (Int64) -> UInt64) -> [UInt32] {
        if zip(events, events.dropFirst()).allSatisfy({ $0 <= $1 }) { return Array(0..<UInt32(events.count)) }
        var order = byKey(events, key)
        var first = [UInt32](repeating: 0, count: events.count)
        // [f + 1] jets whose event begins with jet f; then, summed up, where the event of jet f begins.
        var begins = [UInt32](repeating: 0, count: events.count + 1)
        var own: UInt32 = 0, last: Int64?
        for jet in order {
            let event = events[Int(jet)]
            if event != last { own = jet }
            last = event
            first[Int(jet)] = own
            begins[Int(own) + 1] += 1
        }
        for jet in events.indices { begins[jet + 1] += begins[jet] }
        for jet in events.indices {
            let own = Int(first[jet])
            order[Int(begins[own])] = UInt32(jet)
            begins[own] += 1
        }
        return order
    }
}
