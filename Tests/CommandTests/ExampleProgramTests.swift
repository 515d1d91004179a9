import Foundation
import Testing

/// The programs of `Examples`, run as their first lines say.
@Suite("Examples") struct ExampleProgramTests {
    private func run(_ name: String, _ arguments: [String]) throws -> String {
        let result = try RunningGoldstone.run(
            RunningGoldstone.folder.appendingPathComponent(name).path, arguments)
        try #require(result.status == 0, "\(name): \(result.errors)")
        return result.output
    }

    private func numbers(after word: String, in text: String) -> [Double] {
        text.split(separator: "\n").filter { $0.contains(word) }.compactMap { line in
            let rest = line[line.range(of: word)!.upperBound...]
            return rest.split { " ,:±".contains($0) }.first.flatMap { Double($0) }
        }
    }

    @Test("A tagger is trained, and its weights are read by the command")
    func training() throws {
        let scratch = try Scratch(), weights = scratch.path("example.safetensors")
        let text = try run("TrainATagger", [RunningGoldstone.sample, "1", weights])
        let area = try #require(numbers(after: "ROC-AUC", in: text).first)
        #expect(area > 0.7 && area < 1)
        let evaluated = try RunningGoldstone.run(["evaluate", weights, "--data", RunningGoldstone.sample])
        #expect(evaluated.status == 0 && evaluated.output.contains("example, seed 1"), "\(evaluated.errors)")
    }

    @Test("Eigenvalues and trace of a loss of one's own are those of its formula")
    func curvature() throws {
        let text = try run("CurvatureOfYourLoss", ["500", "12"])
        let values = (1...3).flatMap { numbers(after: "eigenvalue \($0):", in: text) }
        #expect(values.count == 3 && values[0] > values[1] && values[1] > values[2] && values[2] > 0)
        let trace = try #require(numbers(after: "trace:", in: text).first)
        let exact = try #require(numbers(after: "formula:", in: text).first)
        #expect(abs(trace - exact) < 1e-4 * exact && values.reduce(0, +) < exact)
    }

    @Test("A penalty under one's own symmetry makes the tagger respect it")
    func symmetry() throws {
        let text = try run("YourOwnSymmetry", [RunningGoldstone.sample, "2"])
        let changes = numbers(after: "reflection ", in: text)
        #expect(changes.count == 2 && changes[1] < changes[0], "\(text)")
    }
}
