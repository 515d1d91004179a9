import Support
import Testing

struct NamesTests {
    @Test func `The nearest name is the one with the fewest edits`() {
        let names = ["epochs", "batchSize", "learningRate"]
        #expect(nearestName(to: "epoch", in: names) == "epochs")
        #expect(nearestName(to: "bathcSize", in: names) == "batchSize")
        #expect(nearestName(to: "LEARNINGRATE", in: names) == "learningRate")
    }

    @Test func `Nothing is near to a word of its own`() {
        #expect(nearestName(to: "zzzzzzzzz", in: ["epochs", "batchSize"]) == nil)
        #expect(nearestName(to: "a", in: [String]()) == nil)
    }
}
