import CTorch
import Foundation
import Support

/// Where a tensor lives.
public enum Device: Sendable, Hashable, CustomStringConvertible {
    case cpu
    /// An NVIDIA GPU, by its number.
    case cuda(Int)
    /// Nowhere: shapes and types alone. Whatever needs a number fails, as does an elementwise operator that is given a tensor of
    /// the CPU, too (LibTorch's matrix products don't look): a computation that runs here reads nothing back to the host.
    case meta

    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        case .meta: "meta"
        }
    }
}

/// What a user asks for: `auto`, `cpu`, `cuda` or `cuda:N`.
public enum DeviceChoice: Sendable, Hashable, CustomStringConvertible {
    /// The first GPU, or the CPU where there is none that LibTorch can use.
    case auto
    case cpu
    case cuda(Int)

    /// The choice of this name; nil where it is none.
    public init?(_ name: String) {
        switch name {
        case "auto": self = .auto
        case "cpu": self = .cpu
        case "cuda": self = .cuda(0)
        default:
            guard name.hasPrefix("cuda:"), let index = Int(name.dropFirst(5)), (0..<1024).contains(index) else {
                return nil
            }
            self = .cuda(index)
        }
    }

    public var description: String {
        switch self {
        case .auto: "auto"
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        }
    }
}

extension DeviceChoice: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer(), name = try container.decode(String.self)
        guard let choice = DeviceChoice(name) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "`\(name)` is no device")
        }
        self = choice
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// The device that this process computes on.
public enum ComputeDevice {
    /// Where jets are put as they become tensors, and networks run. Set once, before the work begins.
    public nonisolated(unsafe) private(set) static var current = Device.cpu

    /// How many GPUs were found; nil before anything looked for them.
    public nonisolated(unsafe) private(set) static var gpuCount: Int?

    /// Takes the device that is asked for. With `auto` the CPU is taken where there is no GPU, and `log` hears why. Of several
    /// processes each takes a GPU of its own, from the one that is asked for on, as far as there are so many.
    ///
    /// - Parameter programFolder: where a plug-in may lie, `libgoldstone_cuda.so`
    /// - Throws: ``DeviceError``.
    public static func choose(
        _ choice: DeviceChoice, programFolder: String? = nil, log: (String) -> Void = { _ in }
    ) throws(DeviceError) {
        switch choice {
        case .cpu: current = .cpu
        case .cuda(let index):
            let count = try gpus(programFolder)
            guard index < count else { throw .noSuchGPU(index: index, count: count) }
            use(.cuda(own(index, of: count)))
        case .auto:
            do {
                use(.cuda(own(0, of: try gpus(programFolder))))
            } catch {
                current = .cpu
                log("device: cpu, as \(error.reason)")
            }
        }
    }

    /// How many GPUs LibTorch can use here. The first call loads LibTorch's CUDA library, which takes seconds.
    ///
    /// - Throws: ``DeviceError``.
    public static func gpus(_ programFolder: String? = nil) throws(DeviceError) -> Int {
        if let gpuCount, gpuCount > 0 { return gpuCount }
        let count = ct_load_cuda(programFolder.map { "\($0)/libgoldstone_cuda.so" } ?? "")
        guard count > 0 else {
            gpuCount = 0
            throw .unavailable(reason: lastError())
        }
        gpuCount = Int(count)
        return Int(count)
    }

    /// The GPU of a process that is one of several on a machine.
    package static func own(_ index: Int, of count: Int, localRank: Int? = Processes.current?.localRank) -> Int {
        (index + (localRank ?? 0)) % count
    }

    private static func use(_ device: Device) {
        ct_use_deterministic_kernels()
        current = device
    }

    /// Whether products of float matrices on a GPU may be of numbers rounded to TF32 (10 bits of mantissa).
    public static func allowTF32(_ isAllowed: Bool) { ct_allow_tf32(isAllowed) }

    /// Bytes of the GPU's memory, free and in all; nil on the CPU.
    public static var memory: (free: Int, total: Int)? {
        guard case .cuda(let index) = current else { return nil }
        var free: Int64 = 0, total: Int64 = 0
        guard ct_device_memory(Int32(index), &free, &total) else { return nil }
        return (Int(free), Int(total))
    }

    /// Puts what this thread does on a GPU on a stream of its own, so that it runs beside what other threads do.
    public static func useOwnStream(on device: Device) {
        guard case .cuda(let index) = device else { return }
        guard ct_use_own_stream(Int32(index)) == 0 else { fatalError(lastError()) }
    }

    /// Waits until the device has done all that it was given.
    public static func synchronize(_ device: Device) {
        guard case .cuda(let index) = device else { return }
        guard ct_synchronize(Int32(index)) == 0 else { fatalError(lastError()) }
    }
}

/// A GPU that can't be used.
public enum DeviceError: Error, CustomStringConvertible, Equatable {
    /// No GPU can be used at all.
    case unavailable(reason: String)
    /// There are GPUs, but not of that number.
    case noSuchGPU(index: Int, count: Int)

    /// What is in the way.
    public var reason: String {
        switch self {
        case .unavailable(let reason): reason
        case .noSuchGPU(let index, let count):
            "LibTorch finds \(count) GPU\(count == 1 ? "" : "s") here, so that cuda:\(index) is none of them (cuda:0 is the first)"
        }
    }

    public var description: String {
        "no GPU can be used: \(reason). Point TORCH_HOME at a LibTorch with CUDA (the default `torch` of pip), or set the device to "
            + "cpu or auto"
    }
}

/// What a thread starts on its stream, recorded once and started again as a whole, with one call instead of one for each
/// operator. Tensors that it reads and writes keep their memory.
public final class DeviceGraph: @unchecked Sendable {
    private let handle: OpaquePointer

    /// Whether LibTorch can record on this device.
    public static func isAvailable(on device: Device) -> Bool {
        guard case .cuda(let index) = device else { return false }
        return ct_has_graphs(Int32(index))
    }

    /// Records what `body` starts on this thread's stream, without doing it. What `body` uses must have been used before, so
    /// that libraries have made their own preparations; the host must not wait for the device within.
    ///
    /// - Throws: `TorchError` where something in `body` can't be recorded.
    public init(on device: Device, _ body: () -> Void) throws(TorchError) {
        guard case .cuda(let index) = device, let handle = ct_begin_graph(Int32(index)) else {
            throw .operatorFailed(name: "graph", reason: lastError())
        }
        self.handle = handle
        body()
        guard ct_end_graph(handle) == 0 else { throw .operatorFailed(name: "graph", reason: lastError()) }
    }

    deinit { ct_release_graph(handle) }

    /// Starts it all again.
    public func replay() {
        guard ct_replay_graph(handle) == 0 else { fatalError(lastError()) }
    }
}
