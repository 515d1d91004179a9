import Foundation
import Testing

@Suite("Score files of any tagger") struct ScoreFilesTests {
    /// Two taggers' scores of 400 jets as CSV: one in logits, one in probabilities.
    private func table(_ scratch: Scratch, weight: Bool = false) throws -> String {
        let rows = (0..<400).map { i -> String in
            let label = i % 2, x = 1.2 * Double(label) - 0.6 + 2 * sin(Double(i * i))
            return "\(x),\(1 / (1 + exp(-x - cos(Double(i))))),\(label),\(i / 2)" + (weight ? ",1" : "")
        }
        let header = "net,tree,label,event" + (weight ? ",weight" : "")
        return try scratch.write(([header] + rows).joined(separator: "\n") + "\n", to: "scores.csv")
    }

    @Test("Evaluated: table, JSON, ROC curves; written anew in each format, the figures stay")
    func evaluates() throws {
        let scratch = try Scratch()
        let source = try table(scratch)
        var areas: [[Double]] = []
        for (place, format) in ["csv", "npz", "h5"].enumerated() {
            let folder = scratch.path("out-\(format)")
            let path =
                place == 0
                ? source : scratch.path("out-\(["csv", "npz"][place - 1])/scores.\(["csv", "npz"][place - 1])")
            let result = try RunningGoldstone.run(["evaluate", path, "--output", folder, "--scores", format])
            try #require(result.status == 0, "\(result.errors)")
            #expect(
                result.output.contains("net") && result.output.contains("tree") && result.output.contains("400 jets"))
            #expect(place > 0 || result.errors.contains("tree is taken for probabilities"))
            #expect(exists("\(folder)/roc.vl.json") && exists("\(folder)/scores.\(format)"))
            let list = try #require(
                try JSONSerialization.jsonObject(with: bytes("\(folder)/evaluations.json")) as? [[String: Any]])
            areas.append(
                try list.map { entry in
                    let evaluation = try #require(entry["evaluation"] as? [String: Any])
                    return try #require((evaluation["rocAUC"] as? [String: Any])?["value"] as? Double)
                })
        }
        #expect(areas[0].count == 2 && areas[0] == areas[1] && areas[1] == areas[2])
    }

    @Test("Compared, by event where there are events")
    func compares() throws {
        let scratch = try Scratch()
        let result = try RunningGoldstone.run(
            ["statistics", try table(scratch), "--resamples", "100", "--output", scratch.path("out")])
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("200 events") && result.output.contains("ΔROC-AUC"))
        #expect(exists(scratch.path("out/statistics.json")) && exists(scratch.path("out/rejection.vl.json")))
    }

    @Test("What is wrong ends with what to do, and leaves nothing")
    func refuses() throws {
        let scratch = try Scratch()
        func fails(_ arguments: [String], _ status: Int32, _ words: String...) throws {
            let result = try RunningGoldstone.run(arguments + ["--output", scratch.path("none")])
            #expect(result.status == status, "\(arguments): \(result.errors)")
            for word in words { #expect(result.errors.contains(word), "\(word): \(result.errors)") }
            #expect(!exists(scratch.path("none")))
        }
        let weighted = try table(scratch, weight: true)
        try fails(["evaluate", weighted], 1, "scores.csv", "weight", "--unweighted")
        try fails(
            ["statistics", weighted, "--unweighted", "--column", "nett"], 1, "no column nett", "nearest name is net")
        try fails(["evaluate", weighted, "--unweighted", "--label", "event"], 1, "event of row 4 is 2.0")
        try fails(
            ["evaluate", weighted, "--unweighted", "--column", "net", "--scale", "probabilities"], 1, "probability lies"
        )
        try fails(["evaluate", weighted, "--scale", "percent"], 64, "percent")
        try fails(["evaluate", weighted, "--data", "sample"], 64, "leave out --data")
        try fails(["evaluate", "a.safetensors", "b.safetensors", "--data", "sample"], 64, "one training at a time")
        try fails(["evaluate", "a.safetensors"], 64, "--data FILES or --study FILE")
        try fails(["evaluate", scratch.path("none.npy")], 1, "none.npy")
        let broken = try scratch.write("s,label\n0.5,1\n0.25\n", to: "broken.csv")
        try fails(["evaluate", broken], 1, "broken.csv, line 3: 1 field")
    }
}
