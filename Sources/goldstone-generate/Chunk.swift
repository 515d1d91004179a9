import Foundation

/// A part of the work that is done in one go and kept in a file of its own: some jets of one class, from random numbers
/// of its own. So neither the number of cores nor an interruption changes the jets.
struct Chunk: Sendable {
    /// Jets of a whole chunk: about two seconds of work.
    static let size = 500

    let jetClass: JetClass
    /// Counts the chunks of a class, from 0.
    let index: Int
    /// How many jets it holds.
    let count: Int
    /// The number of its first event. Its events are fewer than its jets, so that each event of a file has a number of
    /// its own.
    let firstEvent: Int64

    /// What errors and progress call it.
    var name: String { "\(jetClass.rawValue), chunk \(index)" }
    var fileName: String { "\(jetClass.rawValue)-\(index).h5" }

    /// Seeds for Pythia, 1 to 900,000,000, of the hard process, the shower and the detector: three in a row from a
    /// start that depends on seed and class, so that no two chunks of a class share one.
    func seeds(seed: Int) -> [Int32] {
        let limit: UInt64 = 900_000_000
        let classNumber = JetClass.allCases.firstIndex(of: jetClass)!
        let start = mixed(UInt64(seed) &* UInt64(JetClass.allCases.count) &+ UInt64(classNumber)) % limit
        return (0..<3).map { Int32((start + 3 * UInt64(index) + $0) % limit) + 1 }
    }

    /// All chunks, class by class.
    static func plan(_ counts: [(jetClass: JetClass, count: Int)]) -> [Chunk] {
        var firstEvent: Int64 = 0
        var chunks: [Chunk] = []
        for (jetClass, count) in counts {
            for (index, first) in stride(from: 0, to: count, by: size).enumerated() {
                let length = min(size, count - first)
                chunks.append(Chunk(jetClass: jetClass, index: index, count: length, firstEvent: firstEvent))
                firstEvent += Int64(length)
            }
        }
        return chunks
    }
}

/// SplitMix64's output function (Steele, Lea and Flood 2014): neighbouring numbers become unrelated ones.
private func mixed(_ number: UInt64) -> UInt64 {
    var z = number &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}
