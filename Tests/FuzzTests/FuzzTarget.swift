import Foundation
import Testing

/// A parser of ours with files that it reads.
struct FuzzTarget: Sendable, CustomTestStringConvertible {
    let name: String
    let seeds: [Data]
    /// Words that mean something in the format.
    let dictionary: [String]
    /// Makes checksums right again, without which no change would get further than them.
    let repair: @Sendable (Data) -> Data
    /// Parses the bytes, which also lie at the path where `needsFile`, and does with the result what the program does.
    let parse: @Sendable (Data, _ path: String) throws -> Void
    let needsFile: Bool
    /// The errors that may come.
    let isOwn: @Sendable (any Error) -> Bool

    init(
        _ name: String, seeds: [Data], dictionary: [String] = [], needsFile: Bool = false,
        errors: [any Error.Type], repair: @escaping @Sendable (Data) -> Data = { $0 },
        parse: @escaping @Sendable (Data, String) throws -> Void
    ) {
        self.name = name
        self.seeds = seeds
        self.dictionary = dictionary
        self.needsFile = needsFile
        self.repair = repair
        self.parse = parse
        isOwn = { error in errors.contains { type(of: error) == $0 } }
    }

    var testDescription: String { name }
}

/// Tries a target with more and more changed files. What the parser says decides which of them are changed further: a file
/// that it accepts, or that it refuses in words not heard before, has reached something new.
final class FuzzRun {
    /// What went wrong, with the file that did it.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The longest that one file may take, in seconds, on a machine with other work.
    private static let patience = 20.0

    private let target: FuzzTarget
    private let folder: String
    private let watch: Watch
    private(set) var tried = 0, accepted = 0

    /// - Parameter folder: where the file in work lies, and stays if the program dies of it
    init(_ target: FuzzTarget, folder: String) throws {
        self.target = target
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        watch = Watch(patience: FuzzRun.patience, path: "\(folder)/\(target.name).input")
    }

    /// Different words that errors were made of.
    private(set) var messages = Set<String>()

    /// - Parameters:
    ///   - count: files to try; nil for as many as the time allows
    ///   - seconds: when to stop
    ///   - keepsInput: whether the file in work is written down first, so that it is there after a crash
    func run(seed: UInt64, count: Int?, seconds: Double, keepsInput: Bool) throws {
        defer { watch.stop() }
        let path = "\(folder)/\(target.name).input"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var corpus = target.seeds
        for (place, seed) in corpus.enumerated() {
            // A seed is a whole file: that it is refused would make all that follows worthless.
            if let error = try attempt(seed, path, keepsInput: keepsInput) {
                throw Failure(description: "\(target.name): seed \(place) is refused: \(error)")
            }
        }
        var mutation = Mutation(seed: seed, dictionary: target.dictionary)
        let end = Date(timeIntervalSinceNow: seconds)
        while tried < count ?? .max, Date() < end {
            let base = corpus.randomElement(using: &mutation.generator)!
            let other = corpus.randomElement(using: &mutation.generator)!
            let input = target.repair(mutation.mutated(base, with: other))
            tried += 1
            let said: String
            if let error = try attempt(input, path, keepsInput: keepsInput) {
                said = FuzzRun.kind(of: error)
                guard error.contains(path) || error.contains("x.file") else {
                    throw failure("the error names no file: \(error)", input)
                }
            } else {
                accepted += 1
                said = "accepted, \(input.count.bitWidth - input.count.leadingZeroBitCount)"
            }
            if messages.insert(String(said.prefix(120))).inserted, corpus.count < 500 { corpus.append(input) }
        }
    }

    /// What an error says, without the numbers and quoted names in it.
    private static func kind(of error: String) -> String {
        var kind = "", isQuoted = false
        for character in error.unicodeScalars.prefix(400) {
            if character == "“" { isQuoted = true }
            if !isQuoted, !("0"..."9").contains(character) { kind.unicodeScalars.append(character) }
            if character == "”" { isQuoted = false }
        }
        return kind
    }

    /// The error's words; nil where the file is accepted.
    private func attempt(_ input: Data, _ path: String, keepsInput: Bool) throws -> String? {
        if keepsInput || target.needsFile { try input.write(to: URL(fileURLWithPath: path)) }
        watch.begin()
        defer { watch.end() }
        do {
            try target.parse(input, path)
            return nil
        } catch {
            guard target.isOwn(error) else {
                throw failure("\(type(of: error)) is not one of our errors: \(error)", input)
            }
            return "\(error)"
        }
    }

    private func failure(_ what: String, _ input: Data) -> Failure {
        let kept = "\(NSTemporaryDirectory())goldstone-fuzz-\(target.name)-\(UUID().uuidString)"
        try? input.write(to: URL(fileURLWithPath: kept))
        return Failure(description: "\(target.name): \(what)\nThe file is \(kept) (\(input.count) bytes)")
    }
}

/// Ends the program where one file takes too long, or makes it take too much memory: nothing else can.
private final class Watch: @unchecked Sendable {
    private let lock = NSLock()
    private var began: Date?
    private var isStopped = false

    /// More than any parser may take for files of some kilobytes, other tests' share included.
    private static let mostMegabytes = 8000

    init(patience: Double, path: String) {
        let thread = Thread { [self] in
            while true {
                Thread.sleep(forTimeInterval: 0.5)
                let (began, isStopped) = lock.withLock { (self.began, self.isStopped) }
                if isStopped { return }
                if let began, -began.timeIntervalSinceNow > patience {
                    fatalError("\(path): this file has taken more than \(patience) seconds")
                }
                // The second number of the line is what lies in memory, in pages of 4 KB.
                let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
                if let pages, pages.count > 1, Int(pages[1]) ?? 0 > Watch.mostMegabytes * 256 {
                    fatalError("\(path): the program takes more than \(Watch.mostMegabytes) MB")
                }
            }
        }
        thread.start()
    }

    func begin() { lock.withLock { began = Date() } }
    func end() { lock.withLock { began = nil } }
    func stop() { lock.withLock { isStopped = true } }
}
