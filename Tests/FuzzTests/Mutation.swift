import Foundation

/// Changes files as damage and malice do. Equal seeds give equal changes.
struct Mutation {
    /// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
    }

    var generator: Generator
    /// Words that mean something in the format.
    let dictionary: [Data]

    /// Numbers at which counting goes wrong.
    private static let numbers: [Int64] = [
        0, 1, -1, 2, 7, 8, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
        1 << 32, 1 << 40, 1 << 53, 1 << 62, .max, .max - 1, .min,
    ]
    private static let words = [
        "-1", "0", "1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616",
        "1e308", "1e400", "-1e308", "1e-400", "nan", "inf", "0.5", "99999999999999999999999999", "4294967296",
        "4611686018427387904", "\"\"", "''", "null", "true", "[]", "{}", "\0", "\n", "\r", "é", "\u{FFFF}", "😀",
    ].map { Data($0.utf8) }

    init(seed: UInt64, dictionary: [String]) {
        generator = Generator(state: seed)
        self.dictionary = dictionary.map { Data($0.utf8) }
    }

    /// A changed copy; `other` lends parts. At most twice as long and 4 KB.
    mutating func mutated(_ input: Data, with other: Data) -> Data {
        var bytes = [UInt8](input)
        let limit = 2 * input.count + 4096
        // Mostly one change: what is changed in many places is refused at the first of them.
        let count = Bool.random(using: &generator) ? 1 : Int.random(in: 2...4, using: &generator)
        for _ in 0..<count { change(&bytes, [UInt8](other)) }
        return Data(bytes.prefix(limit))
    }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<13, using: &generator) {
        case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2:
            bytes.insert(
                contentsOf: (0..<length(16)).map { _ in UInt8.random(in: 0...255, using: &generator) }, at: place)
        case 3: bytes.removeSubrange(range(of: bytes, from: place, atMost: 64))
        case 4: bytes.insert(contentsOf: bytes[range(of: bytes, from: place, atMost: 256)], at: place)
        case 5: bytes.removeLast(min(bytes.count, length(bytes.count / 2 + 1)))
        case 6, 7: replaceNumber(in: &bytes, near: place)
        case 8: overwriteBinary(&bytes, at: place)
        case 9:
            let word = dictionary.randomElement(using: &generator) ?? Mutation.words[0]
            bytes.insert(contentsOf: word, at: place)
        case 10:
            let word = (dictionary + Mutation.words).randomElement(using: &generator)!
            bytes.replaceSubrange(place..<min(place + word.count, bytes.count), with: word)
        case 11:
            // The beginning of one file and the end of another.
            guard !other.isEmpty else { return }
            bytes = Array(bytes[..<place]) + other[Int.random(in: 0..<other.count, using: &generator)...]
        default:
            // One field many times over: nesting, long lines.
            let part = Array(bytes[range(of: bytes, from: place, atMost: 8)])
            for _ in 0..<length(300) { bytes.insert(contentsOf: part, at: place) }
        }
    }

    private mutating func length(_ most: Int) -> Int { Int.random(in: 1...max(most, 1), using: &generator) }

    private mutating func range(of bytes: [UInt8], from place: Int, atMost most: Int) -> Range<Int> {
        place..<min(place + length(most), bytes.count)
    }

    /// Puts another number where digits stand.
    private mutating func replaceNumber(in bytes: inout [UInt8], near place: Int) {
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard let first = bytes[place...].firstIndex(where: isDigit) else { return }
        let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
        let word =
            Bool.random(using: &generator)
            ? Mutation.words.randomElement(using: &generator)!
            : Data("\(Mutation.numbers.randomElement(using: &generator)!)".utf8)
        bytes.replaceSubrange(first..<end, with: word)
    }

    /// Writes a number of 1 to 8 bytes in either order.
    private mutating func overwriteBinary(_ bytes: inout [UInt8], at place: Int) {
        let value = UInt64(bitPattern: Mutation.numbers.randomElement(using: &generator)!)
        let width = [1, 2, 4, 8].randomElement(using: &generator)!, isBig = Bool.random(using: &generator)
        for byte in 0..<width where place + byte < bytes.count {
            bytes[place + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (isBig ? width - 1 - byte : byte)))
        }
    }
}
