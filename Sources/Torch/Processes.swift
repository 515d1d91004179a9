import CTorch
import Foundation
import Support

/// Processes that do one piece of work together: each takes its share of the slices of every mean, and sums go over all.
/// LibTorch's c10d with Gloo adds up, and NCCL what lies on GPUs.
///
/// All run the same program with the same arguments and see the same files; the first alone writes and speaks. Results are
/// those of one process but for rounding, and the same bits for the same number of processes. When one is lost, the others
/// end with an error that names it, and the same command goes on from the last saved state. Ctrl-C in one stops all.
public final class Processes: @unchecked Sendable {
    /// This process's number, from 0 on.
    public let rank: Int
    /// How many there are.
    public let count: Int
    /// This process's number among those on its machine.
    public let localRank: Int

    let handle: OpaquePointer
    private let lock = NSLock()
    private var interruptions = 0.0
    /// How tensors on GPUs are added up, once that is known (see `sum(onDevice:)`).
    var gpus: SumsOfGPUs?

    /// Those that this process works with; nil where it works alone. Set once, before the work begins.
    public nonisolated(unsafe) private(set) static var current: Processes?

    /// Takes a place among the processes, and waits for the others.
    package init(_ place: Place, patience: Double) throws(ProcessError) {
        let handle = ct_join_processes(
            place.host, Int32(place.port), Int32(place.rank), Int32(place.count), place.hostsStore, place.run, patience)
        guard let handle else {
            throw .notJoined(rank: place.rank, count: place.count, address: place.address, reason: lastError())
        }
        (rank, count, localRank, self.handle) = (place.rank, place.count, place.localRank, handle)
    }

    /// Joins the processes that the environment tells of, and waits for them; without others does nothing.
    ///
    /// - Parameter patience: seconds to wait for them, now and in every sum
    /// - Throws: ``ProcessError``.
    public static func join(
        _ environment: [String: String] = ProcessInfo.processInfo.environment, patience: Double = 1800
    ) throws(ProcessError) {
        guard let place = try Place(environment), place.count > 1 else { return }
        let joined = try Processes(place, patience: patience)
        current = joined
        Interruption.agreement = { joined.isStopping }
        Writing.isLeftToAnother = joined.rank > 0
    }

    /// How many processes the environment tells of; nil where it tells of none.
    ///
    /// - Throws: ``ProcessError``.
    public static func announced(_ environment: [String: String] = ProcessInfo.processInfo.environment)
        throws(ProcessError)
        -> Int?
    {
        try Place(environment)?.count
    }

    /// Whether this process leaves writing and speaking to the first.
    public static var isFollowing: Bool { current.map { $0.rank > 0 } ?? false }

    /// The share of this process in so many equal pieces of work: a range of them, shares differing by at most one.
    public func share(of pieces: Int) -> Range<Int> { pieces * rank / count..<pieces * (rank + 1) / count }

    /// Adds numbers up over all processes, in place; all get the same bits. One message a call, which also tells whether a
    /// process was asked to stop. Ends the program where another is lost.
    public func sum(_ parts: [UnsafeMutableBufferPointer<Double>]) {
        let total = parts.reduce(1) { $0 + $1.count }
        let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: total)
        defer { buffer.deallocate() }
        var place = 0
        for part in parts where !part.isEmpty {
            (buffer.baseAddress! + place).initialize(from: part.baseAddress!, count: part.count)
            place += part.count
        }
        (buffer.baseAddress! + place).initialize(to: Interruption.isSignalled ? 1 : 0)
        guard ct_sum_over_processes(handle, buffer.baseAddress, Int64(total)) == 0 else { end(after: lastError()) }
        place = 0
        for part in parts where !part.isEmpty {
            part.baseAddress!.update(from: buffer.baseAddress! + place, count: part.count)
            place += part.count
        }
        hear(interruptions: buffer[place])
    }

    /// Adds up rows of numbers of which each process has set its own, the others' being 0.
    public func sum(_ rows: [[Double]]) -> [[Double]] {
        var flat = rows.flatMap { $0 }
        flat.withUnsafeMutableBufferPointer { sum([$0]) }
        var place = 0
        return rows.map { row in
            defer { place += row.count }
            return Array(flat[place..<place + row.count])
        }
    }

    /// Takes in how many processes were asked to stop.
    func hear(interruptions: Double) { lock.withLock { self.interruptions = interruptions } }

    /// Whether a process had been asked to stop when all last met.
    package var isStopping: Bool { lock.withLock { interruptions > 0 } }

    /// Waits until all processes have come here.
    public func meet() { sum([UnsafeMutableBufferPointer<Double>]()) }

    /// Says goodbye: to be called before the program ends.
    public static func leave() {
        guard let current else { return }
        self.current = nil
        current.leave()
    }

    /// Says goodbye. Nothing else may be asked of it afterwards.
    package func leave() { ct_leave_processes(handle) }

    /// Ends the program after a sum that failed: quietly where the first process has ended in peace, for that one decides
    /// when there is nothing more to do.
    func end(after reason: String) -> Never {
        var left = false
        let lost = Int(ct_lost_process(handle, &left))
        if left, lost == 0, rank > 0 {
            Processes.leave()
            exit(0)
        }
        let error: ProcessError =
            lost >= 0 ? .lost(rank: lost, count: count, by: rank) : .sumFailed(rank: rank, count: count, reason: reason)
        Processes.end(with: error)
    }

    /// Ends the program at once, as one that a temporary failure ended (EX_TEMPFAIL): the launcher may start it again.
    static func end(with error: ProcessError) -> Never {
        FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
        _exit(75)
    }
}

