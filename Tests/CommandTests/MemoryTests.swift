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
        /// The peak of a training on the shipped jets, `times` times over.
        func peak(memory: String, times: Int) throws -> Int {
            let study = scratch.path("study.yaml"), files = [String](repeating: "sample", count: times)
            try """
            data: {files: [\(files.joined(separator: ", "))], trainingJets: 0.8, validationJets: 0.1, testJets: 0.1, memory: \(memory)}
            measures: [evaluation]
            network: {width: 8, heads: 1, layers: 1}
            curvature: {jets: 32}
            landscape: {jets: 32}
            variants: [{name: plain, terms: {bce: 1}, network: {kind: mlp, hidden: [16]}}]
            training: {epochs: 1, batchSize: 4096, sliceSize: 512}
            """.write(toFile: study, atomically: true, encoding: .utf8)
            return try anonymousPeak(["train", study, "--output", scratch.path("run-\(memory)-\(times)")])
        }
        let jets = 44_000
        let few = try peak(memory: "0", times: 1), many = try peak(memory: "0", times: 4)
        let inMemory = try peak(memory: "null", times: 4)
        // The allocator's peaks differ by 20 MB from run to run, which is 150 bytes of each jet more.
        #expect(many - few < 250 * 3 * jets, "\(many - few) bytes more for \(3 * jets) jets more")
        // 16 · 32 + 53 bytes a jet and 52 of tensors, for as long as the training goes.
        #expect(inMemory - many > 250 * 4 * jets, "\(inMemory - many) bytes more for \(4 * jets) jets in memory")
    }
}
