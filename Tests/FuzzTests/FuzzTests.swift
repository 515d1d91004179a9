import Foundation
import Testing

/// Files that are changed at random, thousands of them, for each parser of ours: it reads them, or throws an error of ours
/// that names the file. It never crashes, hangs, or takes more memory than the file is worth.
///
/// `make fuzz` runs the same for minutes: GOLDSTONE_FUZZ is the number of seconds for each parser, GOLDSTONE_FUZZ_SEED
/// another seed. The file in work then lies in .build/fuzz, where it stays if the program dies of it.
@Suite(.serialized) struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seconds = environment["GOLDSTONE_FUZZ"].flatMap(Double.init)

    @Test(arguments: FuzzTarget.all)
    func `Changed files are read or refused`(target: FuzzTarget) throws {
        let seed = Self.environment["GOLDSTONE_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
        let folder =
            Self.seconds == nil ? NSTemporaryDirectory() + "goldstone-fuzz-\(UUID().uuidString)" : ".build/fuzz"
        defer { if Self.seconds == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let run = try FuzzRun(target, folder: folder)
        // The small size ends by its count, on any machine; the time is for one that is very busy.
        try run.run(
            seed: seed, count: Self.seconds == nil ? target.smallCount : nil, seconds: Self.seconds ?? 30,
            keepsInput: Self.seconds != nil)
        if Self.seconds != nil {
            print(
                "\(target.name): \(run.tried) files, \(run.accepted) accepted, \(run.messages.count) kinds of answers")
        }
        // Else the changes are too few, or so many that nothing gets past the first check.
        #expect(
            run.tried >= min(300, target.smallCount) && run.messages.count >= 4, "\(run.tried) files: \(run.messages)")
    }
}

extension FuzzTarget {
    /// How many files the small size tries.
    var smallCount: Int { needsFile ? 400 : 1200 }
}
