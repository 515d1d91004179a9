import Foundation
import Testing

@Suite("The program about itself") struct ProgramTests {
    @Test func version() throws {
        let result = try RunningGoldstone.run(["--version"])
        #expect(result.status == 0)
        #expect(result.output.wholeMatch(of: #/\d+\.\d+\.\d+\n/#) != nil)
    }

    @Test("The help lists every command")
    func help() throws {
        let result = try RunningGoldstone.run(["--help"])
        #expect(result.status == 0)
        for command in ["study", "train", "evaluate", "inspect", "generate", "doctor"] {
            #expect(result.output.contains(try Regex("(?m)^  \(command) ")))
        }
    }

    @Test("doctor's text and JSON tell the same versions, and of this machine")
    func doctor() throws {
        let text = try RunningGoldstone.run(["doctor"])
        let json = try RunningGoldstone.run(["doctor", "--json"])
        #expect(text.status == 0 && json.status == 0)
        let environment = try object(Data(json.output.utf8))
        let version = try RunningGoldstone.run(["--version"]).output.trimmingCharacters(in: .newlines)
        #expect(environment["goldstone"] as? String == version)
        let libTorch = try #require(environment["libTorch"] as? String)
        #expect(libTorch.hasPrefix("2.") && text.output.contains(libTorch))
        let machine = try #require(environment["machine"] as? [String: Any])
        // The kernel's own figure; a container may be allowed less.
        let listed = try String(contentsOfFile: "/proc/meminfo", encoding: .utf8).split(separator: "\n")[0]
        let kibibytes = try #require(listed.split(separator: " ").compactMap { Int($0) }.first)
        #expect((machine["memory"] as? Int).map { $0 > 0 && $0 <= kibibytes * 1024 } == true)
        for line in ["goldstone ", "LibTorch ", "GPUs ", "instruction sets ", "figures ", "generator "] {
            #expect(text.output.contains(line))
        }
    }

    @Test("An unknown command is an error")
    func unknown() throws {
        let result = try RunningGoldstone.run(["studdy"])
        #expect(result.status != 0)
        #expect(result.errors.contains("studdy"))
    }
}
