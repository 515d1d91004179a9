import CTorch
import Foundation
import Support

/// How several processes add up tensors on GPUs.
public enum SumsOfGPUs: Sendable, Equatable {
    /// By NCCL, from GPU to GPU.
    case nccl
    /// Through the host, by Gloo, because NCCL can't be used for the reason given.
    case host(reason: String)
}

extension Processes {
    /// Adds a tensor up over all processes, in place; all get the same bits. One message a call, which also tells whether a
    /// process was asked to stop. Ends the program where another is lost. To be called by one thread, and by all processes
    /// with tensors of one shape and type.
    ///
    /// A tensor on a GPU is added up by NCCL, in its own type and in the order of the device's current stream, without
    /// waiting for the device; each process needs a GPU of its own for that. The first such call finds out whether NCCL can
    /// be used, and where it can't, logs the reason once: the tensor then goes through the host, as one on the CPU does, and is
    /// added up in double. Cost there: twice the tensor through the bus.
    ///
    /// - Parameter tensor: contiguous, of 32- or 64-bit numbers
    public func sum(onDevice tensor: Tensor) {
        if case .cuda = tensor.device, gpus == nil { joinGPUs(of: tensor) }
        var stopping = Interruption.isSignalled ? 1.0 : 0
        guard ct_sum_tensor_over_processes(handle, tensor.raw, &stopping) == 0 else { end(after: lastError()) }
        hear(interruptions: stopping)
    }

    /// A tensor added up over all processes, where it lies, as ``sum(onDevice:)``.
    public func sum(_ tensor: Tensor) -> Tensor {
        let sum = tensor.contiguous().copied()
        self.sum(onDevice: sum)
        return sum
    }

    /// Meets the others' GPUs, on the device of the tensor.
    func joinGPUs(of tensor: Tensor) {
        let obstacle = ct_join_gpus(handle, tensor.raw) { lost in
            guard let own = Processes.current else { return }
            Processes.end(with: .lost(rank: Int(lost), count: own.count, by: own.rank))
        }
        guard let obstacle else { end(after: lastError()) }
        let reason = String(cString: obstacle)
        gpus = reason.isEmpty ? .nccl : .host(reason: reason)
        if !reason.isEmpty, rank == 0 {
            let line = "sums over the GPUs go through the host (Gloo): NCCL can't be used: \(reason)\n"
            FileHandle.standardError.write(Data(line.utf8))
        }
    }
}
