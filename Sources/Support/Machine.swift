import Foundation

/// The machine that a result was made on, as far as it decides speed, memory and the last bits of a number.
///
/// Written to every run's `environment.json` and shown by `goldstone doctor`.
public struct Machine: Codable, Sendable, Equatable {
    /// The processor's model name, for example `AMD EPYC 9R14`; `unknown` where the system doesn't tell.
    public let processor: String
    /// How many cores this process may use: those of its affinity mask, and no more than the whole cores of its
    /// control group's quota; at least 1.
    public let cores: Int
    /// Those of ``Machine/knownInstructionSets`` that the processor has, in that order.
    public let instructionSets: [String]
    /// Bytes of memory that this process may use at the most: the machine's, or less where a control group says so.
    public let memory: Int?
    /// Bytes of that memory that are free, or hold only caches that the system gives up when asked.
    public let availableMemory: Int?
    /// The system's name and its kernel's version, for example `Debian GNU/Linux 12 (bookworm), Linux 6.1.0-37-amd64`.
    public let operatingSystem: String
    /// The version of the compiler that built this program, for example `6.3`.
    public let swiftVersion: String

    /// The instruction sets that decide which kernels LibTorch's libraries take: vectors of 256 and 512 bits, and the
    /// two with products in bfloat16. Names are the kernel's, in `/proc/cpuinfo`.
    public static let knownInstructionSets = ["avx2", "avx512f", "avx512_bf16", "amx_tile", "amx_bf16"]

    /// Reads what the system says of itself: `/proc`, `/etc/os-release` and the control group (version 2) with all
    /// groups above it. Cost: a few small files. What can't be read is left out, and nothing is thrown.
    ///
    /// - Parameter root: the folder that holds `proc`, `sys` and `etc`: `/`, but for tests
    public init(root: String = "/") {
        let files = SystemFiles(root: root)
        let information = files.fields("proc/cpuinfo", separator: ":")
        processor = information["model name"] ?? "unknown"
        let flags = Set((information["flags"] ?? "").split(separator: " ").map(String.init))
        instructionSets = Machine.knownInstructionSets.filter(flags.contains)

        let groups = files.controlGroups()
        let allowed = files.fields("proc/self/status", separator: ":")["Cpus_allowed_list"].map(Machine.count(inList:))
        let quotas = groups.compactMap { group -> Int? in
            let numbers = files.text("\(group)/cpu.max").split(separator: " ").map { Double($0) }
            guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], period > 0 else { return nil }
            return Int(quota / period)
        }
        cores = max(1, (quotas + [allowed ?? ProcessInfo.processInfo.activeProcessorCount]).min()!)

        let state = files.fields("proc/meminfo", separator: ":").compactMapValues(Machine.bytes(ofKilobytes:))
        let limits = groups.compactMap { group -> (limit: Int, free: Int)? in
            guard let limit = Int(files.text("\(group)/memory.max")) else { return nil }
            let used = Int(files.text("\(group)/memory.current")) ?? 0
            let cached = files.fields("\(group)/memory.stat", separator: " ")["inactive_file"].flatMap { Int($0) } ?? 0
            return (limit, max(0, limit - used + cached))
        }
        memory = ([state["MemTotal"]].compactMap { $0 } + limits.map(\.limit)).min()
        availableMemory = ([state["MemAvailable"]].compactMap { $0 } + limits.map(\.free)).min()

        let system = files.fields("etc/os-release", separator: "=")["PRETTY_NAME"]?
            .trimmingCharacters(in: CharacterSet(charactersIn: "\"'"))
        let kernel = files.text("proc/sys/kernel/osrelease")
        operatingSystem = (system ?? "unknown") + (kernel.isEmpty ? "" : ", Linux \(kernel)")
        swiftVersion = Machine.compilerVersion
    }

    /// How many numbers a list such as `0-3,8` names.
    private static func count(inList list: String) -> Int {
        list.split(separator: ",").reduce(0) { sum, range in
            let ends = range.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, last >= first else { return sum }
            return sum + last - first + 1
        }
    }

    /// `24576 kB` in bytes.
    private static func bytes(ofKilobytes text: String) -> Int? {
        text.hasSuffix(" kB") ? Int(text.dropLast(3)).map { $0 * 1024 } : nil
    }

    // The compiler's version is known to it alone, and only as a condition.
    private static var compilerVersion: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #elseif compiler(>=6.2)
            "6.2"
        #else
            "6.1"
        #endif
    }
}

/// The small text files in which Linux describes itself.
private struct SystemFiles {
    let root: String

    /// A file's text without the white space around it; empty where it can't be read.
    func text(_ path: String) -> String {
        // These files say that their size is 0, so they are read to their end, not by size.
        guard let handle = FileHandle(forReadingAtPath: "\(root)/\(path)"), let data = try? handle.readToEnd() else {
            return ""
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The lines `name<separator>value` of a file; of lines with the same name the first.
    func fields(_ path: String, separator: Character) -> [String: String] {
        let pairs = text(path).split(separator: "\n").compactMap { line -> (String, String)? in
            let parts = line.split(separator: separator, maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return (parts[0].trimmingCharacters(in: .whitespaces), parts[1].trimmingCharacters(in: .whitespaces))
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// The folders of the control group that this process is in and of those above it, whose limits hold as well.
    func controlGroups() -> [String] {
        let group = text("proc/self/cgroup").split(separator: "\n").first { $0.hasPrefix("0::/") }?.dropFirst(4) ?? ""
        var names = group.split(separator: "/")
        var folders = ["sys/fs/cgroup"]
        while !names.isEmpty {
            folders.append("sys/fs/cgroup/\(names.joined(separator: "/"))")
            names.removeLast()
        }
        return folders
    }
}
