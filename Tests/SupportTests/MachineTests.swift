import Foundation
import Support
import Testing

/// The probe reads a system that the test lays out in a folder, so that every answer is known.
struct MachineTests {
    private let root = NSTemporaryDirectory() + "machine-\(UUID().uuidString)"

    private func write(_ text: String, to path: String) throws {
        try writeAtomically(Data(text.utf8), to: "\(root)/\(path)")
    }

    /// Eight cores and 64 GiB, of which the mask allows six cores.
    private func layOut() throws {
        let core = { (index: Int) in
            "processor\t: \(index)\nmodel name\t: Some CPU: 8 cores\nflags\t\t: fpu amx_tile avx2 avx512f avx512_bf16x\n"
        }
        try write((0..<8).map(core).joined(separator: "\n"), to: "proc/cpuinfo")
        try write("MemTotal:       67108864 kB\nMemFree: 1 kB\nMemAvailable:   50331648 kB\n", to: "proc/meminfo")
        try write("Name:\tgoldstone\nCpus_allowed:\tbf\nCpus_allowed_list:\t0-3,5,7\n", to: "proc/self/status")
        try write("0::/batch/job\n", to: "proc/self/cgroup")
        try write("6.1.0-37-amd64\n", to: "proc/sys/kernel/osrelease")
        try write("NAME=Debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n", to: "etc/os-release")
    }

    @Test func readsWhatTheSystemSays() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try layOut()
        let machine = Machine(root: root)
        #expect(machine.processor == "Some CPU: 8 cores")
        #expect(machine.cores == 6)
        // In the documented order, and by whole names: avx512_bf16x is another set.
        #expect(machine.instructionSets == ["avx2", "avx512f", "amx_tile"])
        #expect(machine.memory == 64 << 30)
        #expect(machine.availableMemory == 48 << 30)
        #expect(machine.operatingSystem == "Debian GNU/Linux 12 (bookworm), Linux 6.1.0-37-amd64")
    }

    @Test func obeysTheControlGroup() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try layOut()
        try write("250000 100000\n", to: "sys/fs/cgroup/batch/job/cpu.max")
        try write("\(8 << 30)\n", to: "sys/fs/cgroup/batch/job/memory.max")
        try write("\(5 << 30)\n", to: "sys/fs/cgroup/batch/job/memory.current")
        try write("anon 1\ninactive_file \(2 << 30)\n", to: "sys/fs/cgroup/batch/job/memory.stat")
        let machine = Machine(root: root)
        #expect(machine.cores == 2)
        #expect(machine.memory == 8 << 30)
        #expect(machine.availableMemory == 5 << 30)
    }

    @Test func obeysTheControlGroupsAbove() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try layOut()
        try write("max 100000\n", to: "sys/fs/cgroup/batch/job/cpu.max")
        try write("max\n", to: "sys/fs/cgroup/batch/job/memory.max")
        try write("50000 100000\n", to: "sys/fs/cgroup/batch/cpu.max")
        try write("\(4 << 30)\n", to: "sys/fs/cgroup/memory.max")
        let machine = Machine(root: root)
        #expect(machine.cores == 1, "half a core is still one to use")
        #expect(machine.memory == 4 << 30)
    }

    @Test func leavesOutWhatCannotBeRead() {
        let machine = Machine(root: root)
        #expect(machine.processor == "unknown")
        #expect(machine.instructionSets.isEmpty)
        #expect(machine.cores >= 1)
        #expect(machine.memory == nil)
        #expect(machine.availableMemory == nil)
        #expect(machine.operatingSystem == "unknown")
    }

    /// This very machine, against what the system's own programs say.
    @Test func agreesWithNproc() throws {
        let machine = Machine()
        let nproc = Process()
        nproc.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        nproc.arguments = ["-u", "OMP_NUM_THREADS", "nproc"]
        let output = Pipe()
        nproc.standardOutput = output
        try nproc.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let allowed = try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        // nproc knows the affinity mask; whether it knows the control group's quota depends on its version.
        #expect((1...allowed).contains(machine.cores))
        let memory = try #require(machine.memory)
        #expect(memory <= Int(ProcessInfo.processInfo.physicalMemory))
        #expect(try #require(machine.availableMemory) <= memory)
        #expect(machine.swiftVersion.hasPrefix("6."))
    }

    @Test func survivesJSON() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try layOut()
        let path = "\(root)/environment.json"
        let machine = Machine(root: root)
        try writeJSON(machine, to: path)
        #expect(try readJSON(Machine.self, from: path) == machine)
    }
}