extension Processes {
    /// A process's place among others, as launchers tell it.
    package struct Place: Equatable {
        package let rank: Int, count: Int
        /// Among the processes on this machine: as the launcher tells, else as if all were on it.
        package let localRank: Int
        package let host: String, port: Int
        /// Whether this process keeps the store by which the others find each other.
        package let hostsStore: Bool
        /// Tells one start from an earlier one with the same store.
        package let run: String

        package var address: String { "\(host):\(port)" }

        /// The rank, the number of processes and the rank on the machine by each launcher's variables. Slurm's are those of a
        /// step (`srun`): a batch script by itself is one process however many tasks its job has.
        private static let launchers = [
            ("RANK", "WORLD_SIZE", "LOCAL_RANK"), ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"),
            ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"),
            ("PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"),
        ]

        /// - Parameter parent: the process that started this one, of which a port is made where all run on one machine
        /// - Returns: nil where no launcher is known by its variables.
        /// - Throws: ``ProcessError``.
        package init?(_ environment: [String: String], parent: Int = Int(getppid())) throws(ProcessError) {
            guard let names = Place.launchers.first(where: { environment[$0.1] != nil }) else { return nil }
            func number(_ name: String) throws(ProcessError) -> Int {
                guard let number = environment[name].flatMap({ Int($0) }) else {
                    throw .badVariable(name: name, value: environment[name] ?? "", allowed: "a whole number")
                }
                return number
            }
            count = try number(names.1)
            rank = try number(names.0)
            localRank = environment[names.2] == nil ? rank : try number(names.2)
            guard localRank >= 0 else {
                throw .badVariable(name: names.2, value: "\(localRank)", allowed: "0 or more")
            }
            guard count > 0, (0..<count).contains(rank) else {
                throw .badVariable(
                    name: names.0, value: "\(rank)", allowed: "0 to \(names.1) − 1, which is \(count - 1)")
            }
            let all = environment["OMPI_COMM_WORLD_LOCAL_SIZE"] ?? environment["MPI_LOCALNRANKS"]
            let isLocal = all == "\(count)"
            guard
                let host = environment["MASTER_ADDR"] ?? environment["SLURM_LAUNCH_NODE_IPADDR"]
                    ?? (isLocal ? "127.0.0.1" : count == 1 ? "" : nil)
            else { throw .noAddress }
            self.host = host
            if environment["MASTER_PORT"] != nil {
                port = try number("MASTER_PORT")
            } else {
                port = 20_000 + (environment["SLURM_JOB_ID"].flatMap { Int($0) } ?? parent) % 20_000
            }
            guard (1...65_535).contains(port) else {
                throw .badVariable(name: "MASTER_PORT", value: "\(port)", allowed: "1 to 65535")
            }
            // torchrun keeps the store itself.
            hostsStore = rank == 0 && environment["TORCHELASTIC_USE_AGENT_STORE"] != "True"
            run = ["TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT", "SLURM_STEP_ID"]
                .map { environment[$0] ?? "" }.joined(separator: "-")
        }
    }
}

/// What can go wrong between processes that work together.
public enum ProcessError: Error, CustomStringConvertible, Equatable {
    case badVariable(name: String, value: String, allowed: String)
    case noAddress
    case notJoined(rank: Int, count: Int, address: String, reason: String)
    case lost(rank: Int, count: Int, by: Int)
    case sumFailed(rank: Int, count: Int, reason: String)

    public var description: String {
        switch self {
        case .badVariable(let name, let value, let allowed):
            "the environment's \(name) is “\(value)”: it must be \(allowed)"
        case .noAddress:
            "the environment tells of several processes, but not where they meet: set MASTER_ADDR to the first one's host, and "
                + "MASTER_PORT to a free port of it"
        case .notJoined(let rank, let count, let address, let reason):
            "process \(rank) of \(count) has not met the others at \(address): \(reason)"
        case .lost(let lost, let count, let rank):
            "process \(lost) of \(count) is lost (says process \(rank)): what it was doing is in its own log. The same command "
                + "goes on from the last saved state"
        case .sumFailed(let rank, let count, let reason):
            "process \(rank) of \(count) could not add up with the others: \(reason)"
        }
    }
}
