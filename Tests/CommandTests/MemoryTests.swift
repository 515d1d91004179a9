import Foundation
import Testing

/// Jets that are kept in scratch files take no memory of the process's own.
struct MemoryTests {
    /// The most anonymous memory that a run held, in bytes.
    private func anonymousPeak(_ arguments: [String]) throws -> Int {
        let process = try RunningGoldstone.start(arguments)
        var peak = 0
        while process.isRunning {
            let status =
                (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
            peak = max(peak, line.flatMap { Int($0.split(separator: " ").first { Int($0) != nil } ?? "") } ?? 0)
            usleep(5_000)
        }
        try #require(process.terminationStatus == 0)
        return peak * 1024
    }

    @Test func `Memory stays flat in the number of jets when they lie in files`() throws {
        let scratch = try Scratch()
        /// Bytes a jet, from reading the shipped jets once and six times over.
        func growth(memory: String) throws -> Double {
            var peaks: [Int] = []
            for times in [1, 6] {
                let study = scratch.path("study.yaml"), files = [String](repeating: "sample", count: times)
                try """
                data: {files: [\(files.joined(separator: ", "))], trainingJets: 0.8, validationJets: 0.1, testJets: 0.1, memory: \(memory)}
                variants: [{name: plain, terms: {bce: 1}, network: {kind: mlp, hidden: [16]}}]
                training: {epochs: 1, batchSize: 4096, sliceSize: 512}
                """.write(toFile: study, atomically: true, encoding: .utf8)
                peaks.append(try anonymousPeak(["train", study, "--output", scratch.path("run-\(memory)-\(times)")]))
            }
            return Double(peaks[1] - peaks[0]) / (5 * 44_000)
        }
        let inFiles = try growth(memory: "0"), inMemory = try growth(memory: "null")
        // 16 · 32 + 53 bytes a jet, twice while they are divided.
        #expect(inMemory > 560, "\(inMemory) bytes a jet")
        #expect(inFiles < 60, "\(inFiles) bytes a jet")
    }
}
