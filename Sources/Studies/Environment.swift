import Foundation
import Support
import Torch

/// Where a result comes from: the program, its libraries and the machine.
public struct Environment: Sendable, Codable {
    public let goldstone: String
    public let commit: Checkout?
    public let libTorch: String
    /// The instruction set that LibTorch's kernels use.
    public let libTorchInstructionSet: String
    /// GPUs that were found; none where nothing looked for them.
    public let cudaDevices: Int
    /// What networks ran on: `cpu`, `cuda:0`.
    public var device: String?
    public let machine: Machine
    public let threads: Int

    /// The program's version.
    public static let version = "0.1.0"

    /// What is found here.
    public init(threads: Int) {
        goldstone = Environment.version
        commit = Checkout.ofThisProgram()
        libTorch = LibTorch.version
        libTorchInstructionSet = LibTorch.instructionSet
        cudaDevices = ComputeDevice.gpuCount ?? 0
        device = ComputeDevice.current.description
        machine = Machine()
        self.threads = threads
    }
}
