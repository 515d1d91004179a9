import Fixtures
import Foundation
import Networks
import Testing
import Torch

/// Small damages to a small `.pt2` archive, hundreds in the tests, as many as there is time for with `make fuzz`: each is an
/// error or harmless, none ends the process.
@Suite(.enabled(if: PyTorch.isThere), .serialized)
struct ProgramFuzzTests {
    private static let seconds = ProcessInfo.processInfo.environment["GOLDSTONE_FUZZ"].flatMap(Double.init)
    private static let first =
        1_000_000 * (ProcessInfo.processInfo.environment["GOLDSTONE_FUZZ_SEED"].flatMap(Int.init) ?? 0)

    /// Calls `body` 400 times, or as often as `make fuzz` has the time for.
    private func rounds(_ body: (Int) -> Void) -> Int {
        let end = Date(timeIntervalSinceNow: Self.seconds ?? .infinity), most = Self.seconds == nil ? 400 : 1_000_000
        var round = 0
        while round < most, Date() < end {
            body(Self.first + round)
            round += 1
        }
        return round
    }

    /// Draws whole numbers.
    private struct Dice {
        private let values: [Double]
        private var next = 0

        init(_ purpose: String, round: Int) {
            values = RandomStream(seed: 9, purpose: purpose).uniforms(64, jet: UInt32(round))
        }

        mutating func roll(_ sides: Int) -> Int {
            defer { next += 1 }
            return min(sides - 1, Int(values[next % values.count] * Double(sides)))
        }
    }

    /// Opens, runs and differentiates; what is wrong must be a `ProgramError`.
    private func open(_ data: Data) -> Bool {
        do throws(ProgramError) {
            let program = try ExportedProgram(data, file: "mutated.pt2")
            let inputs = program.exampleInputs(count: 2) ?? []
            guard inputs.count == program.inputs.count else { return false }
            _ = try program.check(inputs)
            _ = try program.placeWithoutSecondDerivative(program.parameters.variables(of: program.theta), inputs)
            return true
        } catch {
            #expect(error.description.hasPrefix("mutated.pt2"), "\(error)")
            return false
        }
    }

    @Test func `Bytes anywhere in the archive`() throws {
        let whole = try StoredArchive(contentsOf: try Programs.path("deep-sets.pt2")).data()
        _ = rounds { round in
            var dice = Dice("bytes", round: round), data = whole
            for _ in 0...dice.roll(4) {
                switch dice.roll(3) {
                case 0: data[dice.roll(data.count)] = UInt8(dice.roll(256))
                case 1: data[dice.roll(data.count)] ^= UInt8(1 << dice.roll(8))
                default:
                    let start = dice.roll(data.count - 1)
                    data.removeSubrange(start..<min(data.count, start + 1 + dice.roll(64)))
                }
            }
            _ = open(data)
        }
    }

    @Test(arguments: ["models/model.json", "model_weights_config.json"])
    func `Words and numbers of the JSON, with right checksums`(file: String) throws {
        var archive = try StoredArchive(contentsOf: try Programs.path("deep-sets.pt2"))
        let place = archive.place(file), words = Self.words(archive.entries[place].content)
        let strange = [
            "0", "-1", "1", "2", "7", "100000", "true", "null", "\"\"", "\"x\"", "[]", "{}", "1e300", "{\"as_int\": 3}",
        ]
        var harmless = 0
        let tried = rounds { round in
            var dice = Dice(file, round: round), text = words
            for _ in 0...dice.roll(2) {
                let at = dice.roll(text.count)
                switch dice.roll(4) {
                case 0: text[at] = Array(strange[dice.roll(strange.count)].utf8)
                case 1: text[at] = text[dice.roll(text.count)]
                case 2: text.swapAt(at, dice.roll(text.count))
                default: text.remove(at: at)
                }
            }
            archive.entries[place].content = Array(text.joined())
            if open(archive.data()) { harmless += 1 }
        }
        // Some damages are to names and notes that decide nothing; most are not.
        #expect(harmless < tried)
    }

    /// The text cut into strings, numbers and marks.
    private static func words(_ json: [UInt8]) -> [[UInt8]] {
        var words: [[UInt8]] = [], i = 0
        while i < json.count {
            let start = i
            if json[i] == UInt8(ascii: "\"") {
                i += 1
                while json[i] != UInt8(ascii: "\"") { i += json[i] == UInt8(ascii: "\\") ? 2 : 1 }
                i += 1
            } else if json[i] == UInt8(ascii: "-") || (0x30...0x39).contains(json[i]) {
                while i < json.count, json[i] == UInt8(ascii: "-") || (0x30...0x39).contains(json[i]) { i += 1 }
            } else {
                i += 1
            }
            words.append(Array(json[start..<i]))
        }
        return words
    }
}
