import Foundation
import HDF5
import Testing

@Suite("goldstone statistics") struct StatisticsTests {
    /// Scores of 300 jets, `shift` apart, by a fixed rule.
    private func scores(_ scratch: Scratch, _ name: String, shift: Double, labels flip: Int = 0) throws -> String {
        var labels: [Int32] = [], logits: [Double] = []
        for i in 0..<300 {
            let label = (i + (i == 150 ? flip : 0)) % 2, x = Double(i)
            let noise = 2 * sin(x * x) + shift * cos(3 * x)
            labels.append(Int32(label))
            logits.append(1.5 * Double(label) - 0.75 + noise)
        }
        let file = try HDF5Writer(path: scratch.path(name))
        try file.addDataset("logit", of: Double.self, chunkRows: 64).append(logits)
        try file.addDataset("label", of: Int32.self, chunkRows: 64).append(labels)
        try file.addDataset("event", of: Int64.self, chunkRows: 64).append((0..<300).map { Int64($0 / 3) })
        try file.setAttribute("variant", .string(name))
        try file.close()
        return scratch.path(name)
    }

    @Test("Two taggers are compared; the folder has JSON, tables and the figure; threads change nothing")
    func compares() throws {
        let scratch = try Scratch()
        let files = [try scores(scratch, "a.h5", shift: 0), try scores(scratch, "b.h5", shift: 1.5)]
        let folder = scratch.path("out")
        let first = try RunningGoldstone.run(
            ["statistics"] + files + ["--resamples", "200", "--output", folder, "--threads", "2"])
        try #require(first.status == 0, "\(first.errors)")
        #expect(first.output.contains("100 events") && first.output.contains("ΔROC-AUC"))
        for name in ["statistics.json", "statistics.md", "statistics.tex", "rejection.vl.json"] {
            #expect(exists("\(folder)/\(name)"), "\(name)")
        }
        let written = try bytes("\(folder)/statistics.json")
        let bootstrap = try #require(try object(written)["bootstrap"] as? [String: Any])
        #expect(bootstrap["byEvent"] as? Bool == true && bootstrap["units"] as? Int == 100)
        let json = try RunningGoldstone.run(
            ["statistics"] + files + ["--resamples", "200", "--json", "--threads", "1"])
        #expect(json.status == 0 && Data(json.output.utf8) == written)
        let byJet = try RunningGoldstone.run(["statistics"] + files + ["--resamples", "200", "--by-jet"])
        #expect(byJet.status == 0 && byJet.output.contains("single jets"))
    }

    @Test("Other jets, missing files and senseless numbers end with what to do")
    func refuses() throws {
        let scratch = try Scratch()
        let files = [try scores(scratch, "a.h5", shift: 0), try scores(scratch, "b.h5", shift: 1, labels: 1)]
        let other = try RunningGoldstone.run(["statistics"] + files + ["--output", scratch.path("out")])
        #expect(other.status == 1 && other.errors.contains("from row 150 on") && other.errors.contains("b.h5"))
        #expect(!exists(scratch.path("out")))
        let missing = try RunningGoldstone.run(["statistics", scratch.path("none.h5")])
        #expect(missing.status == 1 && missing.errors.contains("none.h5"))
        let few = try RunningGoldstone.run(["statistics", files[0], "--resamples", "10"])
        #expect(few.status == 64 && few.errors.contains("--resamples"))
    }
}
