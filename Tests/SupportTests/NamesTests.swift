import Support
import Testing

struct NamesTests {
    @Test func `The nearest name is the one with the fewest edits`() {
        let names = ["epochs", "batchSize", "learningRate"]
        #expect(nearestName(to: "epoch", in: names) == "epochs")
        #expect(nearestName(to: "bathcSize", in: names) == "batchSize")
        #expect(nearestName(to: "LEARNINGRATE", in: names) == "learningRate")
    }

    @Test func `Names of any length and number take no time`() {
        let long = String(repeating: "a", count: 1_000_000)
        #expect(nearestName(to: long, in: ["epochs"]) == nil)
        #expect(nearestName(to: "epoch", in: [long, "epochs"]) == "epochs")
        #expect(nearestName(to: "epoch", in: (0..<1_000_000).lazy.map { "\($0)" }) == nil)
    }

    @Test func `Nothing is near to a word of its own`() {
        #expect(nearestName(to: "zzzzzzzzz", in: ["epochs", "batchSize"]) == nil)
        #expect(nearestName(to: "a", in: [String]()) == nil)
    }
}
