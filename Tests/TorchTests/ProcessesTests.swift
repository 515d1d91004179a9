import Foundation
import Support
import Testing
import Torch

/// Where a process stands among others, by its launcher's variables.
struct ProcessesTests {
    private func place(_ environment: [String: String]) throws -> Processes.Place? {
        try Processes.Place(environment, parent: 4_242)
    }

    @Test func `Without a launcher a process works alone`() throws {
        #expect(try place([:]) == nil)
        // A batch script is one process, however many tasks its job has.
        #expect(try place(["SLURM_PROCID": "0", "SLURM_NTASKS": "8"]) == nil)
    }

    @Test func `torchrun keeps the store, and tells one start from another`() throws {
        let own = [
            "RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "node1", "MASTER_PORT": "29500",
            "TORCHELASTIC_USE_AGENT_STORE": "True", "TORCHELASTIC_RUN_ID": "a", "TORCHELASTIC_RESTART_COUNT": "1",
        ]
        let found = try #require(try place(own))
        #expect(found.rank == 0 && found.count == 2 && found.address == "node1:29500" && !found.hostsStore)
        #expect(found.run != (try place(own.merging(["TORCHELASTIC_RESTART_COUNT": "2"]) { $1 })?.run))
    }

    @Test func `Of others the first process keeps it`() throws {
        let open = ["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_SIZE": "4"]
        let first = try #require(try place(open.merging(["OMPI_COMM_WORLD_RANK": "0"]) { $1 }))
        let last = try #require(try place(open.merging(["OMPI_COMM_WORLD_RANK": "3"]) { $1 }))
        #expect(first.hostsStore && !last.hostsStore && last.rank == 3)
        #expect(first.address == "127.0.0.1:24242" && first.address == last.address)
        let slurm = try #require(
            try place([
                "SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "2", "SLURM_LAUNCH_NODE_IPADDR": "10.0.0.7",
                "SLURM_JOB_ID": "31", "SLURM_STEP_ID": "0",
            ]))
        #expect(slurm.address == "10.0.0.7:20031" && !slurm.hostsStore)
    }

    @Test func `Each process of a machine has a GPU of its own, as far as there are so many`() throws {
        let torchrun = ["RANK": "5", "WORLD_SIZE": "8", "MASTER_ADDR": "a", "MASTER_PORT": "1", "LOCAL_RANK": "1"]
        #expect(try place(torchrun)?.localRank == 1)
        let open = ["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3", "MASTER_ADDR": "a"]
        // Another launcher's, in a Slurm job of one task.
        let slurm = ["SLURM_LOCALID": "0", "OMPI_COMM_WORLD_LOCAL_RANK": "1"]
        #expect(try place(open.merging(slurm) { $1 })?.localRank == 1)
        #expect(try place(open)?.localRank == 3)
        #expect((0..<4).map { ComputeDevice.own(0, of: 4, localRank: $0) } == [0, 1, 2, 3])
        #expect((0..<3).map { ComputeDevice.own(1, of: 3, localRank: $0) } == [1, 2, 0])
        // A batch system may show each process its own GPU alone.
        #expect(ComputeDevice.own(0, of: 1, localRank: 3) == 0 && ComputeDevice.own(2, of: 4, localRank: nil) == 2)
    }

    @Test(arguments: [ScalarType.float32, .float64])
    func `Tensors of several processes are added up in place`(type: ScalarType) throws {
        let count = 3, port = Int.random(in: 40_000..<60_000)
        // Threads stand for processes: each has a connection of its own.
        let sums = Slots<Result<[Double], any Error>>(count), ended = DispatchSemaphore(value: 0)
        for rank in 0..<count {
            let launcher = [
                "RANK": "\(rank)", "WORLD_SIZE": "\(count)", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)",
            ]
            let place = try #require(try place(launcher))
            Thread {
                sums[rank] = Result {
                    let member = try Processes(place, patience: 60)
                    defer { member.leave() }
                    // Neither 0.1 nor 2²⁴ + 1 is a number of 32 bits.
                    let tensor = Tensor([0.1, 16_777_217, Double(rank)], shape: [3, 1]).to(type)
                    member.sum(onDevice: tensor)
                    return tensor.elements()
                }
                ended.signal()
            }.start()
        }
        for _ in 0..<count { ended.wait() }
        let found = try sums.all.map { try $0.get() }
        func held(_ value: Double) -> Double { type == .float32 ? Double(Float(value)) : value }
        let expected = [held(3 * held(0.1)), held(3 * held(16_777_217)), 3]
        for (own, expected) in zip(found[0], expected) { #expect(abs(own - expected) <= 1e-15 * expected) }
        #expect(found.allSatisfy { $0 == found[0] })
    }

    @Test func `Variables that fit no group are errors that name them`() {
        #expect(throws: ProcessError.badVariable(name: "RANK", value: "2", allowed: "0 to WORLD_SIZE − 1, which is 1"))
        {
            try place(["RANK": "2", "WORLD_SIZE": "2", "MASTER_ADDR": "a"])
        }
        #expect(throws: ProcessError.badVariable(name: "WORLD_SIZE", value: "two", allowed: "a whole number")) {
            try place(["RANK": "0", "WORLD_SIZE": "two"])
        }
        #expect(throws: ProcessError.badVariable(name: "MASTER_PORT", value: "70000", allowed: "1 to 65535")) {
            try place(["RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "a", "MASTER_PORT": "70000"])
        }
        #expect(throws: ProcessError.noAddress) {
            try place(["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_LOCAL_SIZE": "1"])
        }
    }
}
